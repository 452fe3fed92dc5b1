public import ArgumentParser
import BundleModel
import Glibc

/// Runs a root command and ends the process with the exit codes that the program documents.
public enum Program {
  /// Parses the arguments, runs the chosen verb and exits.
  public static func run<Root: AsyncParsableCommand>(_ root: Root.Type) async -> Never {
    // A reader that goes away, as in `| head`, must not kill the program in the middle of a write.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try root.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      exit(0)
    } catch {
      end(root, error)
    }
  }

  private static func end<Root: AsyncParsableCommand>(_ root: Root.Type, _ error: any Error)
    -> Never
  {
    let code = root.exitCode(for: error)
    switch code {
    case .success:
      Console.output(Array((root.fullMessage(for: error) + "\n").utf8))
      exit(0)
    case .validationFailure:
      let isJSON = CommandLine.arguments.dropFirst().contains("--json")
      Console.report(UsageError(root.message(for: error), root: root), json: isJSON)
      exit(2)
    default:
      let message = root.fullMessage(for: error)
      if !message.isEmpty { Console.error(message + "\n") }
      exit(code.rawValue)
    }
  }
}

/// Arguments that don't fit together, in the three parts that every message has.
private struct UsageError: ExplainedError {
  let code = "E101"
  let what: String
  let why = "the arguments don't say what to do"
  let remedy: String

  init<Root: ParsableCommand>(_ message: String, root: Root.Type) {
    // The parser's sentences end with a full stop; the form of our messages has none.
    let program = root.configuration.commandName ?? "cnitriage"
    let parts = message.split(separator: ".", maxSplits: 1).map(String.init)
    if parts.count == 2, parts[1].hasPrefix(" Did you mean") {
      what = parts[0]
      remedy = "did you mean" + parts[1].dropFirst(" Did you mean".utf8.count)
    } else {
      what = message.hasSuffix(".") ? String(message.dropLast()) : message
      remedy = "\(program) --help"
    }
  }
}

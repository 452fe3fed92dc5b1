public import ArgumentParser
import BundleModel
import BundleReader
import FoundationEssentials
import Glibc
import NodeCollector
import SystemPackage

/// The verb `redact`, which both executables share.
public struct RedactCommand: ParsableCommand {
  /// Name and help of the verb.
  public static let configuration = CommandConfiguration(
    commandName: "redact",
    abstract: "Mask a bundle that was collected in clear.",
    discussion: """
      Writes a masked copy; the bundle itself stays as it is. Any tar archive or unpacked folder \
      will do, whatever collected it.

      Exit codes: 0 done, 2 wrong usage, 3 the input is no readable archive, 6 the disk or the \
      output is in the way.
      """)

  @Argument(help: "A bundle, the folder that it was unpacked into, or - for standard input.")
  var bundle: String

  @Option(help: "secrets, names or addresses.")
  var redact: RedactionLevel = .addresses

  @Option(name: [.short, .long], help: "A file, a folder, or - for standard output.")
  var output: String = "."

  @Option(help: "tar.zst or tar.gz, which opens everywhere.")
  var format: BundleFormat = .zstd

  @Option(
    help: ArgumentHelp(
      "Where the map of the pseudonyms goes; beside the copy by default.", valueName: "FILE"))
  var map: String?

  @Flag(help: "Print path, size, SHA-256 and manifest as one JSON document.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print only the path of the copy.")
  var quiet = false

  /// Made by the argument parser.
  public init() {}

  /// Refuses flags that make no sense, before anything happens.
  public func validate() throws {
    guard redact != .none else { throw ValidationError("--redact none would change nothing.") }
    var options = RedactionOptions()
    options.redact = redact
    options.map = map
    options.includesSecrets = false
    try options.check(isStreamed: output == "-")
  }

  /// Writes the copy.
  public func run() throws {
    umask(0o077)
    do {
      try write()
    } catch let error as CollectError where error.kind == .readerGone {
      if !quiet { Console.error("Stopped: \(error.what); \(error.why).\n") }
    } catch let error as any ExplainedError {
      Console.report(error, json: json)
      throw ExitCode(Self.exitCode(error))
    }
  }

  private func write() throws {
    let input: BundleInput = bundle == "-" ? .standardInput : .path(bundle)
    let masker = try BundleMasker(input, level: redact)
    let target = try OutputChoice(argument: output, format: format).resolve(masker.name)
    var options = RedactionOptions()
    options.redact = redact
    options.map = map
    let mapPath = try options.mapPath(beside: target)
    let summary = try masker.write(to: target, format: format)
    if let mapPath { try masker.writeMap(to: mapPath) }
    report(summary, map: mapPath)
  }

  private func report(_ summary: RewriteSummary, map: FilePath?) {
    if json {
      // Encoding values of our own can't fail; an empty document would say so.
      Console.output((try? RewriteDocument(summary, map: map).json()) ?? [])
    } else if quiet {
      if let path = summary.path { Console.output("\(path)\n") }
    } else {
      for note in summary.notes { Console.error("note: \(note)\n") }
      if let path = summary.path, let bytes = summary.archiveBytes, let sha = summary.sha256 {
        Console.error("Bundle   \(path)\nSize     \(ByteCount.text(bytes)), mode 0600\n")
        Console.error("SHA-256  \(sha)\n")
      }
      if let manifest = summary.manifest {
        Console.error(MaskedText.lines(manifest, map: map))
      } else if let map {
        Console.error("Map      \(map), mode 0600: keep it, don't send it\n")
      }
    }
  }

  private static func exitCode(_ error: any ExplainedError) -> Int32 {
    if error is BundleError { return 3 }
    return (error as? CollectError)?.kind.exitCode ?? 70
  }
}

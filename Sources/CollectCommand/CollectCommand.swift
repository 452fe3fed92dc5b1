public import ArgumentParser
import BundleModel
import Glibc
import NodeCollector
import SystemPackage

/// The verb `collect`, which both executables share; each says what follows gathering.
public struct CollectCommand<FollowUp: CollectFollowUp>: AsyncParsableCommand {
  /// Name and help of the verb.
  public static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "collect",
      abstract: "Gather a support bundle from this node (root, read-only).",
      discussion: """
        Reads only: logs, network state, ipamd's state and the instance metadata go into one \
        archive of mode 0600. Ctrl-C once stops early and keeps what is gathered.

        Exit codes: 0 done, 2 wrong usage, 3 not an EKS node (--strict-eks), 4 a minimum item is \
        lost, 5 root needed, 6 the disk, the output or another run is in the way, 130 stopped by \
        Ctrl-C, 143 by SIGTERM.
        """)
  }

  @OptionGroup(title: "What is gathered") var selection: SelectionOptions
  @OptionGroup(title: "Limits") var limits: LimitOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Concealment") var concealment: RedactionOptions
  @OptionGroup(title: "Node") var node: NodeOptions
  @OptionGroup(title: "Cluster") var cluster: ClusterOptions
  @OptionGroup(title: "Screen") var screen: ScreenOptions
  @OptionGroup var followUp: FollowUp

  /// Made by the argument parser.
  public init() {}

  /// Refuses flags that don't go together, before anything happens.
  public func validate() throws {
    let isStreamed = output.output == "-"
    try concealment.check(isStreamed: isStreamed)
    guard !isStreamed || !screen.json else {
      throw ValidationError("--json and -o - both need standard output.")
    }
    guard !isStreamed || !followUp.isWanted else {
      throw ValidationError("--check needs a bundle on this node, not on standard output.")
    }
  }

  /// Gathers the bundle.
  public func run() async throws {
    if cluster.isWanted {
      let code = await ClusterCollection(
        options: cluster, selection: selection, limits: limits, output: output,
        concealment: concealment, screen: screen, isStrict: node.strict
      ).run()
      if code != 0 { throw ExitCode(code) }
      return
    }
    let run = CollectRun(
      selection: selection, limits: limits, output: output, concealment: concealment, node: node,
      screen: screen)
    let code: Int32
    do throws(CollectError) {
      code = try await run.run { path in
        guard followUp.isWanted else { return }
        await followUp.follow(path, isQuiet: screen.quiet || screen.json)
      }
    } catch {
      if error.kind != .readerGone { Console.report(error, json: screen.json) }
      throw ExitCode(error.kind.exitCode)
    }
    if code != 0 { throw ExitCode(code) }
  }
}

extension CollectError.Kind {
  var exitCode: Int32 {
    switch self {
    case .readerGone: 0
    case .usage: 2
    case .wrongPlatform: 3
    case .notPermitted: 5
    case .environment: 6
    case .internalFailure: 70
    }
  }
}

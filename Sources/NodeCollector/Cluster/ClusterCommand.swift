public import BundleModel

/// One command of a run: the item it answers, its argument vector, and where the answer stands.
public struct ClusterCommand: Sendable, Equatable {
  /// The item; `nil` for the one command that only looks at the user's own configuration.
  public let id: ArtifactID?
  /// Program and arguments, each passed as it is.
  public let argv: [String]
  /// Where the answer stands in the bundle.
  let path: String

  /// The commands of an item with the values that are known. Marks without a value stay as
  /// `<node>`, which only a dry run shows.
  static func commands(
    for artifact: Artifact, target: ClusterTarget, values: ClusterValues
  ) -> [ClusterCommand] {
    guard let (program, arguments) = artifact.clusterCommand else { return [] }
    var lines = [(arguments: arguments, path: artifact.path)]
    for mark in artifact.clusterMarks {
      let known = values[mark]
      if mark.isList {
        let text = known.isEmpty ? "<\(mark.rawValue)>" : known.joined(separator: ",")
        lines = lines.map { (fill($0.arguments, mark, text), $0.path) }
      } else if mark == .cluster {
        lines = lines.map { (fill($0.arguments, mark, known.first ?? "<cluster>"), $0.path) }
      } else {
        lines = lines.flatMap { line in
          (known.isEmpty ? ["<\(mark.rawValue)>"] : known).map {
            (fill(line.arguments, mark, $0), "\(line.path)/\($0).json")
          }
        }
      }
    }
    return lines.map {
      ClusterCommand(
        id: artifact.id, argv: [program] + target.options(of: program) + $0.arguments,
        path: $0.path)
    }
  }

  private static func fill(
    _ arguments: [String], _ mark: ClusterMark, _ value: String
  ) -> [String] {
    arguments.map { $0.replacing(mark.text, with: value) }
  }

  /// The command that tells which cluster the user's context means. It asks no server, and kubectl
  /// leaves the credentials out.
  static func configuration(_ target: ClusterTarget) -> ClusterCommand {
    ClusterCommand(
      id: nil,
      argv: ["kubectl"] + target.options(of: "kubectl")
        + ["config", "view", "--minify", "--output=json"],
      path: "")
  }

  /// Every command of a plan, before anything is known that answers would tell.
  public static func preview(_ plan: Plan, target: ClusterTarget) -> [ClusterCommand] {
    let values = ClusterValues(target)
    let wanted = plan.items.filter {
      values[.node].isEmpty ? $0.id != .namedNodes : $0.id != .clusterNodes
    }
    let rounds = 0...(ClusterMark.allCases.map(\.round).max() ?? 0)
    return [configuration(target)]
      + rounds.flatMap { round in
        wanted.filter { $0.clusterRound == round }.flatMap {
          commands(for: $0, target: target, values: values)
        }
      }
  }

  /// The command as a shell would take it, for reading and for repeating it by hand.
  public var line: String {
    argv.map(Self.quoted).joined(separator: " ")
  }

  private static func quoted(_ argument: String) -> String {
    let isPlain =
      !argument.isEmpty
      && argument.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || "-_./:=,@%+".utf8.contains(byte)
      }
    return isPlain ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
  }
}

import BundleModel

/// What stands for a value in the commands of the cluster's catalogue.
enum ClusterMark: String, CaseIterable, Sendable {
  case cluster, node, instances, association, profile, subnets, role

  /// How it stands in an argument.
  var text: String { "{\(rawValue)}" }

  /// Whether all values go into one command; otherwise there is one command for each.
  var isList: Bool { self == .instances || self == .subnets }

  /// How many earlier rounds of answers may still add values. Round 0 only finds out whether the
  /// two services answer at all.
  var round: Int {
    switch self {
    case .cluster, .node: 1
    case .instances, .association: 2
    case .profile, .subnets: 3
    case .role: 4
    }
  }

  /// The most values that are followed.
  var limit: Int {
    switch self {
    case .cluster: 1
    case .node, .instances: ClusterTarget.nodeLimit
    case .association, .profile, .role: 20
    case .subnets: 200
    }
  }

  /// Why there is no value.
  var absence: String {
    switch self {
    case .cluster: "the context names no EKS cluster; --cluster-name does"
    case .node: "no node was named; --nodes does"
    case .instances: "no node with an instance was named; --nodes does"
    case .association: "no answer named a Pod Identity association of the CNI"
    case .profile: "no answer named an instance profile"
    case .subnets: "no answer named a subnet"
    case .role: "no answer named a role of the nodes or the CNI"
    }
  }

  /// Whether a value can stand in an argument or a URL as it is. Names of other things than these
  /// objects never get there, whatever an answer says.
  func accepts(_ value: String) -> Bool {
    if self == .node { return ObjectName.isValid(value) }
    let isPlain = value.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || "+=.@_-".utf8.contains(byte)
    }
    return isPlain && (1...128).contains(value.utf8.count) && !value.hasPrefix("-")
  }
}

extension Artifact {
  /// The program and its arguments with their marks.
  var clusterCommand: (program: String, arguments: [String])? {
    guard case .command(let program, let arguments) = source else { return nil }
    return (program, arguments)
  }

  /// The marks of its arguments.
  var clusterMarks: [ClusterMark] {
    let arguments = clusterCommand?.arguments ?? []
    return ClusterMark.allCases.filter { mark in
      arguments.contains { $0.contains(mark.text) }
    }
  }

  /// The round in which all its values are known.
  var clusterRound: Int {
    if [.clusterVersion, .awsCaller].contains(id) { return 0 }
    return max(1, clusterMarks.map(\.round).max() ?? 1)
  }

  /// The same item at another place.
  func at(_ path: String) -> Artifact {
    Artifact(
      id, summary, source: source, path: path, needs: needs, holds: holds, tier: tier,
      needsRoot: needsRoot, timeoutSeconds: timeoutSeconds, capBytes: capBytes, keeps: keeps,
      redaction: redaction, stage: stage, naming: naming)
  }
}

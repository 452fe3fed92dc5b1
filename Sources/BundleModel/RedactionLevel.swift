/// How much a bundle conceals. Each level conceals what the levels before it do, and more.
public enum RedactionLevel: String, Sendable, Codable, CaseIterable, Comparable {
  /// Nothing: passwords, tokens and keys are in the bundle as they were on the node.
  case none
  /// Passwords, tokens, keys, and environment values outside an allow-list.
  case secrets
  /// Names of pods, namespaces and images as well; those of the cluster's own parts stay.
  case names
  /// Addresses, host names, and the ids of instances, interfaces, networks and accounts as well.
  case addresses

  /// Orders levels by how much they conceal.
  public static func < (left: RedactionLevel, right: RedactionLevel) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .none: 0
    case .secrets: 1
    case .names: 2
    case .addresses: 3
    }
  }
}

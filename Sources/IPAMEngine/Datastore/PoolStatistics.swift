/// The numbers on which ipamd bases its pool decisions.
public struct PoolStatistics: Hashable, Sendable {
  /// Addresses in CIDRs of the current mode on ENIs that are not excluded.
  public var total: Int
  /// Addresses of `total` that pods hold.
  public var assigned: Int
  /// Addresses of `total` whose cooldown runs; always 0 in IPv6 mode.
  public var cooling: Int
  /// The store's drifting count of prefixes, whatever the mode.
  public var totalPrefixes: Int

  /// Statistics of a pool.
  public init(total: Int, assigned: Int, cooling: Int = 0, totalPrefixes: Int = 0) {
    self.total = total
    self.assigned = assigned
    self.cooling = cooling
    self.totalPrefixes = totalPrefixes
  }

  /// `total` − `assigned`: cooling addresses count as available in every decision.
  public var available: Int { total - assigned }
}

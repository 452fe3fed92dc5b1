extension IPAMDPatterns {
  /// What repeats of an event's records mean.
  static func repetition(of event: String) -> Repetition {
    if states.contains(event) { return .state }
    if listings.contains(event) { return .listing }
    return .event
  }

  /// Statistics, of which a new one takes the place of the one before.
  static let statistics: Set<String> = [
    "TICK", "POOL_STATS", "POOL_STATS2", "WARM_STATS", "LOW", "NOT_LOW", "LOW_DECISION",
  ]

  /// Statistics and decisions, which every pass of the pool's loop states anew.
  private static let states = statistics.union([
    "INCREASE", "PFX_SURPLUS", "PFX_NEED", "PFX_HIGH", "TO_ALLOC", "NOT_FULL", "ROOM", "MAX_ENI",
    "BACKOFF", "CORDON", "TERMINATING", "NO_ALLOC", "DECREASE", "DECREASE_SKIP", "SHRINK_DONE",
    "SURPLUS", "ENI_FREEABLE", "NOTHING_FREE", "REC_START", "REC_END",
  ])

  /// What a reconcile run, a question or a pass of the pool's loop lists, over and over.
  private static let listings: Set<String> = [
    "IF_COUNT", "IF_FOUND", "IF_PRIMARY", "IF_CARD", "IF_TYPE", "ENI_UNMANAGED", "ENI_SKIP",
    "ENI_TRUNK", "ENI_PRIMARY_IP", "CIDR_ADDING", "CIDR_DUP", "CIDR_FULL", "REC_ENI",
    "REC_CIDR_ADD", "REC_PRIMARY", "REC_COOL", "REC_COOL_CHECK", "REC_VERIFIED", "REC_FOREIGN",
    "REC_MISMATCH", "ENI_KEEP", "INST", "INST_HYP", "CFG_TARGET", "CFG_LIMITS", "INTROSPECT_HIT",
  ]

  /// Gaps whose content differs each time without meaning that something changed.
  static let volatile: Set<String> = ["since", "from"]

  /// Events that take an address or an ENI out of the pool.
  static let removals: Set<String> = [
    "CIDR_DEL", "EXCL_CIDR_GONE", "ENI_DEL", "ENI_DEL_UNUSED", "REC_ENI_DEL", "EC2_FREE_OK",
    "EC2_FREE_GONE",
  ]
}

import BundleModel

/// The pool of a network card as one or several ticks in a row showed it.
public struct ReplayPool: FactRow {
  /// The process.
  public var epoch: Int
  /// Network card.
  public var card: Int
  /// When it looked so first.
  public var timeUs: Int64
  /// When it looked so last.
  public var lastUs: Int64
  /// Addresses in the pool.
  public var total: Int
  /// Addresses that pods hold.
  public var assigned: Int
  /// Addresses in cooldown.
  public var cooldown: Int
  /// Addresses that the settings ask for.
  public var target: Int?
  /// ENIs in the pool.
  public var enis: Int
  /// Whether the replayed pool is proved.
  public var isProved: Bool
  /// Whether nothing is known of the time before.
  public var followsGap: Bool

  /// The pool for a while.
  public init(
    epoch: Int, card: Int, timeUs: Int64, lastUs: Int64, total: Int, assigned: Int, cooldown: Int,
    target: Int?, enis: Int, isProved: Bool, followsGap: Bool
  ) {
    self.epoch = epoch
    self.card = card
    self.timeUs = timeUs
    self.lastUs = lastUs
    self.total = total
    self.assigned = assigned
    self.cooldown = cooldown
    self.target = target
    self.enis = enis
    self.isProved = isProved
    self.followsGap = followsGap
  }

  /// The declaration of `replay_pool`.
  public static let schema = Schema<Self>(
    "replay_pool",
    "The address pool over time: a row for each change that a tick of the pool loop showed.",
    from: [.ipamdLog, .ipamdRotatedLogs],
    columns: [
      Column("epoch", \.epoch, "The process; see replay_epoch."),
      Column("network_card", \.card, "Index of the network card."),
      Column("time_us", \.timeUs, "When it looked so first, microseconds since 1970 UTC."),
      Column("last_us", \.lastUs, "When it looked so last, microseconds since 1970 UTC."),
      Column("total", \.total, "Addresses in the pool."),
      Column("assigned", \.assigned, "Addresses that pods hold."),
      Column(
        "cooldown", \.cooldown, "Released addresses that are not handed out yet; part of the rest."),
      Column("available", { $0.total - $0.assigned }, "Addresses that no pod holds."),
      Column(
        "target", \.target,
        "Addresses that the settings ask for with so many pods; NULL if the settings are not known."
      ),
      Column("enis", \.enis, "ENIs in the pool."),
      Column(
        "is_proved", \.isProved,
        "1 if lines prove that the replayed pool is the real one; 0 after lines are missing."),
      Column(
        "follows_gap", \.followsGap,
        "1 if nothing is known of the time between the row before and this one."),
    ])
}

import BundleModel

/// A line in which ipamd says something else of its pool than its other lines add up to.
public struct ReplayDivergence: FactRow {
  /// The process.
  public var epoch: Int
  /// When.
  public var timeUs: Int64?
  /// The line's event.
  public var event: String
  /// What the line says.
  public var said: String
  /// What the replay holds.
  public var replayed: String

  /// A difference.
  public init(epoch: Int, timeUs: Int64?, event: String, said: String, replayed: String) {
    self.epoch = epoch
    self.timeUs = timeUs
    self.event = event
    self.said = said
    self.replayed = replayed
  }

  /// The declaration of `replay_divergence`.
  public static let schema = Schema<Self>(
    "replay_divergence",
    "Where the address manager says something else of its pool than its other lines add up to: lines"
      + " are missing, or it is wrong.",
    from: [.ipamdLog, .ipamdRotatedLogs],
    columns: [
      Column("epoch", \.epoch, "The process; see replay_epoch."),
      Column("time_us", \.timeUs, "When, microseconds since 1970 UTC."),
      Column("event", \.event, "The event of the line, or introspection."),
      Column("said", \.said, "What the line says."),
      Column("replayed", \.replayed, "What the replay holds."),
    ])
}

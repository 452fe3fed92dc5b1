import BundleModel

/// Something that went wrong with the pool.
public struct ReplayFault: FactRow {
  /// Its number in the catalogue of faults.
  public var fault: String
  /// Its name.
  public var name: String
  /// How sure it is.
  public var confidence: String
  /// The process.
  public var epoch: Int
  /// When it was seen first.
  public var firstUs: Int64?
  /// When it was seen last.
  public var lastUs: Int64?
  /// How often.
  public var count: Int
  /// What it is about.
  public var subject: String?
  /// Why it happened.
  public var cause: String?
  /// What was seen.
  public var detail: String

  /// A fault that was seen once.
  public init(
    fault: String, name: String, confidence: String, epoch: Int, count: Int, detail: String
  ) {
    self.fault = fault
    self.name = name
    self.confidence = confidence
    self.epoch = epoch
    self.count = count
    self.detail = detail
  }

  /// The declaration of `replay_fault`.
  public static let schema = Schema<Self>(
    "replay_fault", "What went wrong with the address pool, as far as the bundle proves it.",
    from: [.ipamdLog, .ipamdRotatedLogs, .ipamdENIs, .checkpoint],
    columns: [
      Column("fault", \.fault, "Its number, F-01 to F-24; docs/replay.md explains each."),
      Column("name", \.name, "Its name, such as addresses_exhausted."),
      Column(
        "confidence", \.confidence, "A (proved by the bundle), B (strong evidence) or C (a hint)."),
      Column("epoch", \.epoch, "The process; see replay_epoch."),
      Column("first_us", \.firstUs, "When it was seen first, microseconds since 1970 UTC."),
      Column("last_us", \.lastUs, "When it was seen last, microseconds since 1970 UTC."),
      Column("count", \.count, "How often."),
      Column("subject", \.subject, "What it is about: an ENI, an address, a pod, an operation."),
      Column("cause", \.cause, "Why it happened, in a word."),
      Column("detail", \.detail, "What was seen, in a sentence."),
    ])
}

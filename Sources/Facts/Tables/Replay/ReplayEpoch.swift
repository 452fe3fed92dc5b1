import BundleModel

/// The life of one ipamd process as its logs show it.
public struct ReplayEpoch: FactRow {
  /// Its place among the processes, counted from 1.
  public var epoch: Int
  /// When its first statement was written.
  public var startUs: Int64?
  /// When its last statement was written.
  public var endUs: Int64?
  /// Whether the logs hold its start.
  public var hasStart: Bool
  /// How it ended.
  public var ended: String
  /// Release of ipamd.
  public var release: String?
  /// Where the release was found.
  public var releaseFrom: String
  /// How much the log's level allows.
  public var grade: String
  /// The form of address that pods get.
  public var mode: String
  /// `WARM_ENI_TARGET`.
  public var warmENITarget: Int?
  /// `WARM_IP_TARGET`.
  public var warmIPTarget: Int?
  /// `MINIMUM_IP_TARGET`.
  public var minimumIPTarget: Int?
  /// `WARM_PREFIX_TARGET`.
  public var warmPrefixTarget: Int?
  /// Where the targets were found.
  public var targetsFrom: String
  /// Pod capacity as ipamd saw it.
  public var maxPods: Int?
  /// Type of the instance.
  public var instanceType: String?
  /// ENIs that ipamd may attach, the primary one included.
  public var maxENIs: Int?
  /// Pod addresses per ENI.
  public var addressesPerENI: Int?
  /// Cooldown of released addresses in seconds.
  public var cooldownS: Int64?
  /// Statements about the pool.
  public var statements: Int

  /// A process of which nothing is known yet.
  public init(
    epoch: Int, hasStart: Bool, ended: String, releaseFrom: String, grade: String, mode: String,
    targetsFrom: String, statements: Int
  ) {
    self.epoch = epoch
    self.hasStart = hasStart
    self.ended = ended
    self.releaseFrom = releaseFrom
    self.grade = grade
    self.mode = mode
    self.targetsFrom = targetsFrom
    self.statements = statements
  }

  /// The declaration of `replay_epoch`.
  public static let schema = Schema<Self>(
    "replay_epoch",
    "Processes of the address manager in the order of their lives, as the replay of its logs found"
      + " them; the line is the first one about the pool.",
    from: [.ipamdLog, .ipamdRotatedLogs],
    columns: [
      Column("epoch", \.epoch, "Its place among the processes, counted from 1."),
      Column(
        "start_us", \.startUs, "When its first statement was written, microseconds since 1970 UTC."),
      Column(
        "end_us", \.endUs, "When its last statement was written, microseconds since 1970 UTC."),
      Column(
        "has_start", \.hasStart,
        "1 if the logs hold its start; 0 if the pool before the first line is not known."),
      Column(
        "ended", \.ended,
        "running (the logs end first), shutdown, failed (at its start) or vanished (the next process"
          + " started without a word from it)."),
      Column("release", \.release, "Release of the address manager, such as v1.23.1."),
      Column(
        "release_from", \.releaseFrom,
        "Where the release was found: log, declared (metrics or image of the last process), messages"
          + " (their shapes) or unknown."),
      Column(
        "grade", \.grade,
        "full (records of level debug), partial (info: no decisions, no counters) or none."),
      Column("mode", \.mode, "single (secondary addresses), prefix, or prefix_v6."),
      Column(
        "warm_eni_target", \.warmENITarget, "WARM_ENI_TARGET in force; NULL if it is not known."),
      Column(
        "warm_ip_target", \.warmIPTarget,
        "WARM_IP_TARGET in force, 0 for none; NULL if it is not known."),
      Column(
        "minimum_ip_target", \.minimumIPTarget,
        "MINIMUM_IP_TARGET in force, 0 for none; NULL if it is not known."),
      Column(
        "warm_prefix_target", \.warmPrefixTarget,
        "WARM_PREFIX_TARGET in force; NULL if it is not known."),
      Column(
        "targets_from", \.targetsFrom,
        "Where the targets were found: log, declared (pod or DaemonSet), default, or unknown if one"
          + " of them is."),
      Column("max_pods", \.maxPods, "Pod capacity of the node as the address manager saw it."),
      Column("instance_type", \.instanceType, "Type of the instance."),
      Column(
        "max_enis", \.maxENIs, "ENIs that it may attach, the primary one included; NULL if unknown."
      ),
      Column(
        "addresses_per_eni", \.addressesPerENI, "Pod addresses per ENI; NULL if unknown."),
      Column(
        "cooldown_s", \.cooldownS,
        "Seconds for which a released address is not handed out; NULL if no line tells."),
      Column("statements", \.statements, "Statements about the pool."),
    ])
}

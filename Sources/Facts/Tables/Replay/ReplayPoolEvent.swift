import BundleModel

/// Something that happened to the pool.
public struct ReplayPoolEvent: FactRow {
  /// The process.
  public var epoch: Int
  /// When it happened first.
  public var timeUs: Int64?
  /// When it happened last.
  public var lastUs: Int64?
  /// What happened.
  public var event: String
  /// The ENI.
  public var eni: String?
  /// The first CIDR.
  public var cidr: String?
  /// How many CIDRs, or how often.
  public var count: Int
  /// The pod.
  public var pod: String?
  /// Addresses in the pool behind it.
  public var total: Int?
  /// Addresses that pods hold behind it.
  public var assigned: Int?
  /// What the log says about it.
  public var detail: String?
  /// Whether it was concluded.
  public var isInferred: Bool

  /// An event of a process.
  public init(epoch: Int, timeUs: Int64?, event: String, count: Int, isInferred: Bool) {
    self.epoch = epoch
    self.timeUs = timeUs
    self.event = event
    self.count = count
    self.isInferred = isInferred
  }

  /// The declaration of `replay_event`.
  public static let schema = Schema<Self>(
    "replay_event",
    "What happened to the address pool: ENIs and addresses that came and went, refusals, gaps.",
    from: [.ipamdLog, .ipamdRotatedLogs, .pluginLog],
    columns: [
      Column("epoch", \.epoch, "The process; see replay_epoch."),
      Column("time_us", \.timeUs, "When it happened first, microseconds since 1970 UTC."),
      Column("last_us", \.lastUs, "When it happened last, microseconds since 1970 UTC."),
      Column(
        "event", \.event,
        "started, start_failed, shutdown, eni_added, eni_removed, eni_removed_with_pods, cidrs_added,"
          + " cidrs_returned (to EC2), cidrs_removed, reconcile_added, reconcile_removed, no_address,"
          + " subnet_empty, ec2_error or gap; cni_add and cni_del are requests of the plugin that failed,"
          + " had no answer, or took more than 5 s."),
      Column("eni", \.eni, "The ENI."),
      Column("cidr", \.cidr, "The first of the addresses or prefixes."),
      Column("count", \.count, "How many addresses or prefixes, or how often."),
      Column("pod", \.pod, "Namespace and name of the pod that it is about."),
      Column("total", \.total, "Addresses in the pool behind it."),
      Column("assigned", \.assigned, "Addresses that pods hold behind it."),
      Column(
        "detail", \.detail, "Error code, release, what is missing, or what came of a request."),
      Column("is_inferred", \.isInferred, "1 if it was concluded from other lines; else 0."),
    ])
}

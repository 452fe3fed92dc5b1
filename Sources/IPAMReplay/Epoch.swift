import Facts
public import IPAMEngine

/// The life of one ipamd process, as far as the logs show it.
public struct Epoch: Sendable {
  /// Its place among the epochs, counted from 1.
  public var number: Int
  /// When its first statement was written, in microseconds since 1970 UTC.
  public var startUs: Int64?
  /// When its last statement was written, in microseconds since 1970 UTC.
  public var endUs: Int64?
  /// Whether the logs hold its start; else what was before them is not known.
  public var hasStart: Bool
  /// How it ended.
  public var end = End.running
  /// Release of ipamd; nil if nothing tells it.
  public var release: Release?
  /// Where the release was found.
  public var releaseOrigin: Origin
  /// ipamd's variables, as far as they are known.
  public var configuration: Configuration
  /// Where the value of each variable that steers the pool was found.
  public var origins: [(name: String, origin: Origin)]
  /// Limits of the instance.
  public var limits: InstanceLimits
  /// Whether the number of ENIs is known; else no limit is assumed.
  public var knowsENILimit: Bool
  /// Whether the number of addresses per ENI is known.
  public var knowsSlots: Bool
  /// Pod capacity as ipamd saw it at its start; nil if not known.
  public var maxPods: Int?
  /// Type of the instance; nil if not known.
  public var instanceType: String?
  /// How much the log's level allows.
  public var grade: Grade
  /// Whether the log names the cooldown period.
  public var provesCooldown: Bool
  /// Whether the process writes ticks, which show the pool every 5 s.
  public var hasTicks: Bool
  /// Statements about the pool.
  public var statementCount: Int
  /// The log of its first statement.
  public var place: LogPlace
  /// Line of its first statement.
  public var line: Int

  /// How an epoch ended.
  public enum End: String, Sendable {
    /// The logs end first.
    case running
    /// It was told to stop.
    case shutdown
    /// Its start failed.
    case failed
    /// The next process started without a word from this one.
    case vanished
  }

  /// How much can be followed.
  public enum Grade: String, Sendable {
    /// Everything: the log has records of level debug.
    case full
    /// Assignments and changes of the pool, but no decision: records of level info.
    case partial
    /// Nothing: warnings and errors only.
    case none
  }

  /// Where a value came from.
  public enum Origin: String, Sendable {
    /// The epoch's own log.
    case log
    /// The shape of its messages.
    case messages
    /// The pod's or the DaemonSet's declaration, which holds for the last epoch only.
    case declared
    /// ipamd's default, because the log of its start names no other value.
    case `default`
    /// Nothing tells it: the default is assumed, and no judgement rests on it.
    case unknown
  }

  /// Where the value of a variable was found.
  public func origin(_ name: String) -> Origin {
    origins.first { $0.name == name }?.origin ?? .unknown
  }

  /// Whether every variable that decides about growing and shrinking is known.
  public var knowsTargets: Bool {
    ["WARM_ENI_TARGET", "WARM_IP_TARGET", "MINIMUM_IP_TARGET", "WARM_PREFIX_TARGET"]
      .allSatisfy { origin($0) != .unknown }
  }

  /// The decisions of this epoch.
  public var policy: PoolPolicy {
    PoolPolicy(
      configuration: configuration,
      profile: release.map { BehaviourProfile(release: $0) } ?? .newest,
      capacity: NodeCapacity(limits: limits, configuration: configuration),
      maxPods: maxPods ?? .max)
  }
}

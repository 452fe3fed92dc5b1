/// What a user asked of one run, beyond the selection of items and the limits.
public struct CollectSettings: Sendable, Equatable {
  /// Which part of the logs is wanted.
  public var window: LogWindow
  /// Pods whose own logs are wanted, as `namespace/pattern`.
  public var podLogs: [String]
  /// Whether the instance's user data is wanted; it often holds secrets.
  public var includesUserData: Bool
  /// Whether items may make a service of the node write something.
  public var allowsSideEffects: Bool
  /// Whether timed probes are made.
  public var probes: Bool
  /// The longest all timed probes together may take, in seconds.
  public var probeSeconds: Double
  /// How members and the archive are named.
  public var layout: BundleLayout
  /// Words of the user that stand in the manifest.
  public var labels: [String: String]
  /// The user's case id, which stands in the manifest and in the file's name.
  public var caseID: String?
  /// Whether times and durations are left out, so that equal input gives equal bytes.
  public var isReproducible: Bool { fixedTime != nil }
  /// The one time that stands everywhere in a reproducible bundle, in microseconds since 1970.
  public var fixedTime: Int64?
  /// Who owns the bundle; `nil` leaves that to the system.
  public var owner: BundleOwner?

  /// The settings of a plain run.
  public init(
    window: LogWindow = LogWindow(), podLogs: [String] = [], includesUserData: Bool = false,
    allowsSideEffects: Bool = false, probes: Bool = true, probeSeconds: Double = 45,
    layout: BundleLayout = .native,
    labels: [String: String] = [:], caseID: String? = nil, fixedTime: Int64? = nil,
    owner: BundleOwner? = nil
  ) {
    self.window = window
    self.podLogs = podLogs
    self.includesUserData = includesUserData
    self.allowsSideEffects = allowsSideEffects
    self.probes = probes
    self.probeSeconds = probeSeconds
    self.layout = layout
    self.labels = labels
    self.caseID = caseID
    self.fixedTime = fixedTime
    self.owner = owner
  }
}

/// A span of time that logs are cut to, in microseconds since 1970, UTC.
public struct LogWindow: Sendable, Equatable {
  /// The earliest moment; `nil` keeps everything that the node still has.
  public var since: Int64?
  /// The latest moment; `nil` keeps everything up to now.
  public var until: Int64?

  /// A window; without bounds it holds everything.
  public init(since: Int64? = nil, until: Int64? = nil) {
    self.since = since
    self.until = until
  }

  /// The arguments of `journalctl` for this window.
  var journalArguments: [String] {
    let since = since.map { ["--since=@\($0 / 1_000_000)"] } ?? []
    let until = until.map { ["--until=@\($0 / 1_000_000)"] } ?? []
    return since + until
  }
}

/// What a user asked of one run, beyond the selection of items and the limits.
public struct CollectSettings: Sendable, Equatable {
  /// Which part of the logs is wanted.
  public var window: LogWindow
  /// Whether timed probes are made.
  public var probes: Bool
  /// The longest all timed probes together may take, in seconds.
  public var probeSeconds: Double
  /// Whether items may change something on the node, such as signal a daemon.
  public var allowSideEffects: Bool

  /// The settings of a plain run.
  public init(
    window: LogWindow = LogWindow(), probes: Bool = true, probeSeconds: Double = 45,
    allowSideEffects: Bool = false
  ) {
    self.window = window
    self.probes = probes
    self.probeSeconds = probeSeconds
    self.allowSideEffects = allowSideEffects
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

/// How much the collector may take of a node. Items have limits of their own in the catalogue.
public struct CollectLimits: Sendable, Equatable {
  /// The whole run, in seconds.
  public var runSeconds: Double
  /// Items in flight.
  public var jobs: Int
  /// Bytes stored in all members together, before compression.
  public var totalBytes: Int
  /// Files of one group.
  public var filesPerGroup: Int
  /// Bytes of standard error that are kept of one program.
  public var standardErrorBytes: Int
  /// Bytes of one item that are held in memory before they go to a temporary file.
  public var spoolMemoryBytes: Int
  /// Seconds between the polite and the final signal to a program.
  public var graceSeconds: Double
  /// The same when the whole run is stopped, which must end within two seconds.
  public var cancelledGraceSeconds: Double { min(graceSeconds, 0.4) }
  /// Factor for every item's own time limit.
  public var timeoutScale: Double
  /// Bytes that stay free on the output's file system; `nil` keeps 5 %, at least 512 MiB.
  public var minimumFreeBytes: Int?

  /// The limits of the program; tests pass smaller ones.
  public init(
    runSeconds: Double = 300, jobs: Int = 4, totalBytes: Int = 1 << 30, filesPerGroup: Int = 2000,
    standardErrorBytes: Int = 64 << 10, spoolMemoryBytes: Int = 256 << 10,
    graceSeconds: Double = 2, timeoutScale: Double = 1, minimumFreeBytes: Int? = nil
  ) {
    self.runSeconds = runSeconds
    self.jobs = jobs
    self.totalBytes = totalBytes
    self.filesPerGroup = filesPerGroup
    self.standardErrorBytes = standardErrorBytes
    self.spoolMemoryBytes = spoolMemoryBytes
    self.graceSeconds = graceSeconds
    self.timeoutScale = timeoutScale
    self.minimumFreeBytes = minimumFreeBytes
  }
}

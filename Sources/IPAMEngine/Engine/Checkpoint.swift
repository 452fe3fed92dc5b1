/// One allocation of ipamd's checkpoint file.
public struct CheckpointEntry: Hashable, Sendable {
  /// The pod's key.
  public var key: IPAMKey
  /// The pod's address.
  public var address: IPAddress
  /// When it was allocated; nil for 0, as in entries inherited from old files.
  public var allocatedAt: Instant?
  /// What was stored about the pod.
  public var metadata: PodMetadata
  /// Whether a host link with the pod's name suffix exists; looked up by whoever read the file.
  public var hasHostLink: Bool

  /// An entry.
  public init(
    key: IPAMKey, address: IPAddress, allocatedAt: Instant?, metadata: PodMetadata,
    hasHostLink: Bool = true
  ) {
    self.key = key
    self.address = address
    self.allocatedAt = allocatedAt
    self.metadata = metadata
    self.hasHostLink = hasHostLink
  }
}

/// What came of reading the checkpoint file.
public enum CheckpointRead: Hashable, Sendable {
  /// No file: a fresh node, or one whose `/var/run` was emptied by a reboot.
  case missing
  /// The file cannot be read or is not JSON.
  case unreadable
  /// The file.
  case contents(version: String, [CheckpointEntry])

  /// The only version ipamd accepts.
  public static let version = "vpc-cni-ipam/1"
}

/// Where facts come from: what every row of a published table says in front.
public struct FactOrigin: Sendable, Hashable {
  /// The bundle's own id, or the name of its file.
  public var bundleID: String
  /// Name of the cluster.
  public var cluster: String?
  /// The node's instance id, else its host name.
  public var nodeID: String?
  /// When the bundle was gathered, in microseconds since 1970.
  public var collectedAtUs: Int64?

  /// Describes where facts come from.
  public init(
    bundleID: String, cluster: String? = nil, nodeID: String? = nil, collectedAtUs: Int64? = nil
  ) {
    self.bundleID = bundleID
    self.cluster = cluster
    self.nodeID = nodeID
    self.collectedAtUs = collectedAtUs
  }
}

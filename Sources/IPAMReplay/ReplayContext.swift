public import IPAMEngine

/// What is known of a node besides its logs. Everything is optional: a replay uses what there is and
/// says where a value came from.
public struct ReplayContext: Sendable {
  /// Type of the instance, such as `m5.large`; the log of the epoch itself wins.
  public var instanceType: String?
  /// Variables of the last process, as the pod or the DaemonSet states them; nil if not known.
  public var environment: [String: String]?
  /// Where the variables were read, such as `pod_spec`.
  public var environmentOrigin = "daemonset"
  /// Pod capacity of the node.
  public var maxPods: Int?
  /// Release of the last process.
  public var release: Release?
  /// The pool as ipamd's introspection showed it.
  public var snapshot: PoolSnapshot?

  /// Nothing is known.
  public init() {}
}

/// The pool of a node at one moment, as ipamd's introspection shows it.
public struct PoolSnapshot: Sendable {
  /// When it was read, in microseconds since 1970 UTC.
  public var timeUs: Int64?
  /// The ENIs with their CIDRs and pods.
  public var enis: [ENI]

  /// An ENI of the pool.
  public struct ENI: Sendable {
    /// Role, device and subnet.
    public var attributes: ENIAttributes
    /// Network card.
    public var card: Int
    /// Whether it gives no addresses.
    public var isExcluded: Bool
    /// Its CIDRs.
    public var cidrs: [CIDR]
    /// Addresses that pods hold.
    public var holders: [Holder]

    /// An ENI without CIDRs.
    public init(attributes: ENIAttributes, card: Int, isExcluded: Bool) {
      self.attributes = attributes
      self.card = card
      self.isExcluded = isExcluded
      cidrs = []
      holders = []
    }
  }

  /// A pod and its address.
  public struct Holder: Sendable {
    /// The address.
    public var address: IPAddress
    /// The key; its container id is empty since 1.23.0, which hides it.
    public var key: IPAMKey
    /// The pod.
    public var metadata: PodMetadata

    /// A pod's address.
    public init(address: IPAddress, key: IPAMKey, metadata: PodMetadata) {
      self.address = address
      self.key = key
      self.metadata = metadata
    }
  }

  /// A pool of some ENIs.
  public init(timeUs: Int64?, enis: [ENI]) {
    self.timeUs = timeUs
    self.enis = enis
  }
}

/// Id of an elastic network interface, such as `eni-0123456789abcdef0`.
public struct ENIID: Hashable, Comparable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The id as EC2 writes it.
  public let name: String

  /// The interface called `name`.
  public init(_ name: String) {
    self.name = name
  }

  /// The interface called `value`.
  public init(stringLiteral value: String) {
    self.name = value
  }

  /// Order of the ids as text; EC2's own ids carry no age.
  public static func < (left: ENIID, right: ENIID) -> Bool {
    left.name < right.name
  }

  /// The id as EC2 writes it.
  public var description: String { name }
}

/// What ipamd knows a pod's allocation by: CNI network, sandbox and interface.
public struct IPAMKey: Hashable, Sendable, CustomStringConvertible {
  /// CNI network name; `aws-cni`, or `_migrated-from-cri` for entries of 1.7 to 1.11.
  public let networkName: String
  /// Sandbox (container) id.
  public let containerID: String
  /// Interface inside the pod; `eth0`, or `unknown` for migrated entries.
  public let ifName: String

  /// A key from its three parts.
  public init(networkName: String, containerID: String, ifName: String) {
    self.networkName = networkName
    self.containerID = containerID
    self.ifName = ifName
  }

  /// The form old versions gave to allocations which they recovered from the container runtime.
  public static func migrated(containerID: String) -> IPAMKey {
    IPAMKey(networkName: "_migrated-from-cri", containerID: containerID, ifName: "unknown")
  }

  /// Whether one of the parts is empty: ipamd refuses such a request.
  public var isIncomplete: Bool {
    networkName.isEmpty || containerID.isEmpty || ifName.isEmpty
  }

  /// `network/container/interface`, as ipamd prints it.
  public var description: String { "\(networkName)/\(containerID)/\(ifName)" }
}

/// What ipamd stores about the pod behind an allocation.
public struct PodMetadata: Hashable, Sendable {
  /// Namespace; empty in entries older than 1.11.
  public let namespace: String
  /// Pod name; empty in entries older than 1.11.
  public let name: String
  /// Addresses the pod holds over all network cards; 0 in entries older than 1.20 counts as 1.
  public let interfacesCount: Int

  /// Metadata of one pod.
  public init(namespace: String = "", name: String = "", interfacesCount: Int = 1) {
    self.namespace = namespace
    self.name = name
    self.interfacesCount = interfacesCount
  }
}

/// What went wrong around one request, outside the pool.
public struct Mishaps: OptionSet, Hashable, Sendable {
  /// One bit per mishap.
  public let rawValue: UInt8

  /// A set of mishaps.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The checkpoint file cannot be written: the change is undone.
  public static let checkpointFails = Mishaps(rawValue: 1)
  /// The plugin is of another release than ipamd.
  public static let wrongClientVersion = Mishaps(rawValue: 2)
  /// The VPC's CIDRs are not known: the ADD fails, the address stays assigned.
  public static let vpcCIDRsUnavailable = Mishaps(rawValue: 4)
  /// The pod's annotation cannot be patched; matters only with `ANNOTATE_POD_IP`.
  public static let annotationFails = Mishaps(rawValue: 8)
}

/// What the API server says about a pod; asked only with security groups for pods.
public enum PodLookup: Hashable, Sendable {
  /// A pod without a branch ENI.
  case ordinary
  /// No such pod.
  case notFound
  /// The API server gives no answer.
  case unavailable
  /// A pod of the same name with another UID.
  case otherUID
  /// A pod with a branch ENI; nil until the controller has written it to the annotation.
  case branch(BranchInterface?)
}

/// A branch ENI as written to the pod's annotation.
public struct BranchInterface: Hashable, Sendable {
  /// VLAN on the trunk; 0 is not valid.
  public let vlan: Int
  /// The pod's address.
  public let address: IPAddress

  /// A branch ENI.
  public init(vlan: Int, address: IPAddress) {
    self.vlan = vlan
    self.address = address
  }
}

/// A CNI ADD as it reaches ipamd.
public struct AddRequest: Hashable, Sendable {
  /// The pod's key.
  public var key: IPAMKey
  /// Namespace.
  public var namespace: String
  /// Pod name.
  public var name: String
  /// Whether the pod asks for an interface on every network card.
  public var wantsAllCards: Bool
  /// What the API server says about the pod.
  public var pod: PodLookup
  /// What goes wrong around the request.
  public var mishaps: Mishaps

  /// A request for an address.
  public init(
    key: IPAMKey, namespace: String = "", name: String = "", wantsAllCards: Bool = false,
    pod: PodLookup = .ordinary, mishaps: Mishaps = []
  ) {
    self.key = key
    self.namespace = namespace
    self.name = name
    self.wantsAllCards = wantsAllCards
    self.pod = pod
    self.mishaps = mishaps
  }
}

/// A CNI DEL as it reaches ipamd.
public struct DeleteRequest: Hashable, Sendable {
  /// The pod's key.
  public var key: IPAMKey
  /// What the API server says about the pod.
  public var pod: PodLookup
  /// What goes wrong around the request.
  public var mishaps: Mishaps

  /// A request to take the pod's address back.
  public init(key: IPAMKey, pod: PodLookup = .ordinary, mishaps: Mishaps = []) {
    self.key = key
    self.pod = pod
    self.mishaps = mishaps
  }
}

/// ipamd's answer to an ADD.
public struct AddReply: Hashable, Sendable {
  /// The pod's key.
  public let key: IPAMKey
  /// Address on the first card that gave one; set even if the request failed later.
  public var address: PodAddress?
  /// Addresses on further cards.
  public var furtherAddresses: [PodAddress] = []
  /// The branch ENI of a pod with security groups; such a pod takes nothing from the pool.
  public var branch: BranchInterface?
  /// Why the request failed; nil for success.
  public var failure: AddFailure?

  /// Whether the pod can start.
  public var isSuccess: Bool { failure == nil }
}

/// Why an ADD fails.
public enum AddFailure: Hashable, Sendable {
  /// The plugin is of another release.
  case wrongClientVersion
  /// ipamd has not started yet, or not at all.
  case notRunning
  /// The pod cannot be looked up.
  case podUnavailable
  /// A pod with security groups while the trunk is missing.
  case noTrunk
  /// The controller has not yet made the branch ENI, or made it without address or VLAN.
  case noBranchInterface
  /// Several interfaces were asked for while `ENABLE_MULTI_NIC` is off.
  case multiNICDisabled
  /// Container id, interface or network name is empty.
  case incompleteKey
  /// No address can be handed out.
  case noAddress
  /// The checkpoint could not be written.
  case checkpointFailed
  /// The observed address could not have been handed out: the engine and the node disagree.
  case notAssignable(IPAddress, Assignment.Obstacle)
  /// The VPC's CIDRs are not known.
  case vpcCIDRsUnavailable
  /// The pod could not be annotated.
  case annotationFailed
}

/// ipamd's answer to a DEL.
public struct DeleteReply: Hashable, Sendable {
  /// The pod's key.
  public let key: IPAMKey
  /// Addresses taken back, in the order of the cards.
  public var addresses: [PodAddress] = []
  /// The branch ENI of a pod with security groups.
  public var branch: BranchInterface?
  /// Why the request failed; nil for success.
  public var failure: DeleteFailure?

  /// Whether the request succeeded.
  public var isSuccess: Bool { failure == nil }
}

/// Why a DEL fails.
public enum DeleteFailure: Hashable, Sendable {
  /// The plugin is of another release.
  case wrongClientVersion
  /// No store knows the key; the plugin takes this for success.
  case unknownPod
  /// The pod cannot be looked up.
  case podUnavailable
  /// The pod of that name is another one.
  case podUIDMismatch
  /// The checkpoint could not be written: the address stays assigned.
  case checkpointFailed
  /// The pod's annotation could not be removed.
  case annotationFailed
}

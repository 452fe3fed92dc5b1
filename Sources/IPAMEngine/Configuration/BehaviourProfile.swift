/// How one release of ipamd behaves, as flags; nothing else in the engine knows about versions.
///
/// Source of every range: bodies of the functions in the tags v1.5.0 to v1.23.1 of
/// amazon-vpc-cni-k8s, compared tag by tag.
public struct BehaviourProfile: Hashable, Sendable {
  /// Growth ends once the pool holds `maxPods` addresses (1.16.3 on).
  public var maxPodsGate: Bool
  /// Several increases in one tick without a pause (1.16.3 only).
  public var scaleUpLoop: Bool
  /// Asks for what is short instead of filling the ENI (1.8.0 on).
  public var exactAssign: Bool
  /// A target of 0 still keeps one address free (1.6.0 on).
  public var zeroTargetRule: Bool
  /// `MINIMUM_IP_TARGET` exists (1.6.0 on).
  public var minimumIPTarget: Bool
  /// Prefix delegation exists (1.9.0 on).
  public var prefixMode: Bool
  /// IPv6 mode exists (1.10.0 on).
  public var ipv6: Bool
  /// Which EC2 refusals start the 120 s pause.
  public var insufficientBackoff: InsufficientBackoff
  /// With subnet discovery an exhausted subnet sends growth to the next ENI (1.18.3 on).
  public var tryNextENIOnInsufficient: Bool
  /// What a cordoned node may not do.
  public var cordonGate: CordonGate
  /// Never asks a new ENI for more than it can hold (1.11.4 on).
  public var newENIResourceCap: Bool
  /// Creates an ENI with its addresses in one call (1.15.4 on).
  public var createENIWithAddresses: Bool
  /// How the surplus is spread over ENIs when the pool shrinks.
  public var shrinkRule: ShrinkRule
  /// `IP_COOLDOWN_PERIOD` exists (1.15.0 on); 30 s before.
  public var configurableCooldown: Bool
  /// An ENI cools for 60 s as a whole after a release on it (up to 1.6.4).
  public var eniCooling: Bool
  /// EFA interfaces are never released (1.7.6 on).
  public var efaKept: Bool
  /// The trunk is never released (1.7.0 on).
  public var trunkKept: Bool
  /// The trunk is given addresses (up to 1.16.3).
  public var trunkGetsAddresses: Bool
  /// Which ENIs growth considers.
  public var allocatableENIs: AllocatableENIs
  /// When a slot is kept free for the trunk.
  public var trunkReservation: TrunkReservation
  /// The number of unmanaged ENIs grows at every reconcile (1.20.0 to 1.22.4).
  public var unmanagedCountAccumulates: Bool
  /// ENIs on unmanaged network cards count as unmanaged (1.7.10 to 1.16.3).
  public var countsENIsOfUnmanagedCards: Bool
  /// What makes reconcile distrust the metadata service.
  public var reconcileCompare: ReconcileCompare
  /// Reconcile removes vanished ENIs and addresses even under pods (1.6.0 on).
  public var forcedRemoval: Bool
  /// Looks at the pool again before releasing an ENI instead of at the loop's start (to 1.19.6).
  public var statsFreshForENIRemoval: Bool
  /// One datastore per network card (1.20.0 on).
  public var multiDatastore: Bool
  /// ENIs in excluded subnets give no addresses (1.22.0 on).
  public var excludedENIs: Bool
  /// A DEL of a single address in prefix mode releases free singles (1.9.0 to 1.19.6).
  public var pdReleasesSecondaryOnDelete: Bool
  /// Such a DEL also subtracts one address too many from the store's total (1.9.0 to 1.11.5).
  public var secondaryDeleteMiscounts: Bool
  /// Where allocations come from at start.
  public var checkpointSource: CheckpointSource
  /// Checkpoint entries without a veth are dropped (1.12.0 on).
  public var vethCheckOnRestore: Bool
  /// The checkpoint is written back after a restore (1.13.0 on).
  public var rewritesCheckpointAfterRestore: Bool
  /// What happens after `PrivateIpAddressLimitExceeded`.
  public var limitExceeded: LimitExceededReaction
  /// Where maxPods comes from.
  public var maxPodsSource: MaxPodsSource
  /// Which subnets may take new ENIs.
  public var subnetDiscovery: SubnetDiscovery
  /// Only `no_manage=true` makes an ENI unmanaged (before 1.9.1).
  public var onlyNoManageTag: Bool
  /// The primary address is remembered before the subnet check, so that a failing check cannot let
  /// it into the pool (all but 1.22.0 to 1.22.3).
  public var primaryIPBeforeSubnetCheck: Bool
  /// The primary address of a released ENI is forgotten (before 1.20.0 and from 1.23.1 on).
  public var forgetsReleasedPrimaryIP: Bool
  /// Forced removal of an ENI with pods subtracts its CIDRs twice (1.9.0 on).
  public var forcedRemovalSubtractsTwice: Bool
  /// Non-primary ENIs take part in IPv6 mode (1.20.0 on).
  public var ipv6ManagesSecondaryENIs: Bool
  /// Reconcile runs at every tick while a trunk is wanted and missing (1.13.0 on).
  public var reconcilesForMissingTrunk: Bool
  /// A failed pod annotation fails the ADD (1.20.0 on).
  public var annotationFailureFailsAdd: Bool
  /// A failed removal of the annotation fails the DEL (1.13.0 on).
  public var annotationFailureFailsDelete: Bool
  /// A DEL of an unknown pod compares the pod's UID (1.20.0 on).
  public var checksPodUID: Bool

  /// Which EC2 refusals start the pause of 120 s.
  public enum InsufficientBackoff: Hashable, Sendable {
    /// None (to 1.9.0).
    case none
    /// `InsufficientCidrBlocks` (1.9.1 to 1.10.1).
    case cidrBlocks
    /// Also `InsufficientFreeAddressesInSubnet` (1.10.2 on).
    case both
  }

  /// Whether a cordoned node attaches and releases ENIs.
  public enum CordonGate: Hashable, Sendable {
    /// It does (to 1.11.2).
    case none
    /// It does not (1.11.3 to 1.12.5).
    case always
    /// It does with `AWS_MANAGE_ENIS_NON_SCHEDULABLE` (1.12.6 on).
    case overridable
  }

  /// How the surplus is spread over ENIs.
  public enum ShrinkRule: Hashable, Sendable {
    /// The surplus is computed afresh for every ENI (to 1.8.0).
    case perENI
    /// The whole surplus on every ENI, ending at an ENI without a free CIDR (1.9.0 to 1.12.6).
    case stopsAtFullENI
    /// The surplus once, over all ENIs (1.13.0 on).
    case shared
  }

  /// Which ENIs growth tries.
  public enum AllocatableENIs: Hashable, Sendable {
    /// The one met first (to 1.5.7 and 1.7.0 to 1.18.2).
    case anyOne
    /// The one with the lowest id (1.6.x).
    case lowestID
    /// All, in any order (1.18.3 on).
    case all
  }

  /// When a slot is kept free for the trunk.
  public enum TrunkReservation: Hashable, Sendable {
    /// Never (before 1.7.0).
    case none
    /// Whenever security groups for pods are on (1.7.0 to 1.20.3).
    case always
    /// Only for types that can have a trunk (1.20.4 on).
    case compatibleTypes
  }

  /// What makes reconcile ask EC2 for an ENI's addresses.
  public enum ReconcileCompare: Hashable, Sendable {
    /// Nothing (to 1.7.1).
    case none
    /// A different number (1.7.2 to 1.18.3).
    case count
    /// A different set (1.18.4 on).
    case set
  }

  /// Where allocations come from at start.
  public enum CheckpointSource: Hashable, Sendable {
    /// Running pods of the API server or the runtime (to 1.6.4).
    case pods
    /// Sandboxes of the container runtime; the file is only written (1.7.0 to 1.11.5).
    case runtime
    /// The checkpoint file (1.12.0 on).
    case file
  }

  /// What happens after `PrivateIpAddressLimitExceeded`.
  public enum LimitExceededReaction: Hashable, Sendable {
    /// Taken for success, then EC2 is asked what the ENI holds (to 1.11.3 and 1.12.5 on).
    case readsENI
    /// Taken for success with nothing added (1.11.4 to 1.12.4).
    case swallowed
  }

  /// Where maxPods comes from.
  public enum MaxPodsSource: Hashable, Sendable {
    /// Not used (to 1.16.2).
    case unused
    /// The node object; without it ipamd does not start (1.16.3 to 1.19.3).
    case node
    /// The node object, else the bundled table, else 110 (1.19.4 on).
    case nodeOrTable
  }

  /// Which subnets may take new ENIs.
  public enum SubnetDiscovery: Hashable, Sendable {
    /// The node's only (before 1.18.0).
    case none
    /// The node's always, others by tag (1.18.0 to 1.21.x).
    case ownAlwaysValid
    /// All by tag (1.22.0).
    case tagged
    /// All by tag, other clusters' subnets left out (1.22.1 on).
    case taggedPerCluster
  }
}

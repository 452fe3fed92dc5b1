/// What the address manager's log says about its pool in one record, small enough to keep those of
/// a whole day.
///
/// Names and texts are numbers of the journal that the statement is in: see ``IPAMDJournal``.
public struct IPAMDStatement: Sendable {
  /// What happened; the raw value is the event's name in `ipamd_event`.
  public var kind: Kind
  /// The network card, where the record names it.
  public var card: Int8?
  /// A truth value that the record holds, such as whether an ENI has room.
  public var flag: Bool?
  /// The line on which the record starts.
  public var line: Int32
  /// When it was written, in microseconds since 1970 UTC.
  public var timeUs: Int64?
  /// The ENI that it is about.
  public var eni = Symbol.none
  /// The sandbox that it is about: a key of three parts or a container's id.
  public var sandbox = Symbol.none
  /// Namespace and name of the pod with a slash in between.
  public var pod = Symbol.none
  /// What else it says in words, such as an error or a reason.
  public var text = Symbol.none
  /// The address or CIDR that it is about.
  public var address: Address?
  /// A length of time that it names, in microseconds.
  public var durationUs: Int64?
  /// Its numbers, in places of their own; see ``Number``.
  public var numbers: (Int32?, Int32?, Int32?, Int32?, Int32?)

  /// A name or a text of a journal.
  public struct Symbol: Hashable, Sendable {
    /// Its place in the journal; negative for none.
    public let index: Int32
    /// No name.
    public static let none = Symbol(index: -1)
    /// Whether there is no name.
    public var isNone: Bool { index < 0 }
  }

  /// An address with the length of its prefix.
  public struct Address: Hashable, Sendable {
    /// The upper half of an IPv6 address; 0 for IPv4.
    public var high: UInt64
    /// The lower half, or an IPv4 address in its low 32 bits.
    public var low: UInt64
    /// Whether it is IPv6.
    public var isV6: Bool
    /// Bits of the prefix; 32 or 128 for a single address.
    public var length: UInt8
  }

  /// The places of numbers. A record uses those that its kind has.
  public enum Number: Int, Sendable {
    /// Addresses in the pool; else the record's only number, such as a count, a device or a limit.
    case total
    /// Addresses that pods hold; the second number of other records.
    case assigned
    /// Addresses in cooldown; the third number of other records.
    case cooling
    /// Prefixes; the fourth number of other records.
    case prefixes
    /// Addresses per ENI; the fifth number of other records.
    case perENI
  }

  /// A number; nil if the record does not have it.
  public subscript(_ number: Number) -> Int? {
    let value: Int32? =
      switch number {
      case .total: numbers.0
      case .assigned: numbers.1
      case .cooling: numbers.2
      case .prefixes: numbers.3
      case .perENI: numbers.4
      }
    return value.map { Int($0) }
  }

  /// The record's only number, such as a count, a device or a limit.
  public var number: Int? { self[.total] }

  mutating func set(_ place: Int, _ value: Int64?) {
    let value = value.map { Int32(clamping: $0) }
    switch place {
    case 0: numbers.0 = value
    case 1: numbers.1 = value
    case 2: numbers.2 = value
    case 3: numbers.3 = value
    default: numbers.4 = value
    }
  }
}

extension IPAMDStatement {
  /// The events that say something about the pool; others are not kept.
  public enum Kind: String, Sendable, CaseIterable {
    case processStart = "PROC_START"
    case startFailed = "INIT_FAIL"
    case nodeInit = "NODE_INIT"
    case nodeInitDone = "NODE_INIT_OK"
    case shutdown = "SHUTDOWN"
    case serving = "RPC_UP"
    case storeMade = "DS_INIT"
    case target = "CFG_TARGET"
    case poolSettings = "CFG_POOL"
    case maxPods = "CFG_MAXPODS"
    case defaultMaxPods = "CFG_MAXPODS_DEF"
    case limits = "CFG_LIMITS"
    case prefixDelegation = "CFG_PD"
    case customNetworking = "CFG_CUSTOMNET"
    case subnetDiscovery = "CFG_SUBNETDISC"
    case prefixFallback = "CFG_PD_FALLBACK"
    case eniConfigError = "ENICONFIG_ERR"
    case instance = "INST"
    case introspected = "INTROSPECT_HIT"
    case interfaceFound = "IF_FOUND"
    case interfaceIsPrimary = "IF_PRIMARY"
    case interfaceCard = "IF_CARD"
    case interfaceType = "IF_TYPE"
    case eniUnmanaged = "ENI_UNMANAGED"
    case eniSkipped = "ENI_SKIP"
    case trunkFound = "ENI_TRUNK"
    case noSlotForTrunk = "TRUNK_NO_SLOT"
    case eniExcluded = "ENI_EXCLUDED"
    case eniPrimaryAddress = "ENI_PRIMARY_IP"
    case eniNetwork = "ENI_NETSETUP"
    case eniSetUp = "ENI_SETUP_OK"
    case eniSetUpFailed = "ENI_SETUP_FAIL"
    case eniAdded = "ENI_ADD"
    case cidrAdded = "CIDR_ADD"
    case cidrAdding = "CIDR_ADDING"
    case cidrKnown = "CIDR_DUP"
    case cidrAddFailed = "CIDR_ADD_FAIL"
    case cidrRemoved = "CIDR_DEL"
    case unusedENIRemoved = "ENI_DEL_UNUSED"
    case eniRemoved = "ENI_DEL"
    case eniRemovalForced = "ENI_DEL_FORCED"
    case addressRemovalForced = "ADDR_DEL_FORCED"
    case excludedCIDRRemoved = "EXCL_CIDR_GONE"
    case assigned = "ASSIGN"
    case assignedBefore = "ASSIGN_DUP"
    case assignmentChanged = "ASSIGN_CHANGED"
    case unassigned = "UNASSIGN"
    case unassignDone = "UNASSIGN_DONE"
    case unassignUnknown = "UNASSIGN_UNKNOWN"
    case cooldownBegins = "COOL_ENTER"
    case cooldownEnds = "COOL_LEAVE"
    case noAddress = "NO_IP"
    case storeCounters = "DS_COUNTERS"
    case checkpointFailed = "CKPT_FAIL"
    case restoreBegins = "RESTORE_BEGIN"
    case nothingToRestore = "RESTORE_NEW"
    case restoreStale = "RESTORE_STALE"
    case restoreUnknown = "RESTORE_UNKNOWN"
    case restored = "RESTORE_ONE"
    case restoreEnds = "RESTORE_END"
    case addRequest = "ADD_REQ"
    case addRequestFields = "ADD_REQ_PB"
    case addFailedOnCard = "ADD_CARD_FAIL"
    case addReply = "ADD_REPLY"
    case addFailed = "ADD_FAIL"
    case deleteRequest = "DEL_REQ"
    case deleteReply = "DEL_REPLY"
    case deleteFailed = "DEL_FAIL"
    case versionMismatch = "RPC_VERSION"
    case modeCleanUp = "MODE_CLEANUP"
    case tick = "TICK"
    case poolStatistics = "POOL_STATS"
    case low = "LOW"
    case lowDecision = "LOW_DECISION"
    case increase = "INCREASE"
    case prefixSurplus = "PFX_SURPLUS"
    case eniNotFull = "NOT_FULL"
    case room = "ROOM"
    case eniLimitReached = "MAX_ENI"
    case backoff = "BACKOFF"
    case cordoned = "CORDON"
    case terminating = "TERMINATING"
    case nothingToAllocate = "NO_ALLOC"
    case increaseFailed = "INCREASE_FAIL"
    case increaseError = "INCREASE_ERR"
    case decrease = "DECREASE"
    case shrinkDone = "SHRINK_DONE"
    case decreaseSkipped = "DECREASE_SKIP"
    case eniKept = "ENI_KEEP"
    case eniDeletable = "ENI_DELETABLE"
    case eniFreeFailed = "ENI_FREE_FAIL"
    case decreased = "DECREASED"
    case assignTry = "EC2_ASSIGN_TRY"
    case assignOK = "EC2_ASSIGN_OK"
    case assignError = "EC2_ASSIGN_ERR"
    case assignRetry = "EC2_ASSIGN_RETRY"
    case assignNewError = "EC2_ASSIGN_NEW_ERR"
    case createTry = "EC2_CREATE_TRY"
    case created = "EC2_CREATE_OK"
    case createError = "EC2_CREATE_ERR"
    case tagError = "EC2_TAG_ERR"
    case attachError = "EC2_ATTACH_ERR"
    case attached = "EC2_ATTACH_OK"
    case eniWait = "ENI_WAIT"
    case describeError = "EC2_DESCRIBE_ERR"
    case unassignTry = "EC2_UNASSIGN_TRY"
    case unassignOK = "EC2_UNASSIGN_OK"
    case unassignError = "EC2_UNASSIGN_ERR"
    case freeTry = "EC2_FREE_TRY"
    case attachmentError = "EC2_ATTACHMENT_ERR"
    case detached = "EC2_DETACH_OK"
    case detachError = "EC2_DETACH_ERR"
    case deleteTry = "EC2_DELETE_TRY"
    case deleted = "EC2_DELETE_OK"
    case deleteError = "EC2_DELETE_ERR"
    case freed = "EC2_FREE_OK"
    case freedBefore = "EC2_FREE_GONE"
    case permissionMissing = "EC2_PERM"
    case subnetEmpty = "SUBNET_EMPTY"
    case refusalCode = "EC2_ERRCODE"
    case reconcileStart = "REC_START"
    case reconcileEnd = "REC_END"
    case reconcileENI = "REC_ENI"
    case reconcileENIAdded = "REC_ENI_ADD"
    case reconcileENIRemoved = "REC_ENI_DEL"
    case reconcileForeignENI = "REC_FOREIGN_ENI"
    case reconcileCIDRRemoved = "REC_CIDR_DEL"
    case reconcileCooldownDropped = "REC_COOL_DROP"
    case reconcileMismatch = "REC_MISMATCH"
    case reconcileFailed = "REC_FAIL"
  }
}

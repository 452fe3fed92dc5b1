/// What the address manager's log says about its pool in one record, small enough to keep those of
/// a whole day.
///
/// Names and texts are numbers of the journal that the statement is in: see ``IPAMDJournal``.
public struct IPAMDStatement: Sendable {
  /// What happened; the raw value is the event's name in `ipamd_event`.
  public var kind: Kind
  /// What the record says.
  var content: Content
  /// The line on which the record starts.
  public var line: Int32
  /// When it was written, in microseconds since 1970 UTC.
  public var timeUs: Int64?

  /// What a record says, whenever and wherever it says so. Numbers that it does not have are the
  /// least that their type holds, so that it takes little room.
  struct Content: Sendable, Equatable {
    var kind: Kind
    var card: Int8 = .min
    var flag: Int8 = .min
    /// Bits of the address's prefix; 255 for no address.
    var length: UInt8 = 255
    var isV6 = false
    var eni = Symbol.none
    var sandbox = Symbol.none
    var pod = Symbol.none
    var text = Symbol.none
    var high: UInt64 = 0
    var low: UInt64 = 0
    var durationUs: Int64 = .min
    var first: Int32 = .min
    var second: Int32 = .min
    var third: Int32 = .min
    var fourth: Int32 = .min
    var fifth: Int32 = .min

    mutating func set(_ place: Int, _ value: Int64?) {
      guard let value else { return }
      let number = max(Int32(clamping: value), .min + 1)
      switch place {
      case 0: first = number
      case 1: second = number
      case 2: third = number
      case 3: fourth = number
      default: fifth = number
      }
    }

    /// A number that is the same for the same content.
    var hash: UInt64 {
      var hash = 0x9E37_79B9_7F4A_7C15 as UInt64
      func mix(_ value: UInt64) {
        hash = (hash ^ value) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 32
      }
      mix(UInt64(truncatingIfNeeded: eni.index) << 32 | UInt64(UInt32(bitPattern: text.index)))
      mix(UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second)))
      mix(UInt64(UInt32(bitPattern: third)) << 32 | UInt64(UInt32(bitPattern: fourth)))
      mix(low ^ high &* 31 ^ UInt64(length))
      mix(UInt64(bitPattern: durationUs))
      return hash
    }
  }

  /// The network card, where the record names it.
  public var card: Int8? { content.card == .min ? nil : content.card }
  /// A truth value that the record holds, such as whether an ENI has room.
  public var flag: Bool? { content.flag == .min ? nil : content.flag == 1 }
  /// The ENI that it is about.
  public var eni: Symbol { content.eni }
  /// The sandbox that it is about: a key of three parts or a container's id.
  public var sandbox: Symbol { content.sandbox }
  /// Namespace and name of the pod with a slash in between.
  public var pod: Symbol { content.pod }
  /// What else it says in words, such as an error or a reason.
  public var text: Symbol { content.text }
  /// A length of time that it names, in microseconds.
  public var durationUs: Int64? { content.durationUs == .min ? nil : content.durationUs }
  /// The address or CIDR that it is about.
  public var address: Address? {
    guard content.length <= 128 else { return nil }
    return Address(
      high: content.high, low: content.low, isV6: content.isV6, length: content.length)
  }

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
    let value =
      switch number {
      case .total: content.first
      case .assigned: content.second
      case .cooling: content.third
      case .prefixes: content.fourth
      case .perENI: content.fifth
      }
    return value == .min ? nil : Int(value)
  }

  /// The record's only number, such as a count, a device or a limit.
  public var number: Int? { self[.total] }
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
    case eniConfigUsed = "CFG_ENICONFIG"
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

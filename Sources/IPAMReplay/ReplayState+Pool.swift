import Facts
import IPAMEngine

extension ReplayState {
  /// Takes in what a line says about the ENIs and CIDRs of the pool.
  mutating func applyPool(_ statement: IPAMDStatement) {
    switch statement.kind {
    case .cidrKnown: applyKnownCIDR(statement)
    case .eniAdded: addENI(statement)
    case .attached:
      interfaces.attached(eni(statement.eni), card: statement.card)
      applyPass(statement)
    case .eniNotFull, .eniSetUp: if let eni = eni(statement.eni) { require(eni) }
    case .eniRemovalForced: forcedENI = eni(statement.eni)
    case .unusedENIRemoved, .eniRemoved: removeENI(statement)
    default:
      guard let eni = eni(statement.eni), let cidr = cidr(statement) else { return }
      applyCIDR(statement.kind, cidr, eni)
    }
  }

  private mutating func addENI(_ statement: IPAMDStatement) {
    guard let eni = eni(statement.eni) else { return }
    let attributes = interfaces.attributes(of: eni)
    guard observe(.eniAdded(attributes, card: interfaces.card(of: eni))) else { return }
    trust.inferredENIs.remove(eni)
    note(.eniAdded, eni: eni)
  }

  /// An ENI of which the log says that it is in the pool.
  mutating func require(_ eni: ENIID) {
    guard eni != lastRequired else { return }
    lastRequired = eni
    guard !engine.contains(eni) else { return }
    // At level info, and before the first line, an ENI is first heard of through what it holds.
    if epoch?.grade == .full { lose(.eniUnknown) }
    trust.inferredENIs.insert(eni)
    observe(.eniAdded(interfaces.attributes(of: eni), card: interfaces.card(of: eni)))
    note(.eniAdded, eni: eni, isInferred: true)
  }

  private mutating func applyCIDR(_ kind: IPAMDStatement.Kind, _ cidr: CIDR, _ eni: ENIID) {
    switch kind {
    case .cidrAdding: adding = (cidr, eni)
    case .cidrAdded:
      require(eni)
      reconcile.list(cidr, eni)
      rememberStatistics()
      if observe(.cidrAdded(cidr, eni)) {
        note(reconcile.isOpen ? .reconcileAdded : .cidrsAdded, eni: eni, cidr: cidr)
      }
    case .cidrRemoved:
      let isShrinking = pass.isShrinking
      rememberStatistics()
      if !observe(.cidrRemoved(cidr, eni, byShrinking: isShrinking)), trust.isProved {
        lose(.cidrUnknown)
      }
      note(
        isShrinking ? .cidrsReturned : reconcile.isOpen ? .reconcileRemoved : .cidrsRemoved,
        eni: eni, cidr: cidr)
    case .excludedCIDRRemoved: observe(.excludedCIDRRemoved(cidr, eni))
    default: break
    }
  }

  /// The pool has what the line before wanted to add.
  private mutating func applyKnownCIDR(_ statement: IPAMDStatement) {
    guard let (cidr, eni) = adding else { return }
    adding = nil
    require(eni)
    reconcile.list(cidr, eni)
    let isKnown = engine.contains(cidr, on: eni)
    guard !isKnown else { return }
    if trust.isProved { lose(.cidrUnknown) }
    observe(.cidrAdded(cidr, eni))
  }

  private mutating func removeENI(_ statement: IPAMDStatement) {
    guard let eni = eni(statement.eni) else { return }
    let isForced = forcedENI == eni
    forcedENI = nil
    let held = holdings.addresses(of: eni)
    for address in held { holdings.end(address, at: now, line, isForced ? .forced : .lost) }
    if statement.kind == .unusedENIRemoved, !held.isEmpty, trust.isProved { lose(.podUnseen) }
    lastRequired = nil
    let freed = statement[.cooling]
    rememberStatistics()
    let known = observe(.eniRemoved(eni, forced: isForced))
    if !known, trust.isProved { lose(.eniUnknown) }
    trust.inferredENIs.remove(eni)
    note(isForced ? .eniRemovedWithPods : .eniRemoved, eni: eni, count: freed)
  }

  /// After a whole reconcile run the pool holds what the run listed, and nothing else, if the
  /// statistics behind it count as much.
  mutating func finishListing(_ statement: IPAMDStatement) {
    guard let listing = reconcile.finished.take(), !trust.isProved,
      let store = engine.datastores.first, engine.datastores.count == 1, store.mode != .prefixV6
    else { return }
    let kept = listing.filter { AddressKind($0.cidr) == store.mode }
    let total = kept.reduce(0) { $0 + $1.cidr.size }
    guard total == statement.number,
      statement[.prefixes] == nil || store.mode != .prefix
        || statement[.prefixes] == kept.count
    else { return }
    let wanted = Set(kept.map(\.cidr))
    for eni in store.eniIDs {
      for cidr in store.cidrs(of: eni, kind: store.mode) where !wanted.contains(cidr) {
        observe(.cidrRemoved(cidr, eni, byShrinking: false))
        for address in holdings.addresses(in: cidr) { holdings.end(address, at: now, line, .lost) }
      }
    }
  }
}

/// A run of reconcile while its lines are read.
struct ReconcileRun {
  private(set) var isOpen = false
  private(set) var hasFailed = false
  /// Whether the CIDRs of the run are listed from its begin on.
  private(set) var lists = false
  /// The CIDRs that the run listed, in their order.
  private(set) var listing: [Listed] = []
  /// The listing of a run that ended well, until the statistics behind it are read.
  var finished: [Listed]?
  /// The ENI that the next lines are about.
  var eni: ENIID?

  struct Listed {
    var cidr: CIDR
    var eni: ENIID
  }

  /// A run begins; `lists` says whether what it lists is needed.
  mutating func begin(lists: Bool) {
    self = ReconcileRun()
    isOpen = true
    self.lists = lists
  }

  mutating func fail() { hasFailed = true }

  mutating func list(_ cidr: CIDR, _ eni: ENIID) {
    if lists { listing.append(Listed(cidr: cidr, eni: eni)) }
  }

  mutating func end() {
    finished = lists && !hasFailed ? listing : nil
    isOpen = false
    lists = false
    listing = []
  }
}

extension InterfaceFacts {
  mutating func attached(_ eni: ENIID?, card: Int8?) {
    guard let eni, let card else { return }
    setCard(Int(card), of: eni)
  }
}

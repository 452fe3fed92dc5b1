import Facts
import IPAMEngine

/// Works out the pool at the start of a log from the pool at its end, by undoing line after line.
struct BackwardPass {
  private let journals: [IPAMDJournal]
  private let parts: [LogSequence.Part]
  private var names: NameCache

  init(_ journals: [IPAMDJournal], _ parts: [LogSequence.Part]) {
    self.journals = journals
    self.parts = parts
    names = NameCache(journals)
  }

  /// The pool before the first of the statements.
  func start(from snapshot: PoolSnapshot) -> PoolSnapshot {
    var pool = Undoing(snapshot)
    var names = self.names
    for part in parts.reversed() {
      var reader = IPAMDJournal.Reader(journals[part.journal])
      for index in part.range.reversed() {
        let statement = reader[index]
        if let shown = snapshot.timeUs, let time = statement.timeUs, time > shown { continue }
        pool.undo(statement, part.journal, journals, &names)
      }
    }
    return pool.snapshot
  }

  /// A pool on its way back in time.
  private struct Undoing {
    var enis: [ENIID: PoolSnapshot.ENI] = [:]
    var order: [ENIID] = []
    var holders: [IPAddress: PoolSnapshot.Holder] = [:]
    let timeUs: Int64?

    init(_ snapshot: PoolSnapshot) {
      timeUs = snapshot.timeUs
      for eni in snapshot.enis {
        var copy = eni
        copy.holders = []
        enis[eni.attributes.id] = copy
        order.append(eni.attributes.id)
        for holder in eni.holders { holders[holder.address] = holder }
      }
    }

    mutating func undo(
      _ statement: IPAMDStatement, _ journal: Int, _ journals: [IPAMDJournal],
      _ names: inout NameCache
    ) {
      let address = statement.address.map { address in
        IPAddress(
          family: address.isV6 ? .v6 : .v4,
          value: UInt128(address.high) << 64 | UInt128(address.low))
      }
      switch statement.kind {
      case .assigned: if let address { holders[address] = nil }
      case .unassigned:
        guard let address, !statement.sandbox.isNone else { return }
        let key = names.key(statement.sandbox, journal) { journals[journal].text(of: $0) }
        holders[address] = PoolSnapshot.Holder(
          address: address, key: key, metadata: PodMetadata())
      default:
        guard !statement.eni.isNone else { return }
        let eni = names.eni(statement.eni, journal) { journals[journal].text(of: $0) }
        undoPool(statement, eni, address)
      }
    }

    private mutating func undoPool(
      _ statement: IPAMDStatement, _ eni: ENIID, _ address: IPAddress?
    ) {
      let cidr = address.map { CIDR($0, length: Int(statement.address?.length ?? 32)) }
      switch statement.kind {
      case .cidrAdded: if let cidr { enis[eni]?.cidrs.removeAll { $0 == cidr } }
      case .cidrRemoved:
        if let cidr, enis[eni]?.cidrs.contains(cidr) == false { enis[eni]?.cidrs.append(cidr) }
      case .eniAdded:
        enis[eni] = nil
        order.removeAll { $0 == eni }
      case .unusedENIRemoved, .eniRemoved:
        guard enis[eni] == nil else { return }
        enis[eni] = PoolSnapshot.ENI(
          attributes: ENIAttributes(id: eni), card: 0, isExcluded: false)
        order.append(eni)
      default: break
      }
    }

    var snapshot: PoolSnapshot {
      let list = order.sorted().compactMap { id -> PoolSnapshot.ENI? in
        guard var eni = enis[id] else { return nil }
        eni.cidrs.sort()
        eni.holders = holders.values.filter { holder in
          eni.cidrs.contains { $0.contains(holder.address) }
        }.sorted { $0.address < $1.address }
        return eni
      }
      return PoolSnapshot(timeUs: timeUs, enis: list)
    }
  }
}

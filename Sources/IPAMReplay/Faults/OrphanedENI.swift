import Facts
import IPAMEngine

/// F-12: an ENI was made or attached, and never joined the pool.
struct OrphanedENI: FaultRule {
  private var created: [String: Fault] = [:]
  private var order: [String] = []
  private var listed: Set<String> = []
  private var skipped: Set<String> = []
  private var strange: [String: (runs: Int, fault: Fault)] = [:]
  private var isReconciling = false

  /// How long ipamd waits for an ENI to show up in the metadata.
  private static let waitUs: Int64 = 187_000_000
  private static let runs = 2

  mutating func begin(_ epoch: Epoch) { self = Self() }

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    switch statement.kind {
    case .created:
      let eni = state.text(statement.eni)
      order.append(eni)
      created[eni] = state.fault(
        .orphanedENI, .strong, subject: eni,
        "\(eni) was created and never attached, and never deleted")
    case .attached, .eniAdded, .eniNetwork, .cidrAdded, .freeTry, .deleteTry, .deleted,
      .freedBefore:
      if !created.isEmpty { created[state.text(statement.eni)] = nil }
    case .interfaceFound:
      let eni = state.text(statement.eni)
      created[eni] = nil
      listed.insert(eni)
    case .eniSkipped, .eniUnmanaged: skipped.insert(state.text(statement.eni))
    case .reconcileStart:
      listed = []
      isReconciling = true
    case .reconcileEnd: endRun(state)
    case .reconcileFailed: isReconciling = false
    default: break
    }
  }

  private mutating func endRun(_ state: borrowing ReplayState) {
    guard isReconciling, state.trust.isProved else { return strange = [:] }
    isReconciling = false
    let pool = Set(state.engine.datastores.flatMap { $0.eniIDs.map(\.name) })
    let outside = listed.subtracting(pool).subtracting(skipped)
    for eni in strange.keys where !outside.contains(eni) { strange[eni] = nil }
    for eni in outside.sorted() {
      if strange[eni] == nil {
        strange[eni] = (
          1,
          state.fault(
            .orphanedENI, .strong, subject: eni,
            "\(eni) is attached and not in the pool over several reconcile runs")
        )
      } else {
        strange[eni]?.runs += 1
        strange[eni]?.fault.lastUs = state.now
      }
    }
  }

  mutating func end(
    _ epoch: Epoch, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    for eni in order {
      guard let fault = created.removeValue(forKey: eni), let madeUs = fault.firstUs,
        let end = state.now, end - madeUs > Self.waitUs, state.isWhole(sinceUs: madeUs)
      else { continue }
      found.append(fault)
    }
    for eni in strange.keys.sorted() {
      guard let entry = strange[eni], entry.runs > Self.runs else { continue }
      var fault = entry.fault
      fault.count = entry.runs
      found.append(fault)
    }
  }
}

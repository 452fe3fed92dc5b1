import Facts
import IPAMEngine

/// F-14: reconcile adds and removes the same thing again and again.
struct ReconcileFlapping: FaultRule {
  private var isReconciling = false
  private var deleted: Set<CIDR> = []
  private var added: [CIDR: [Int64]] = [:]
  private var reported: Set<CIDR> = []
  private var eni = ""
  private var mismatches: [String: (runs: Int, fault: Fault)] = [:]
  private var inRun: Set<String> = []

  private static let times = 3
  private static let spanUs: Int64 = 600_000_000
  private static let runs = 3
  private static let remembered = 20_000

  mutating func begin(_ epoch: Epoch) {
    let kept = (mismatches, reported)
    self = Self()
    (mismatches, reported) = kept
  }

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    switch statement.kind {
    case .reconcileStart:
      isReconciling = true
      inRun = []
    case .reconcileENI: eni = state.text(statement.eni)
    case .reconcileMismatch: mismatch(state)
    case .reconcileEnd:
      isReconciling = false
      for name in mismatches.keys where !inRun.contains(name) {
        if mismatches[name]?.runs ?? 0 <= Self.runs { mismatches[name] = nil }
      }
    case .cidrRemoved, .excludedCIDRRemoved:
      if deleted.count > Self.remembered { deleted = [] }
      if let cidr = state.cidr(statement) { deleted.insert(cidr) }
    case .cidrAdded: if let cidr = state.cidr(statement) { add(cidr, state, &found) }
    default: break
    }
  }

  private mutating func mismatch(_ state: borrowing ReplayState) {
    guard inRun.insert(eni).inserted else { return }
    if mismatches[eni] == nil {
      mismatches[eni] = (
        0,
        state.fault(
          .reconcileFlapping, .strong, subject: eni,
          "metadata and pool differ for \(eni) in run after run")
      )
    }
    mismatches[eni]?.runs += 1
    mismatches[eni]?.fault.lastUs = state.now
  }

  private mutating func add(
    _ cidr: CIDR, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    guard deleted.remove(cidr) != nil, isReconciling, let now = state.now else { return }
    var times = (added[cidr] ?? []).filter { now - $0 <= Self.spanUs }
    times.append(now)
    added[cidr] = times
    guard times.count >= Self.times, reported.insert(cidr).inserted else { return }
    let isExcluded = state.engine.datastores.contains { $0.excludedENICount > 0 }
    var fault = state.fault(
      .reconcileFlapping, .strong, subject: "\(cidr)",
      cause: isExcluded ? "quirk Q-9" : state.engine.configuration.multiNIC ? "quirk Q-7" : nil,
      "\(cidr) was removed and taken in again \(times.count) times in 10 minutes")
    fault.firstUs = times.first
    fault.count = times.count
    found.append(fault)
  }

  mutating func finish(
    _ epochs: [Epoch], _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    for name in mismatches.keys.sorted() {
      guard let entry = mismatches[name], entry.runs > Self.runs else { continue }
      var fault = entry.fault
      fault.count = entry.runs
      found.append(fault)
    }
  }
}

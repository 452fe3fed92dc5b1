import Facts
import IPAMEngine

/// F-15: ipamd starts over and over.
struct RestartLoop: FaultRule {
  private var starts: [(fault: Fault, afterShutdown: Bool, failure: String?, settings: String)] = []
  private var failure: String?
  private var wasShutDown = true
  private var settings = ""
  private var isServing = false

  private static let count = 3
  private static let spanUs: Int64 = 600_000_000

  mutating func begin(_ epoch: Epoch) {
    settings =
      (epoch.release.map { "\($0)" } ?? "")
      + epoch.origins.filter { $0.origin == .log }.map(\.name).joined(separator: ",")
      + "\(epoch.configuration.warmENITarget) \(epoch.configuration.warmIPTarget)"
      + " \(epoch.configuration.minimumIPTarget) \(epoch.configuration.warmPrefixTarget)"
      + " \(epoch.configuration.prefixDelegation) \(epoch.configuration.customNetworking)"
  }

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    switch statement.kind {
    case .processStart:
      let cause = failure ?? (isServing ? nil : "it never served requests")
      starts.append(
        (
          state.fault(.restartLoop, .strong, "ipamd starts over and over"), wasShutDown, cause,
          settings
        ))
      failure = nil
      wasShutDown = false
      isServing = false
    case .startFailed: failure = state.text(statement.text)
    case .shutdown: wasShutDown = true
    case .serving: isServing = true
    default: break
    }
  }

  mutating func finish(
    _ epochs: [Epoch], _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    var from = 0
    while from + Self.count <= starts.count {
      let run = starts[from..<from + Self.count]
      guard isLoop(run) else {
        from += 1
        continue
      }
      var end = from + Self.count
      while end < starts.count, isLoop(starts[end - Self.count + 1...end]) { end += 1 }
      var fault = starts[from].fault
      fault.lastUs = starts[end - 1].fault.lastUs
      fault.count = end - from
      fault.cause = starts[from + 1..<end].compactMap(\.failure).last
      if let cause = fault.cause { fault.detail += ": \(cause)" }
      found.append(fault)
      from = end
    }
  }

  private func isLoop(
    _ run: ArraySlice<(fault: Fault, afterShutdown: Bool, failure: String?, settings: String)>
  ) -> Bool {
    guard let first = run.first, let last = run.last, let start = first.fault.firstUs,
      let end = last.fault.firstUs, end - start <= Self.spanUs
    else { return false }
    // A new release or other settings are a roll-out.
    return run.dropFirst().allSatisfy { !$0.afterShutdown && $0.settings == first.settings }
  }
}

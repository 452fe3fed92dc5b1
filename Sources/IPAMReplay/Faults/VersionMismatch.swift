import Facts

/// F-18: the plugin on the host is of another release than ipamd.
struct VersionMismatch: FaultRule {
  private var fault: Fault?
  private var startUs: Int64?

  /// How long an update may take.
  private static let updateUs: Int64 = 120_000_000

  mutating func begin(_ epoch: Epoch) { startUs = epoch.hasStart ? epoch.startUs : nil }

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    guard statement.kind == .versionMismatch, let now = state.now,
      now - (startUs ?? .min / 2) >= Self.updateUs
    else { return }
    if fault == nil {
      fault = state.fault(
        .versionMismatch, .proved,
        "the plugin is of another release than ipamd: \(state.text(statement.text))")
    } else {
      fault?.count += 1
      fault?.lastUs = now
    }
  }

  mutating func finish(
    _ epochs: [Epoch], _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    if let fault { found.append(fault) }
  }
}

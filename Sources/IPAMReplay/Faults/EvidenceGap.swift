import Facts

/// F-24: lines are missing, so that something may have happened that nobody sees.
struct EvidenceGap: FaultRule {
  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {}

  mutating func finish(
    _ epochs: [Epoch], _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    var faults: [Fault] = []
    for event in state.events where event.kind == .gap {
      guard let epoch = epochs.first(where: { $0.number == event.epoch }), epoch.grade == .full,
        let reason = event.text
      else { continue }
      if let index = faults.firstIndex(where: { $0.cause == reason && $0.epoch == event.epoch }) {
        faults[index].count += event.count
        faults[index].lastUs = event.lastUs ?? event.timeUs
        continue
      }
      faults.append(
        Fault(
          id: .evidenceGap, confidence: .proved, firstUs: event.fromUs ?? event.timeUs,
          lastUs: event.lastUs ?? event.timeUs, count: event.count, subject: nil, cause: reason,
          detail: GapReason(rawValue: reason)?.text ?? reason, epoch: event.epoch,
          place: event.place, line: event.line))
    }
    for fault in faults { found.append(fault) }
  }
}

extension GapReason {
  /// What it means, in a sentence.
  var text: String {
    switch self {
    case .startMissing: "the log begins in the middle of a process: what was before it is not known"
    case .startFromIntrospection:
      "the log begins in the middle of a process; the pool before it was worked out from introspection"
    case .logMissing: "between two logs lines are missing"
    case .silence: "nothing was written for a while, although the pool loop writes every 5 s"
    case .clockStepped: "the clock was set back"
    case .stateDiffers: "ipamd's own numbers differ from what its lines add up to"
    case .settingsDiffer: "ipamd decided otherwise than the settings say that its log names"
    case .eniUnknown: "an ENI is named that no line added"
    case .cidrUnknown: "an address is named that no line added to the pool"
    case .podUnseen: "a pod's address changed hands without a line about it"
    case .requestUnseen: "a pod got an address without a line about its request"
    case .releaseUnseen: "an address was released without a line about it"
    }
  }
}

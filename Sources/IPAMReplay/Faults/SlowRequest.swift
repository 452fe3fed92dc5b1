import Facts
import IPAMEngine

/// F-22: ipamd took long to answer the plugin.
struct SlowRequest: FaultRule {
  /// Requests without an answer; nothing for a sandbox that asked twice.
  private var started: [String: (isAdd: Bool, timeUs: Int64)] = [:]
  private var assigned: [IPAddress: String] = [:]
  private var released: [IPAddress: String] = [:]
  private var worst: (fault: Fault, spanUs: Int64)?
  private var count = 0

  /// The time limit of the probes.
  private static let slowUs: Int64 = 5_000_000
  private static let remembered = 2048

  mutating func begin(_ epoch: Epoch) {
    started = [:]
    assigned = [:]
    released = [:]
  }

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    switch statement.kind {
    case .addRequest, .deleteRequest:
      if started.count >= Self.remembered { started = [:] }
      let id = state.container(of: statement)
      // Two requests of one sandbox at once can't be told apart by their replies.
      let isAdd = statement.kind == .addRequest
      started[id] =
        started[id]?.isAdd == isAdd ? nil : state.now.map { (isAdd: isAdd, timeUs: $0) }
    case .assigned, .unassigned:
      guard let address = state.address(statement), !state.isRestoring else { return }
      let id = state.container(of: statement)
      if statement.kind == .assigned {
        if assigned.count >= Self.remembered { assigned = [:] }
        assigned[address] = id
        released[address] = nil
      } else {
        if released.count >= Self.remembered { released = [:] }
        released[address] = id
        assigned[address] = nil
      }
    case .addReply, .deleteReply:
      guard let address = state.address(statement) else { return }
      // What is left of the opposite request had its reply in a line that was lost.
      let given = assigned.removeValue(forKey: address)
      let returned = released.removeValue(forKey: address)
      guard let id = statement.kind == .addReply ? given : returned,
        let request = started.removeValue(forKey: id), let now = state.now,
        request.isAdd == (statement.kind == .addReply)
      else { return }
      judge(statement.kind, id, request.timeUs, now, state)
    default: break
    }
  }

  private mutating func judge(
    _ kind: IPAMDStatement.Kind, _ id: String, _ sinceUs: Int64, _ nowUs: Int64,
    _ state: borrowing ReplayState
  ) {
    let span = nowUs - sinceUs
    guard span > Self.slowUs, state.isWhole(sinceUs: sinceUs) else { return }
    count += 1
    guard span > worst?.spanUs ?? 0 else {
      worst?.fault.lastUs = nowUs
      return
    }
    var fault = state.fault(
      .slowRequest, .hint, subject: id,
      "\(kind == .addReply ? "an ADD" : "a DEL") took \(span / 1_000_000) s to answer")
    fault.firstUs = worst?.fault.firstUs ?? sinceUs
    worst = (fault, span)
  }

  mutating func finish(
    _ epochs: [Epoch], _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    guard var fault = worst?.fault else { return }
    fault.count = count
    found.append(fault)
  }
}

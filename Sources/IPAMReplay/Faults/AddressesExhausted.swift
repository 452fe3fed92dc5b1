import Facts
import IPAMEngine

/// F-10: pods got no address, and why.
struct AddressesExhausted: FaultRule {
  private var recent = Recent()
  private var waiting: [(fault: Fault, timeUs: Int64)] = []
  private var lastCause: String?
  private var grewUs: Int64?

  /// What lines told about the pool loop lately, each with the time of the last one.
  private struct Recent {
    var cordonedUs: Int64?
    var backoffUs: Int64?
    var subnetEmptyUs: Int64?
    var limitUs: Int64?
    var error: (code: String, timeUs: Int64)?
    var waitUs: Int64?
    var configErrorUs: Int64?
  }

  /// How long a reason of one pass explains refusals: three ticks.
  private static let reasonUs: Int64 = 15_000_000
  /// How long growth pauses after an empty subnet.
  private static let backoffUs: Int64 = 120_000_000

  mutating func begin(_ epoch: Epoch) { self = Self() }

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    let now = state.now ?? 0
    switch statement.kind {
    case .cordoned: recent.cordonedUs = now
    case .backoff: recent.backoffUs = now
    case .subnetEmpty: recent.subnetEmptyUs = now
    case .eniLimitReached: recent.limitUs = now
    case .eniConfigError: recent.configErrorUs = now
    case .eniWait: recent.waitUs = now
    case .assignError, .assignRetry, .assignNewError, .createError, .attachError, .increaseError,
      .describeError, .refusalCode:
      noteError(statement, state, now)
    case .cidrAdded:
      grewUs = now
      settle(now, grew: true, &found)
    case .noAddress: refuse(state, now, &found)
    case .tick: settle(now, grew: false, &found)
    default: break
    }
  }

  private mutating func noteError(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ now: Int64
  ) {
    let code =
      statement.kind == .refusalCode
      ? state.text(statement.text) : state.error(statement.text).code
    if let code, !code.isEmpty { recent.error = (code, now) }
  }

  private mutating func refuse(
    _ state: borrowing ReplayState, _ now: Int64, _ found: inout FaultList
  ) {
    let (cause, confidence, detail) = cause(state, now)
    var fault = state.fault(
      .addressesExhausted, confidence, subject: state.workload.latestPod, cause: cause, detail)
    // Whether the pool was just too slow is known only when it has grown, or hasn't.
    guard cause != "unknown" else {
      waiting.append((fault, now))
      return
    }
    fault.count = 1
    add(fault, &found)
  }

  private mutating func add(_ fault: Fault, _ found: inout FaultList) {
    if lastCause == fault.cause, found.extend(fault, within: 600_000_000) { return }
    lastCause = fault.cause
    found.append(fault)
  }

  private func isRecent(_ timeUs: Int64?, _ now: Int64, _ spanUs: Int64 = reasonUs) -> Bool {
    timeUs.map { now - $0 <= spanUs } ?? false
  }

  /// Why there is no address: a reason that ipamd wrote down outranks everything that is concluded.
  private func cause(
    _ state: borrowing ReplayState, _ now: Int64
  ) -> (String, Fault.Confidence, String) {
    if isRecent(recent.cordonedUs, now) {
      return ("cordon", .proved, "the node is cordoned, so that the pool does not grow")
    }
    if isRecent(recent.configErrorUs, now) {
      return ("eni_config", .proved, "no usable ENIConfig, so that no ENI can be added")
    }
    if isRecent(recent.subnetEmptyUs, now, Self.backoffUs) || isRecent(recent.backoffUs, now) {
      return ("subnet", .proved, "the subnet has no address left")
    }
    if let error = recent.error, isRecent(error.timeUs, now) {
      return errorCause(error.code)
    }
    let configuration = state.engine.configuration
    if isRecent(recent.limitUs, now) {
      let isOwn = configuration.maxENI.map { $0 < state.engine.limits.eniLimit } ?? false
      return isOwn
        ? ("max_eni", .proved, "MAX_ENI allows no further ENI")
        : ("eni_limit", .proved, "the instance takes no further ENI")
    }
    return concluded(state)
  }

  private func errorCause(_ code: String) -> (String, Fault.Confidence, String) {
    switch code {
    case "UnauthorizedOperation", "AccessDenied", "UnauthorizedAccess":
      ("iam", .proved, "the role may not call EC2: \(code)")
    case "RequestLimitExceeded", "Throttling", "ThrottlingException":
      ("throttling", .proved, "EC2 throttles requests: \(code)")
    case "InsufficientCidrBlocks", "InsufficientFreeAddressesInSubnet", "InvalidParameterValue":
      ("subnet", .proved, "EC2 refused addresses: \(code)")
    default: ("ec2_error", .proved, "EC2 refused a request: \(code)")
    }
  }

  private func concluded(
    _ state: borrowing ReplayState
  ) -> (String, Fault.Confidence, String) {
    guard state.trust.isProved, let store = state.engine.datastores.first else {
      return ("unknown", .hint, "no line says why")
    }
    let statistics = store.statistics
    if statistics.available > 0, statistics.cooling >= statistics.available {
      return (
        "cooldown", .strong,
        "all \(statistics.available) free addresses are in cooldown"
      )
    }
    let configuration = state.engine.configuration
    if configuration.minimumIPTarget > 0, configuration.warmIPTarget == 0,
      statistics.total >= configuration.minimumIPTarget
    {
      return (
        "minimum_without_warm", .strong,
        "MINIMUM_IP_TARGET without WARM_IP_TARGET lets the pool grow no further"
      )
    }
    if state.engine.profile.maxPodsGate, statistics.total >= state.engine.policy.maxPods {
      return ("max_pods", .strong, "the pool holds as many addresses as the node takes pods")
    }
    if state.growth.isBlocked {
      return ("pool_loop_blocked", .strong, "the pool loop waits for EC2 or for the metadata")
    }
    return ("unknown", .hint, "no line says why")
  }

  private mutating func settle(_ now: Int64, grew: Bool, _ found: inout FaultList) {
    guard !waiting.isEmpty else { return }
    let pending = waiting
    waiting = []
    for (fault, timeUs) in pending {
      if grew {
        var fault = fault
        fault.cause = "burst"
        fault.confidence = .strong
        fault.detail =
          "pods came faster than the pool grows: it grew \((now - timeUs) / 1000) ms later"
        add(fault, &found)
      } else if now - timeUs > Self.reasonUs {
        add(fault, &found)
      } else {
        waiting.append((fault, timeUs))
      }
    }
  }

  mutating func end(
    _ epoch: Epoch, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    for (fault, _) in waiting { add(fault, &found) }
    waiting = []
  }
}

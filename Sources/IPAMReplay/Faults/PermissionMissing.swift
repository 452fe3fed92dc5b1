import Facts

/// F-11: EC2 refused a request because the role may not make it.
struct PermissionMissing: FaultRule {
  private var byOperation: [String: Fault] = [:]
  private var order: [String] = []

  private static let codes: Set<String> = [
    "UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "UnauthorizedAccess",
  ]

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    switch statement.kind {
    case .assignError, .assignRetry, .assignNewError, .createError, .tagError, .attachError,
      .describeError, .unassignError, .attachmentError, .detachError, .deleteError,
      .permissionMissing, .increaseError, .increaseFailed, .startFailed:
      guard let error = state.optionalError(statement.text), let code = error.code,
        Self.codes.contains(code)
      else { return }
      let operation = error.operation ?? "a request"
      if byOperation[operation] == nil {
        order.append(operation)
        byOperation[operation] = state.fault(
          .permissionMissing, .proved, subject: error.operation, cause: code,
          "the role may not call \(operation): \(code)")
        return
      }
      byOperation[operation]?.count += 1
      byOperation[operation]?.lastUs = state.now
    default: break
    }
  }

  mutating func finish(
    _ epochs: [Epoch], _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    for operation in order { if let fault = byOperation[operation] { found.append(fault) } }
  }
}

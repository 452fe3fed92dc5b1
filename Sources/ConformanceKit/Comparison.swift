import IPAMEngine
import IPAMPlanner

/// One value that differs from the recording.
public struct Mismatch: Hashable, Sendable {
  /// What was compared, such as `state.totalIPs`.
  public let field: String
  /// The recorded value.
  public let recorded: String
  /// The engine's value.
  public let computed: String
}

/// Compares a node with a recorded step.
struct Comparison {
  private(set) var mismatches: [Mismatch] = []
  /// The recording's second 0 on the clock of what is compared with it.
  private let origin: Instant

  init(origin: Instant = .seconds(0)) {
    self.origin = origin
  }

  private func seconds(_ instant: Instant) -> Double {
    Double((instant - origin).nanoseconds) / 1e9
  }

  mutating func same<Value: Equatable>(_ field: String, _ recorded: Value, _ computed: Value) {
    guard recorded != computed else { return }
    mismatches.append(
      Mismatch(field: field, recorded: "\(recorded)", computed: "\(computed)"))
  }

  mutating func sameTime(_ field: String, _ recorded: Double?, _ computed: Instant?) {
    if let recorded, let computed, abs(recorded - seconds(computed)) <= 0.0015 { return }
    if recorded == nil, computed == nil { return }
    mismatches.append(
      Mismatch(
        field: field, recorded: recorded.map { "\($0)" } ?? "never",
        computed: computed.map { "\(seconds($0))" } ?? "never"))
  }

  mutating func compare(
    _ recorded: RecordedDecision?, _ field: String, _ engine: Engine, knowsRoom: Bool = true
  ) {
    guard let recorded, let computed = engine.decisions() else { return }
    same("\(field).tooLow", recorded.tooLow ?? false, computed.isLow)
    same("\(field).tooHigh", recorded.tooHigh ?? false, computed.isHigh)
    same("\(field).targetsDefined", recorded.targetsDefined ?? false, computed.targetsDefined)
    same("\(field).short", recorded.short ?? 0, computed.short)
    same("\(field).over", recorded.over ?? 0, computed.over)
    same("\(field).mayRemoveENI", recorded.mayRemoveENI ?? false, computed.mayRemoveENI)
    guard knowsRoom else { return }
    same("\(field).hasRoomForENI", recorded.hasRoomForENI ?? false, computed.hasRoomForENI)
  }

  mutating func compare(_ recorded: RecordedRPC?, _ replies: Node.Replies) {
    if let reply = replies.added {
      same("rpc.success", recorded?.success ?? false, reply.isSuccess)
      let address = reply.isSuccess ? reply.address : nil
      same("rpc.ip", recorded?.ip, address.map { "\($0.address)" })
      same("rpc.eni", recorded?.eni, address.map { "\($0.eni)" })
      same("rpc.device", recorded?.device ?? 0, address?.device ?? 0)
    } else if let reply = replies.deleted {
      same("rpc.success", recorded?.success ?? false, reply.isSuccess)
      same("rpc.ip", recorded?.ip, reply.addresses.first.map { "\($0.address)" })
      same("rpc.device", recorded?.device ?? 0, reply.addresses.first?.device ?? 0)
      let isUnknown = recorded?.error?.contains("unknown pod") ?? false
      same("rpc.error is unknown pod", isUnknown, reply.failure == .unknownPod)
    } else {
      same("rpc", recorded == nil, true)
    }
  }

  mutating func compare(_ recorded: [RecordedAction], _ computed: [SimulatedCloud.Action]) {
    same("actions", recorded.map(\.summary), computed.map(\.summary))
  }

  mutating func compareCalls(_ recorded: [String: Int], _ cloud: SimulatedCloud) {
    let text = recorded.map { "\($0.key) \($0.value)" }.sorted()
    same("ec2Calls", text, cloud.callCounts.map { "\($0.api) \($0.count)" })
  }

  // MARK: State

  /// Compares a pool with a recorded state.
  ///
  /// - Parameters:
  ///   - knowsSubnets: whether the subnets of ENIs are known.
  ///   - knowsRoom: whether the number of ENIs that the instance takes is known.
  mutating func compare(
    _ recorded: RecordedState, _ enis: [RecordedENI], _ engine: Engine, knowsSubnets: Bool = true,
    knowsRoom: Bool = true
  ) {
    guard let store = engine.datastores.first else {
      same("state.enis", enis.map(\.id), [])
      return
    }
    let numbers = store.statistics
    same("state.totalIPs", recorded.totalIPs ?? 0, numbers.total)
    same("state.assignedIPs", recorded.assignedIPs ?? 0, numbers.assigned)
    same("state.cooldownIPs", recorded.cooldownIPs ?? 0, numbers.cooling)
    same("state.availableIPs", recorded.availableIPs ?? 0, numbers.available)
    same("state.totalPrefixes", recorded.totalPrefixes ?? 0, numbers.totalPrefixes)
    same("state.freePrefixes", recorded.freePrefixes ?? 0, store.freePrefixes)
    same("state.storeTotal", recorded.storeTotal ?? 0, store.total)
    same("state.storeAssigned", recorded.storeAssigned ?? 0, store.assigned)
    same("state.eniCount", recorded.eniCount ?? 0, store.eniCount)
    same("state.unmanagedENIs", recorded.unmanagedENIs ?? 0, engine.unmanagedCount[0])
    compare(recorded.decision, "state.decision", engine, knowsRoom: knowsRoom)
    sameTime("state.lastDecrease", recorded.lastDecrease, engine.lastDecrease)
    sameTime("state.lastPoolAction", recorded.lastPoolAction, engine.lastPoolAction)
    sameTime(
      "state.subnetBackoffUntil", recorded.subnetBackoffUntil,
      engine.lastInsufficient.map { $0 + Timing.insufficientBackoff })
    compareCooldowns(recorded.cidrCooldownUntil ?? [:], engine.reconcileCooldowns)
    compare(enis, store.snapshot, knowsSubnets)
  }

  /// Compares the addresses of a pool and who holds them.
  mutating func compareHolders(_ enis: [RecordedENI], _ engine: Engine) {
    let snapshot = engine.datastores.first?.snapshot ?? []
    same("enis", enis.map(\.id).sorted(), snapshot.map { "\($0.attributes.id)" }.sorted())
    for eni in enis {
      guard let match = snapshot.first(where: { $0.attributes.id.name == eni.id }) else { continue }
      same("cidrs", (eni.cidrs ?? []).sorted(), match.cidrs.map { "\($0)" }.sorted())
      same(
        "assigned", (eni.assigned ?? [:]).keys.sorted(),
        match.addresses.filter { $0.owner != nil }.map { "\($0.address)" }.sorted())
    }
  }

  private mutating func compareCooldowns(
    _ recorded: [String: Double], _ computed: ReconcileCooldowns
  ) {
    let entries = computed.entries
    same(
      "state.cidrCooldownUntil", recorded.keys.sorted(), entries.map { "\($0.cidr)" }.sorted())
    for entry in entries {
      guard let until = recorded["\(entry.cidr)"] else { continue }
      sameTime("state.cidrCooldownUntil[\(entry.cidr)]", until, entry.until)
    }
  }

  private mutating func compare(
    _ recorded: [RecordedENI], _ computed: [ENISnapshot], _ knowsSubnets: Bool
  ) {
    same(
      "state.enis", recorded.map(\.id).sorted(), computed.map { "\($0.attributes.id)" }.sorted())
    for eni in recorded {
      guard let match = computed.first(where: { $0.attributes.id.name == eni.id }) else { continue }
      if knowsSubnets {
        same("state.enis[\(eni.id)].subnet", eni.subnet ?? "", match.attributes.subnet)
      }
      compare(eni, match, "state.enis[\(eni.id)]")
    }
  }

  private mutating func compare(_ eni: RecordedENI, _ match: ENISnapshot, _ field: String) {
    same("\(field).device", eni.device ?? 0, match.attributes.device)
    same("\(field).primary", eni.primary ?? false, match.attributes.isPrimary)
    same("\(field).trunk", eni.trunk ?? false, match.attributes.isTrunk)
    same("\(field).efa", eni.efa ?? false, match.attributes.isEFA)
    same("\(field).excluded", eni.excluded ?? false, match.isExcluded)
    sameTime("\(field).createdAt", eni.createdAt ?? 0, match.createdAt)
    same("\(field).cidrs", (eni.cidrs ?? []).sorted(), match.cidrs.map { "\($0)" }.sorted())
    let assigned = match.addresses.compactMap { address in
      address.owner.map { "\(address.address)=\($0.containerID.dropFirst("sandbox-".count))" }
    }
    same(
      "\(field).assigned", (eni.assigned ?? [:]).map { "\($0.key)=\($0.value)" }.sorted(),
      assigned.sorted())
    let released = match.addresses.filter { $0.owner == nil && $0.releasedAt != nil }
    same(
      "\(field).released", (eni.released ?? [:]).keys.sorted(),
      released.map { "\($0.address)" }.sorted())
    for address in released {
      guard let time = eni.released?["\(address.address)"] else { continue }
      sameTime("\(field).released[\(address.address)]", time, address.releasedAt)
    }
  }
}

extension RecordedAction {
  var summary: String {
    ActionSummary.text(
      api, eni, subnet, device, requested, kind, (granted ?? []).sorted(),
      (released ?? []).sorted(), error)
  }
}

extension SimulatedCloud.Action {
  var summary: String {
    ActionSummary.text(
      api, eni?.name, subnet, device, requested,
      kind.map { $0 == .single ? "address" : "prefix" }, granted.map { "\($0)" }.sorted(),
      released.map { "\($0)" }.sorted(), error)
  }
}

/// One line per EC2 request, so that a difference can be read.
private enum ActionSummary {
  static func text(
    _ api: String, _ eni: String?, _ subnet: String?, _ device: Int?, _ requested: Int?,
    _ kind: String?, _ granted: [String], _ released: [String], _ error: String?
  ) -> String {
    var parts = [api]
    if let eni { parts.append(eni) }
    if let subnet { parts.append(subnet) }
    if let device { parts.append("device \(device)") }
    if let requested, requested > 0 { parts.append("\(requested) \(kind ?? "")") }
    if !granted.isEmpty { parts.append("granted \(granted.joined(separator: ","))") }
    if !released.isEmpty { parts.append("released \(released.joined(separator: ","))") }
    if let error { parts.append("refused \(error)") }
    return parts.joined(separator: " ")
  }
}

import IPAMPlanner
import Testing

@testable import IPAMEngine

/// A small generator whose whole state is its seed.
struct SeededGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  mutating func next(below bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 11) % bound
  }
}

/// One thing that can happen to a node in a random run.
enum Happening: Hashable, Sendable {
  case add(Int)
  case delete(Int)
  case tick
  case wait(seconds: Int)
  case cordon(Bool)
  case terminate
  case refuse(String, String)
  case subnet(Int?)
  case detach(Int)
  case attach(no: String)
  case assign(Int)
  case take(Int, Int)
  case restart

  static let apis = [
    "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses", "CreateNetworkInterface",
    "AttachNetworkInterface", "DetachNetworkInterface", "DeleteNetworkInterface",
    "DescribeNetworkInterfaces", "DescribeSubnets", "ModifyNetworkInterfaceAttribute",
    "DescribeInstances",
  ]
  static let codes = [
    "InsufficientFreeAddressesInSubnet", "InsufficientCidrBlocks", "RequestLimitExceeded",
    "PrivateIpAddressLimitExceeded", "InvalidNetworkInterfaceID.NotFound", "UnauthorizedOperation",
  ]

  static func random(_ generator: inout SeededGenerator) -> Happening {
    switch generator.next(below: 100) {
    case 0..<36: .add(generator.next(below: 40))
    case 36..<66: .delete(generator.next(below: 40))
    case 66..<86: .tick
    case 86..<90: .wait(seconds: generator.next(below: 70))
    case 90: .cordon(generator.next(below: 3) == 0)
    case 91..<94:
      .refuse(apis[generator.next(below: apis.count)], codes[generator.next(below: codes.count)])
    case 94: .subnet(generator.next(below: 2) == 0 ? nil : generator.next(below: 30))
    case 95: .detach(generator.next(below: 4))
    case 96: .attach(no: generator.next(below: 2) == 0 ? "true" : "false")
    case 97: .assign(generator.next(below: 4))
    case 98: .take(generator.next(below: 4), generator.next(below: 12))
    default: .restart
    }
  }
}

/// Runs happenings on a node and looks for a broken invariant after each event.
struct InvariantRun {
  var node: SimulatedNode
  let allowsOutside: Bool

  /// What is broken after the happening; nil if nothing is.
  mutating func apply(_ happening: Happening) -> String? {
    let before = node
    var effects: [Effect] = []
    switch happening {
    case .add(let pod):
      let reply = node.add("p\(pod)")
      if let broken = checkAdd(reply, before) { return broken }
    case .delete(let pod): node.delete("p\(pod)")
    case .tick: effects = node.tick()
    case .wait(let seconds): node.wait(.seconds(seconds))
    case .cordon(let isCordoned): node.send(.cordon(isCordoned))
    case .terminate: node.send(.terminate)
    case .refuse(let api, let code): node.cloud.fail(api, count: 1, code: code)
    case .subnet(let free): node.cloud.setCapacity(of: "subnet-a", addresses: free, prefixes: nil)
    case .restart:
      node.cloud.clearFailures()
      node.restart()
    case .detach, .attach, .assign, .take: if allowsOutside { changeOutside(happening) }
    }
    return checkReleases(effects, before) ?? checkCalls(before) ?? checkState()
  }

  private mutating func changeOutside(_ happening: Happening) {
    let now = node.now
    let enis = node.cloud.attached
    switch happening {
    case .detach(let index):
      // The primary ENI cannot be detached.
      guard index > 0, index < enis.count else { return }
      node.cloud.detachOutside(enis[index].id, at: now)
    case .attach(let value):
      node.cloud.attachOutside(
        secondaryAddresses: 2, tags: [ENITag(key: ENIClassification.noManageTag, value: value)],
        at: now)
    case .assign(let index):
      guard index < enis.count, enis[index].cidrs.count < node.engine.policy.capacity.slotsPerENI
      else { return }
      node.cloud.assignOutside(enis[index].id, kind: .single, count: 1, at: now)
    case .take(let index, let cidr):
      guard index < enis.count, cidr < enis[index].cidrs.count else { return }
      node.cloud.unassignOutside(enis[index].id, enis[index].cidrs[cidr], at: now)
    default: return
    }
  }

  private func checkAdd(_ reply: AddReply?, _ before: SimulatedNode) -> String? {
    guard let reply, reply.isSuccess, let given = reply.address else { return nil }
    guard let store = before.engine.datastores.first else { return "I3 an address from no store" }
    if let known = store.address(of: reply.key) {
      return known.address == given.address ? nil : "I3 a repeated ADD got another address"
    }
    if store.isExcluded(given.eni) { return "I9 an excluded ENI gave \(given.address)" }
    let held = store.snapshot.flatMap(\.addresses).first { $0.address == given.address }
    if held?.owner != nil { return "I2 \(given.address) had an owner" }
    if held?.isCooling == true { return "a cooling address was handed out" }
    return nil
  }

  /// I4, I5 and I6: what may not be released. The events of a tick are checked by its notes.
  private func checkReleases(_ effects: [Effect], _ before: SimulatedNode) -> String? {
    guard let store = before.engine.datastores.first else { return nil }
    for case .eniReleased(let id) in effects.notes {
      guard let eni = store.snapshot.first(where: { $0.attributes.id == id }) else {
        return "I5 \(id) is too young"
      }
      if eni.attributes.isPrimary || eni.attributes.isTrunk || eni.attributes.isEFA {
        return "I6 \(id) was released"
      }
      if eni.addresses.contains(where: { $0.owner != nil }) { return "I4 \(id) had pods" }
      if node.now - eni.createdAt < .seconds(60) { return "I5 \(id) is too young" }
    }
    return nil
  }

  private func checkCalls(_ before: SimulatedNode) -> String? {
    for call in node.calls.dropFirst(before.calls.count) {
      guard case .assign(let id, _, let count) = call, let store = node.engine.datastores.first,
        let eni = store.snapshot.first(where: { $0.attributes.id == id })
      else { continue }
      if eni.attributes.isTrunk { return "I8 the trunk was given addresses" }
      if eni.isExcluded { return "I9 an excluded ENI was given addresses" }
      if count < 1 { return "a request for \(count) addresses" }
    }
    return nil
  }

  private func checkState() -> String? {
    guard let store = node.engine.datastores.first else { return nil }
    if let broken = store.inconsistencies().first { return "I1-I3 \(broken)" }
    let slots = node.engine.policy.capacity.slotsPerENI
    // Until the next reconcile the store may have addresses that somebody else took away, next to
    // those that somebody else added.
    for id in store.eniIDs where !allowsOutside && store.cidrCount(of: id) > slots {
      return "I7 \(id) holds \(store.cidrCount(of: id)) CIDRs"
    }
    // I10: what a restart would restore is what is assigned.
    let saved = node.engine.checkpoint(card: store.networkCard)
    if saved.count != store.assigned { return "I10 the checkpoint has \(saved.count) entries" }
    return nil
  }
}

@Suite("invariants I1 to I10")
struct InvariantTests {
  struct Mode: Sendable, CustomTestStringConvertible {
    let name: String
    let environment: [String: String]
    var allowsOutside = false
    var tags: [ENITag] = []
    var usesENIConfig = false
    var profile = BehaviourProfile.newest
    var testDescription: String { name }
  }

  static let newest: [Mode] = [
    Mode(name: "secondary IP, warm ENI", environment: [:]),
    Mode(
      name: "secondary IP, IP targets",
      environment: ["WARM_IP_TARGET": "2", "MINIMUM_IP_TARGET": "5"]),
    Mode(
      name: "prefix, warm prefix",
      environment: ["ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"]),
    Mode(
      name: "prefix, IP targets",
      environment: ["ENABLE_PREFIX_DELEGATION": "true", "WARM_IP_TARGET": "3"]),
    Mode(
      name: "custom networking",
      environment: ["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"], usesENIConfig: true),
    Mode(name: "security groups for pods", environment: ["ENABLE_POD_ENI": "true"]),
    Mode(
      name: "excluded node subnet", environment: [:],
      tags: [ENITag(key: ENIClassification.subnetRoleTag, value: "0")]),
    Mode(
      name: "IPv6", environment: ["ENABLE_IPv6": "true", "ENABLE_PREFIX_DELEGATION": "true"]),
    Mode(
      name: "changes by somebody else", environment: ["WARM_IP_TARGET": "3"], allowsOutside: true),
    Mode(
      name: "provisioning disabled",
      environment: ["DISABLE_NETWORK_RESOURCE_PROVISIONING": "true"], allowsOutside: true),
    Mode(
      name: "no cooldown, MAX_ENI",
      environment: ["IP_COOLDOWN_PERIOD": "-1", "MAX_ENI": "2", "WARM_IP_TARGET": "1"]),
  ]

  static let older: [Mode] = [
    (5, 3), (6, 4), (7, 10), (9, 0), (11, 4), (12, 6), (16, 3), (18, 3), (20, 0), (22, 4),
  ].flatMap { minor, patch in
    [false, true].map { outside in
      Mode(
        name: "release 1.\(minor).\(patch)\(outside ? ", changes by somebody else" : "")",
        environment: ["WARM_IP_TARGET": "2"], allowsOutside: outside,
        profile: BehaviourProfile(release: Release(1, minor, patch)))
    }
  }

  static func node(_ mode: Mode) -> SimulatedNode {
    var node = unstartedNode(
      enis: 4, addresses: 6, maxPods: 60, profile: mode.profile, tags: mode.tags, mode.environment)
    if mode.usesENIConfig { node.send(.eniConfig(subnet: "subnet-b")) }
    node.start()
    return node
  }

  /// Position and text of the first broken invariant.
  static func firstBreak(_ happenings: [Happening], _ mode: Mode) -> (Int, String)? {
    var run = InvariantRun(node: node(mode), allowsOutside: mode.allowsOutside)
    for (position, happening) in happenings.enumerated() {
      if let broken = run.apply(happening) { return (position, broken) }
    }
    return nil
  }

  /// Leaves out happenings as long as something still breaks.
  static func shrink(
    _ happenings: [Happening], while breaks: ([Happening]) -> Bool
  ) -> [Happening] {
    var shortest = happenings
    var size = max(shortest.count / 2, 1)
    while size > 0 {
      var position = 0
      while position < shortest.count {
        var trial = shortest
        trial.removeSubrange(position..<min(position + size, trial.count))
        if breaks(trial) { shortest = trial } else { position += size }
      }
      size /= 2
    }
    return shortest
  }

  @Test("hold after each of 10,000 random events", arguments: newest + older)
  func random(mode: Mode) {
    for seed in 1...5 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let happenings = (0..<2_000).map { _ in Happening.random(&generator) }
      guard let (position, broken) = Self.firstBreak(happenings, mode) else { continue }
      let shortest = Self.shrink(Array(happenings[...position])) {
        Self.firstBreak($0, mode) != nil
      }
      Issue.record("seed \(seed), event \(position): \(broken); shortest case: \(shortest)")
    }
  }

  static let alphabet: [Happening] = [
    .add(1), .add(2), .delete(1), .tick, .wait(seconds: 31), .restart,
  ]

  @Test("hold for all orders of up to six events on a small node", arguments: [false, true])
  func exhaustive(prefixMode: Bool) {
    var environment = ["WARM_IP_TARGET": "1"]
    if prefixMode { environment["ENABLE_PREFIX_DELEGATION"] = "true" }
    let node = makeNode(enis: 2, addresses: 2, environment)
    var broken: [([Happening], String)] = []
    func explore(_ run: InvariantRun, _ done: [Happening]) {
      guard done.count < 6, broken.isEmpty else { return }
      for happening in Self.alphabet {
        var next = run
        if let text = next.apply(happening) { broken.append((done + [happening], text)) }
        explore(next, done + [happening])
      }
    }
    explore(InvariantRun(node: node, allowsOutside: false), [])
    #expect(broken.isEmpty, "\(broken.first.map { "\($0)" } ?? "")")
  }

  @Test("a broken run is shrunk to what breaks it")
  func shrinking() {
    var generator = SeededGenerator(seed: 7)
    var happenings = (0..<300).map { _ in Happening.random(&generator) }
    happenings.insert(.cordon(true), at: 40)
    happenings.insert(.terminate, at: 200)
    let shortest = Self.shrink(happenings) { trial in
      guard let cordon = trial.firstIndex(of: .cordon(true)) else { return false }
      return trial[cordon...].contains(.terminate)
    }
    #expect(shortest == [.cordon(true), .terminate])
  }

  @Test("the checker sees a store whose sums were spoilt")
  func spoiltStore() {
    var store = Datastore(mode: .single, cooldown: .seconds(30))
    store.addENI(ENIAttributes(id: "eni-1"), at: .seconds(0))
    store.addCIDR(CIDR(IPAddress(v4: 1)), to: "eni-1")
    #expect(store.inconsistencies().isEmpty)
    store.usable.single.total += 1
    #expect(!store.inconsistencies().isEmpty)
  }
}

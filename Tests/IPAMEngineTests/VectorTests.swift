import IPAMPlanner
import Testing

@testable import IPAMEngine

/// A policy of secondary-IP or prefix mode with a given number of slots.
func policy(
  slots: Int, maxPods: Int = 500, prefixMode: Bool = false,
  profile: BehaviourProfile = .newest, _ change: (inout Configuration) -> Void = { _ in }
) -> PoolPolicy {
  var configuration = Configuration()
  configuration.ipv4 = true
  configuration.prefixDelegation = prefixMode
  change(&configuration)
  return PoolPolicy(
    configuration: configuration, profile: profile,
    capacity: NodeCapacity(
      limits: InstanceLimits(eniLimit: 4, ipv4PerENI: slots + 1), configuration: configuration),
    maxPods: maxPods)
}

/// The vectors of the reference implementation's own unit tests.
@Suite("reference vectors")
struct VectorTests {
  struct Low: Sendable {
    let slots: Int
    let warmENI: Int
    let warmIP: Int
    let total: Int
    let used: Int
    let maxPods: Int
    let isLow: Bool
  }

  @Test(
    "A1 isLow in secondary-IP mode",
    arguments: [
      Low(slots: 14, warmENI: 1, warmIP: 0, total: 0, used: 0, maxPods: 500, isLow: true),
      Low(slots: 14, warmENI: 0, warmIP: 0, total: 0, used: 0, maxPods: 500, isLow: true),
      Low(slots: 14, warmENI: 0, warmIP: 3, total: 0, used: 0, maxPods: 500, isLow: true),
      Low(slots: 3, warmENI: 1, warmIP: 1, total: 3, used: 0, maxPods: 500, isLow: false),
      Low(slots: 3, warmENI: 1, warmIP: 0, total: 3, used: 1, maxPods: 500, isLow: true),
      Low(slots: 3, warmENI: 0, warmIP: 0, total: 3, used: 1, maxPods: 500, isLow: false),
      Low(slots: 3, warmENI: 1, warmIP: 0, total: 3, used: 3, maxPods: 500, isLow: true),
      Low(slots: 3, warmENI: 0, warmIP: 0, total: 3, used: 3, maxPods: 500, isLow: true),
      Low(slots: 3, warmENI: 0, warmIP: 5, total: 3, used: 3, maxPods: 3, isLow: false),
    ])
  func a1(row: Low) {
    let policy = policy(slots: row.slots, maxPods: row.maxPods) {
      $0.warmENITarget = row.warmENI
      $0.warmIPTarget = row.warmIP
    }
    let numbers = PoolStatistics(total: row.total, assigned: row.used)
    #expect(policy.isLow(numbers, freePrefixes: 0, card: 0) == row.isLow)
  }

  @Test(
    "A2 isLow in prefix mode",
    arguments: [
      (0, 0, 1, 500, true), (0, 0, 0, 500, true), (16, 0, 1, 500, false), (16, 1, 1, 500, true),
      (16, 1, 0, 500, false), (16, 3, 1, 500, true), (16, 3, 0, 500, false), (16, 3, 1, 4, false),
    ])
  func a2(total: Int, used: Int, target: Int, maxPods: Int, isLow: Bool) {
    let policy = policy(slots: 3, maxPods: maxPods, prefixMode: true) {
      $0.warmPrefixTarget = target
    }
    let numbers = PoolStatistics(total: total, assigned: used, totalPrefixes: total / 16)
    let free = used == 0 ? total / 16 : 0
    #expect(policy.isLow(numbers, freePrefixes: free, card: 0) == isLow)
  }

  @Test("A3 targetState", arguments: [(0, 5, 0), (2, 3, 0), (5, 0, 0)])
  func a3(free: Int, short: Int, over: Int) {
    let state = policy(slots: 14) { $0.warmIPTarget = 5 }
      .targetState(PoolStatistics(total: free, assigned: 0), freePrefixes: 0, card: 0)
    #expect(state == TargetState(short: short, over: over, isDefined: true))
  }

  @Test("A3 targetState in prefix mode", arguments: [(0, 1, 0), (2, 0, 1), (1, 0, 0)])
  func a3Prefixes(free: Int, short: Int, over: Int) {
    let state = policy(slots: 14, prefixMode: true) { $0.warmIPTarget = 5 }
      .targetState(
        PoolStatistics(total: 16 * free, assigned: 0, totalPrefixes: free), freePrefixes: free,
        card: 0)
    #expect(state == TargetState(short: short, over: over, isDefined: true))
  }

  static func store(_ sizes: [Int], mode: AddressKind = .single) -> Datastore {
    var store = Datastore(mode: mode, cooldown: .seconds(30))
    for (number, size) in sizes.enumerated() {
      let id = ENIID("eni-\(number + 1)")
      store.addENI(ENIAttributes(id: id, isPrimary: number == 0), at: .seconds(0))
      for address in 0..<size {
        store.addCIDR(CIDR(IPAddress(v4: UInt32(256 * number + address))), to: id)
      }
    }
    return store
  }

  static func key(_ name: String) -> IPAMKey {
    IPAMKey(networkName: "aws-cni", containerID: name, ifName: "eth0")
  }

  @Test("A4 which ENI may be released")
  func a4() {
    var store = Self.store([2, 2, 1])
    for name in ["a", "b"] {
      _ = store.assign(Self.key(name), metadata: PodMetadata(), at: .seconds(0))
    }
    func released(_ warm: Int, _ minimum: Int) -> ENIID? {
      let policy = policy(slots: 14) {
        $0.warmIPTarget = warm
        $0.minimumIPTarget = minimum
      }
      let candidates = store.eniIDs.compactMap {
        store.releaseCandidate($0, at: .seconds(100), eniCooling: nil)
      }
      return policy.freeOneENI(candidates, card: 0)
    }
    #expect(released(3, 1) == nil)
    #expect(released(1, 5) == nil)
    #expect(released(2, 4) == "eni-3")
    _ = store.removeENI("eni-3", force: false, subtractsTwice: true)
    #expect(released(0, 3) == nil)
    #expect(released(0, 2) == "eni-2")
    store.setRole("eni-2", isTrunk: true, isEFA: false)
    #expect(released(0, 2) == nil)
    store.setRole("eni-2", isTrunk: false, isEFA: true)
    #expect(released(0, 2) == nil)
  }

  @Test("A5 decrease gives back exactly the surplus")
  func a5() {
    var store = Self.store([4])
    for name in ["a", "b"] {
      _ = store.assign(Self.key(name), metadata: PodMetadata(), at: .seconds(0))
    }
    let policy = policy(slots: 14) { $0.warmIPTarget = 1 }
    let over = policy.surplus(store.statistics, freePrefixes: 0, card: 0)
    #expect(over == 1)
    #expect(policy.decrease(over: over, idle: store.idleCIDRs(of: "eni-1")).count == 1)
  }

  @Test("A6 a prefix hands out .0, .1, .2 … and reuses only after the cooldown")
  func a6() {
    var store = Datastore(mode: .prefix, cooldown: .seconds(30))
    store.addENI(ENIAttributes(id: "eni-1", isPrimary: true), at: .seconds(0))
    store.addCIDR(CIDR(IPAddress(v4: 160), length: 28), to: "eni-1")
    func add(_ name: String, _ second: Int) -> IPAddress? {
      let result = store.assign(Self.key(name), metadata: PodMetadata(), at: .seconds(second))
      guard case .assigned(let address) = result else { return nil }
      return address.address
    }
    for number in 0..<16 {
      #expect(add("p\(number)", 0) == IPAddress(v4: UInt32(160 + number)))
    }
    _ = store.unassign(Self.key("p5"), at: .seconds(10))
    #expect(add("late", 40) == nil)
    #expect(add("late", 41) == IPAddress(v4: 165))
  }

  @Test("A7 a checkpoint that cannot be written undoes the change")
  func a7() {
    var node = makeNode(["WARM_IP_TARGET": "2"])
    let request = AddRequest(key: Self.key("a"), mishaps: .checkpointFails)
    let effects = node.send(.addPod(request, .lowest))
    guard case .added(let reply)? = effects.last else {
      Issue.record("no answer")
      return
    }
    #expect(reply.failure == .checkpointFailed)
    #expect(node.engine.datastores[0].assigned == 0)
    node.send(.addPod(AddRequest(key: Self.key("a")), .lowest))
    let deletion = DeleteRequest(key: Self.key("a"), mishaps: .checkpointFails)
    guard case .deleted(let answer)? = node.send(.deletePod(deletion)).last else { return }
    #expect(answer.failure == .checkpointFailed)
    #expect(node.engine.datastores[0].assigned == 1)
  }

  @Test("A8 totals over a mode switch")
  func a8() throws {
    let single = CIDR(IPAddress(v4: 1))
    let prefix = CIDR(IPAddress(v4: 32), length: 28)
    for (mode, first, second, last) in [
      (AddressKind.single, single, prefix, 16), (.prefix, prefix, single, 1),
    ] {
      var store = Datastore(mode: mode, cooldown: .seconds(30))
      store.addENI(ENIAttributes(id: "eni-1"), at: .seconds(0))
      store.addCIDR(first, to: "eni-1")
      _ = store.assign(Self.key("a"), metadata: PodMetadata(), at: .seconds(0))
      store.addCIDR(second, to: "eni-1")
      #expect(store.total == 17)
      #expect(store.removeCIDR(first, from: "eni-1", force: false) == .inUse)
      #expect(store.total == 17)
      #expect(store.removeCIDR(first, from: "eni-1", force: true) == .removed([Self.key("a")]))
      #expect(store.total == last)
      #expect(store.inconsistencies().isEmpty)
    }
  }

  @Test("A9 statistics of a prefix over the life of an address")
  func a9() {
    var store = Datastore(mode: .prefix, cooldown: .seconds(1))
    store.addENI(ENIAttributes(id: "eni-1"), at: .seconds(0))
    store.addCIDR(CIDR(IPAddress(v4: 32), length: 28), to: "eni-1")
    _ = store.assign(Self.key("a"), metadata: PodMetadata(), at: .seconds(0))
    #expect(store.statistics == PoolStatistics(total: 16, assigned: 1, totalPrefixes: 1))
    _ = store.unassign(Self.key("a"), at: .seconds(5))
    #expect(
      store.statistics == PoolStatistics(total: 16, assigned: 0, cooling: 1, totalPrefixes: 1))
    store.advance(to: .seconds(6))
    #expect(store.statistics.cooling == 1)
    store.advance(to: .milliseconds(6_001))
    #expect(store.statistics.cooling == 0)
  }

  @Test("A10 restore drops stale entries and refuses a duplicate address")
  func a10() {
    func start(_ entries: [CheckpointEntry], version: String = CheckpointRead.version) -> Engine {
      var engine = Engine(
        configuration: Configuration(environment: ["ENABLE_IPv4": "true"]),
        limits: InstanceLimits(eniLimit: 1, ipv4PerENI: 4), maxPods: 10, instanceID: "i-0")
      let primary = IPAddress(v4: 1)
      let eni = MetadataInterface(
        id: "eni-1", device: 0, subnet: "s", primaryAddress: primary,
        addresses: [primary, IPAddress(v4: 2), IPAddress(v4: 3), IPAddress(v4: 4)])
      var effects = engine.handle(.start(.lowest), at: .seconds(0))
      while case .call(let id, let call)? = effects.last {
        let reply: Reply =
          switch call {
          case .listInterfaces: .interfaces([eni])
          case .describeInterfaces: .described([DescribedInterface(id: "eni-1")])
          case .describeSubnets: .subnets([])
          case .readCheckpoint: .checkpoint(.contents(version: version, entries))
          default: .done
          }
        effects = engine.handle(.reply(id, reply), at: .seconds(0))
      }
      return engine
    }
    func entry(_ pod: String, _ address: UInt32, named: Bool, link: Bool) -> CheckpointEntry {
      CheckpointEntry(
        key: Self.key(pod), address: IPAddress(v4: address), allocatedAt: nil,
        metadata: named ? PodMetadata(namespace: "default", name: pod) : PodMetadata(),
        hasHostLink: link)
    }
    let engine = start([
      entry("nameless", 2, named: false, link: false), entry("linked", 3, named: true, link: true),
      entry("stale", 4, named: true, link: false), entry("elsewhere", 9, named: true, link: true),
    ])
    #expect(engine.phase == .running)
    #expect(engine.checkpoint(card: 0).map(\.key.containerID) == ["nameless", "linked"])
    let twice = start([
      entry("a", 2, named: false, link: true), entry("b", 2, named: false, link: true),
    ])
    #expect(twice.phase == .failed(.duplicateAddress(IPAddress(v4: 2))))
    #expect(start([], version: "2").phase == .failed(.checkpointVersion("2")))
  }

  @Test("A11 unmanaged ENIs")
  func a11() {
    func unmanaged(_ tags: [String: String], primary: Bool = false, untagged: Bool) -> Bool {
      ENIClassification.isUnmanaged(
        isPrimary: primary, tags: tags.map { ENITag(key: $0.key, value: $0.value) },
        instanceID: "i-1", managesUntagged: untagged)
    }
    #expect(unmanaged([ENIClassification.noManageTag: "true"], untagged: true))
    #expect(!unmanaged([ENIClassification.noManageTag: "false"], untagged: false))
    #expect(!unmanaged([ENIClassification.noManageTag: "true"], primary: true, untagged: true))
    #expect(!unmanaged([ENIClassification.instanceTag: "i-1"], untagged: false))
    #expect(unmanaged([:], untagged: false))
    #expect(!unmanaged([:], untagged: true))
  }
}

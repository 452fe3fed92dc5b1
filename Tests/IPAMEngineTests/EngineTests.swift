import IPAMEngine
import IPAMPlanner
import Testing

@Suite("the engine as a state machine")
struct EngineTests {
  /// Runs events until the first call matching `stop` is open.
  static func blocked(
    _ node: SimulatedNode, _ event: Event, at now: Instant, until stop: (Call) -> Bool
  ) -> (engine: Engine, cloud: SimulatedCloud, id: CallID)? {
    var engine = node.engine
    var cloud = node.cloud
    var effects = engine.handle(event, at: now)
    while case .call(let id, let call)? = effects.last {
      if stop(call) { return (engine, cloud, id) }
      effects = engine.handle(.reply(id, cloud.answer(call, at: now)), at: now)
    }
    return nil
  }

  @Test("pods come and go while the pool loop waits for EC2")
  func podsDuringCall() throws {
    var node = makeNode([:])
    node.add("p1")
    var open = try #require(
      Self.blocked(node, .updatePool(.lowest), at: node.now) { call in
        if case .attachInterface = call { return true }
        return false
      })
    let later = node.now + .seconds(60)
    let request = AddRequest(key: SimulatedNode.key(of: "p2"))
    guard case .added(let reply)? = open.engine.handle(.addPod(request, .lowest), at: later).last
    else {
      Issue.record("no answer")
      return
    }
    #expect(reply.isSuccess)
    #expect(open.engine.handle(.updatePool(.lowest), at: later) == [.ignored(.poolLoopBusy)])
    #expect(open.engine.openCall != nil)
    let copy = open.engine
    _ = open.engine.handle(.reply(open.id, .done), at: later)
    #expect(copy.openCall != open.engine.openCall)
  }

  @Test("an answer nobody asked for is ignored")
  func unknownReply() {
    var node = makeNode([:])
    var open = node.engine
    let effects = open.handle(.reply(CallID(number: 9_999), .done), at: node.now)
    #expect(effects == [.ignored(.unknownCall(CallID(number: 9_999)))])
    node.tick()
  }

  @Test("an answer of the wrong kind counts as a refusal")
  func wrongReply() throws {
    let node = unstartedNode([:])
    var engine = node.engine
    guard case .call(let id, _)? = engine.handle(.start(.lowest), at: .seconds(0)).last else {
      Issue.record("no call")
      return
    }
    _ = engine.handle(.reply(id, .devices([])), at: .seconds(0))
    #expect(engine.phase == .failed(.discovery(CloudError(code: "UnexpectedReply"))))
  }

  @Test("time never runs backwards")
  func monotonicTime() {
    var node = makeNode(["WARM_IP_TARGET": "1"])
    node.wait(.seconds(100))
    node.add("p1")
    node.delete("p1")
    var engine = node.engine
    let request = AddRequest(key: SimulatedNode.key(of: "x"))
    _ = engine.handle(.addPod(request, .lowest), at: .seconds(1))
    #expect(engine.datastores[0].statistics.cooling == 1)
  }

  @Test("an observed address is taken, or refused with the reason")
  func observed() throws {
    var node = makeNode(["WARM_IP_TARGET": "5"])
    let address = try #require(IPAddress("10.0.0.8"))
    #expect(node.add("p1", .address(address))?.address?.address == address)
    #expect(
      node.add("p2", .address(address))?.failure
        == .notAssignable(address, .inUse(SimulatedNode.key(of: "p1"))))
    node.delete("p1")
    #expect(node.add("p3", .address(address))?.failure == .notAssignable(address, .cooling))
    let foreign = try #require(IPAddress("192.0.2.1"))
    #expect(node.add("p4", .address(foreign))?.failure == .notAssignable(foreign, .notInStore))
  }

  @Test("observed orders decide where ipamd is free to choose")
  func observedOrder() throws {
    var node = makeNode(["WARM_IP_TARGET": "3"])
    node.addPods(1...12)
    node.settle()
    node.deletePods(1...1)
    let enis = node.engine.datastores[0].eniIDs
    let last = try #require(enis.last)
    node.deletePods(11...12)
    let order = PassOrder(shrink: [last])
    let before = node.calls.count
    node.wait(.seconds(31))
    node.send(.updatePool(.order(order)))
    let unassigned = node.calls.dropFirst(before).compactMap { call -> ENIID? in
      guard case .unassign(let eni, _, _) = call else { return nil }
      return eni
    }
    #expect(unassigned.first == last)
  }

  @Test("a repeated ADD is idempotent and an unknown DEL is reported")
  func idempotence() {
    var node = makeNode([:])
    let first = node.add("p1")?.address
    #expect(node.add("p1")?.address == first)
    #expect(node.engine.datastores[0].assigned == 1)
    #expect(node.delete("ghost")?.failure == .unknownPod)
    let incomplete = AddRequest(key: IPAMKey(networkName: "", containerID: "c", ifName: "eth0"))
    guard case .added(let reply)? = node.send(.addPod(incomplete, .lowest)).last else { return }
    #expect(reply.failure == .incompleteKey)
  }

  @Test("a migrated key is found by its container id")
  func migrated() {
    var store = Datastore(mode: .single, cooldown: .seconds(30))
    store.addENI(ENIAttributes(id: "eni-1"), at: .seconds(0))
    store.addCIDR(CIDR(IPAddress(v4: 7)), to: "eni-1")
    let key = IPAMKey.migrated(containerID: "c")
    _ = store.restore(
      key, metadata: PodMetadata(), address: IPAddress(v4: 7), assignedAt: nil)
    #expect(store.address(of: key)?.address == IPAddress(v4: 7))
    #expect("\(key)" == "_migrated-from-cri/c/unknown")
  }

  @Test("pods with branch ENIs take nothing from the pool")
  func branchPods() {
    var node = makeNode(["ENABLE_POD_ENI": "true"])
    let branch = BranchInterface(vlan: 3, address: IPAddress(v4: 77))
    func add(_ pod: PodLookup) -> AddReply? {
      let request = AddRequest(key: SimulatedNode.key(of: "b"), pod: pod)
      guard case .added(let reply)? = node.send(.addPod(request, .lowest)).last else { return nil }
      return reply
    }
    #expect(add(.branch(branch))?.failure == .noTrunk)
    node.cloud.attachOutside(kind: .trunk, at: node.now)
    node.tick()
    #expect(add(.branch(nil))?.failure == .noBranchInterface)
    #expect(add(.branch(branch))?.branch == branch)
    #expect(add(.unavailable)?.failure == .podUnavailable)
    #expect(node.engine.datastores[0].assigned == 0)
    let deletion = DeleteRequest(key: SimulatedNode.key(of: "b"), pod: .branch(branch))
    guard case .deleted(let reply)? = node.send(.deletePod(deletion)).last else { return }
    #expect(reply.isSuccess && reply.branch == branch)
  }

  @Test("nothing grows or shrinks with provisioning disabled, but reconcile runs")
  func provisioningDisabled() {
    var node = makeNode(["DISABLE_NETWORK_RESOURCE_PROVISIONING": "true"])
    #expect(node.pool.total == 0)
    node.run(for: .seconds(30))
    guard let eni = node.cloud.attached.first else { return }
    node.cloud.assignOutside(eni.id, kind: .single, count: 3, at: node.now)
    node.run(for: .seconds(90))
    #expect(node.pool.total == 3)
  }

  @Test("a terminating ipamd neither grows nor releases ENIs")
  func termination() {
    var node = makeNode([:])
    _ = node.steady(pods: 20)
    node.deletePods(1...20)
    node.send(.terminate)
    node.settle()
    #expect(node.pool.enis == 3)
  }

  @Test("an excluded node subnet sends the pool to a tagged one")
  func discovery() {
    var node = makeNode(tags: [ENITag(key: ENIClassification.subnetRoleTag, value: "0")], [:])
    #expect(node.pool == Pool(2, 9, 9))
    #expect(node.add("p1")?.address?.address.description.hasPrefix("10.1.") == true)
  }

  @Test("cards above 0 have their own store with fixed targets")
  func networkCards() {
    var node = SimulatedNode(
      environment: ["ENABLE_IPv4": "true", "ENABLE_MULTI_NIC": "true"],
      limits: InstanceLimits(eniLimit: 3, ipv4PerENI: 10, networkCards: [3, 3]), maxPods: 100,
      cloud: SimulatedCloud(
        eniLimit: 6, addressesPerENI: 10,
        subnets: [
          SimulatedSubnet(id: "subnet-a", cidr: CIDR(IPAddress(v4: 0x0A00_0000), length: 16))
        ]))
    node.start()
    #expect(node.engine.datastores.map(\.networkCard) == [0, 1])
    #expect(node.engine.datastores[1].statistics.total == 1)
    let request = AddRequest(key: SimulatedNode.key(of: "m"), wantsAllCards: true)
    guard case .added(let reply)? = node.send(.addPod(request, .lowest)).last else { return }
    #expect(reply.isSuccess && reply.furtherAddresses.map(\.networkCard) == [1])
    let deletion = node.delete("m")
    #expect(deletion?.addresses.count == 2)
  }

  @Test("detach is tried twelve times, and reconcile takes the ENI in again")
  func failingDetach() {
    var node = makeNode([:])
    node.addPods(1...1)
    node.tick()
    node.delete("p1")
    node.run(for: .seconds(55))
    node.cloud.fail("DetachNetworkInterface", count: 12, code: "UnauthorizedOperation")
    let before = node.calls.count
    node.run(for: .seconds(60))
    let detaches = node.calls.dropFirst(before).count { call in
      if case .detachInterface = call { return true }
      return false
    }
    #expect(detaches == 12)
    #expect(node.pool.enis == 2)
  }

  @Test("observations overrule the store and keep it sound")
  func observations() throws {
    var engine = makeNode([:]).engine
    let now = Instant.seconds(1_000)
    let single = CIDR(IPAddress(v4: 500))
    let (a, b) = (SimulatedNode.key(of: "a"), SimulatedNode.key(of: "b"))
    func assigned(_ key: IPAMKey, _ address: UInt32) -> Observation {
      .assigned(key, PodMetadata(), IPAddress(v4: address), card: 0)
    }
    func seen(_ observation: Observation) -> Bool { engine.observe(observation, at: now) }
    #expect(seen(.started))
    #expect(!seen(.cidrAdded(single, "eni-x")))
    #expect(seen(.eniAdded(ENIAttributes(id: "eni-x"), card: 0)))
    #expect(seen(.cidrAdded(single, "eni-x")))
    #expect(seen(.cidrAdded(CIDR(IPAddress(v4: 501)), "eni-x")))
    #expect(seen(assigned(a, 500)))
    // The DEL of the first pod was not seen.
    #expect(seen(assigned(b, 500)))
    #expect(engine.datastores[0].address(of: a) == nil)
    #expect(seen(assigned(b, 501)))
    #expect(!seen(assigned(a, 9)))
    #expect(seen(.released(b, card: 0, cools: true)))
    #expect(engine.datastores[0].statistics.cooling == 1)
    #expect(seen(assigned(a, 501)))
    #expect(engine.datastores[0].statistics == PoolStatistics(total: 2, assigned: 1))
    #expect(engine.datastores[0].inconsistencies().isEmpty)
    #expect(seen(.cidrRemoved(single, "eni-x", byShrinking: true)))
    #expect(engine.reconcileCooldowns.until(single) == now + .seconds(60))
    #expect(seen(.eniRemoved("eni-x", forced: true)))
    #expect(engine.datastores[0].total == -1)
    #expect(engine.datastores[0].inconsistencies().isEmpty)
  }

  @Test("EFA interfaces are kept, EFA-only ones set aside")
  func efa() {
    var node = unstartedNode(enis: 4, [:])
    node.cloud.addInitialENI(kind: .efa)
    node.cloud.addInitialENI(kind: .efaOnly)
    node.start()
    node.settle()
    #expect(node.engine.unmanagedCount == [1])
    #expect(node.pool.enis == 2)
  }
}

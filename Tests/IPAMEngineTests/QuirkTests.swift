import IPAMPlanner
import Testing

@testable import IPAMEngine

/// Behaviour that looks like a fault and is ipamd's. are about log texts and a
/// race of 1.5.2; the engine has no counterpart to them.
@Suite("quirks of ipamd")
struct QuirkTests {
  static func at(_ minor: Int, _ patch: Int) -> BehaviourProfile {
    BehaviourProfile(release: Release(1, minor, patch))
  }

  @Test("Q-1 forced removal of an ENI with pods subtracts its CIDRs twice")
  func q1() {
    var node = makeNode(["WARM_IP_TARGET": "1"])
    node.addPods(1...10)
    node.settle()
    let total = node.engine.datastores[0].total
    guard let lost = node.cloud.attached.last else { return }
    let held = lost.cidrs.count
    node.cloud.detachOutside(lost.id, at: node.now)
    node.wait(.seconds(61))
    node.send(.reconcile)
    let store = node.engine.datastores[0]
    #expect(store.total == total - 2 * held)
    #expect(store.statistics.total == total - held)
  }

  @Test("Q-2 the number of unmanaged ENIs grows at every reconcile before 1.23.0")
  func q2() {
    for (profile, expected) in [(Self.at(22, 4), 3), (Self.at(23, 0), 1)] {
      var node = unstartedNode(profile: profile, [:])
      node.cloud.addInitialENI(tags: [ENITag(key: ENIClassification.noManageTag, value: "true")])
      node.start()
      #expect(node.engine.unmanagedCount == [1])
      for _ in 0..<2 {
        node.wait(.seconds(61))
        node.send(.reconcile)
      }
      #expect(node.engine.unmanagedCount == [expected])
    }
  }

  @Test("Q-3 1.16.3 grows several times in one tick and can turn in circles")
  func q3() {
    for (profile, enis) in [(Self.at(16, 3), 3), (Self.at(16, 4), 2)] {
      var node = makeNode(profile: profile, ["MINIMUM_IP_TARGET": "27"])
      node.send(.updatePool(.lowest))
      #expect(node.pool.enis == enis)
    }
    var full = makeNode(enis: 1, profile: Self.at(16, 3), ["WARM_IP_TARGET": "20"])
    #expect(full.send(.updatePool(.lowest)).notes.contains(.livelock(card: 0)))
  }

  @Test("Q-4 before 1.13.0 shrinking ends at a full ENI or frees the surplus on every ENI")
  func q4() {
    func given(_ profile: BehaviourProfile, _ deleted: [ClosedRange<Int>]) -> Int {
      var node = makeNode(profile: profile, ["WARM_IP_TARGET": "9"])
      node.addPods(1...18)
      node.settle()
      for pods in deleted { node.deletePods(pods) }
      let before = node.calls.count
      node.wait(.seconds(31))
      node.send(.updatePool(.lowest))
      return node.calls.dropFirst(before).reduce(0) { sum, call in
        if case .unassign(_, _, let cidrs) = call { return sum + cidrs.count }
        return sum
      }
    }
    // The first ENI is full: only newer releases go on to the second one.
    #expect(given(Self.at(12, 6), [10...18]) == 0)
    #expect(given(Self.at(13, 0), [10...18]) == 9)
    // Six superfluous addresses; old releases give up to six on each of the three ENIs.
    #expect(given(Self.at(13, 0), [7...9, 16...18]) == 6)
    #expect(given(Self.at(12, 6), [7...9, 16...18]) == 12)
  }

  @Test("Q-5 PrivateIpAddressLimitExceeded counts as success with nothing added, 1.11.4 to 1.12.2")
  func q5() {
    for (profile, total) in [(Self.at(12, 2), 2), (Self.at(12, 5), 9)] {
      var node = makeNode(profile: profile, ["WARM_IP_TARGET": "2"])
      guard let eni = node.cloud.attached.first else { return }
      node.cloud.assignOutside(eni.id, kind: .single, count: 7, at: node.now)
      node.addPods(1...2)
      node.send(.updatePool(.lowest))
      #expect(node.pool.total == total)
    }
  }

  @Test("Q-6 before 1.18.4 reconcile compares numbers: one lost and one new address cancel out")
  func q6() {
    let stored = ["10.0.0.5", "10.0.0.6"].compactMap { CIDR($0) }
    let listed = ["10.0.0.5", "10.0.0.7"].compactMap { CIDR($0) }
    func distrusts(_ profile: BehaviourProfile) -> Bool {
      policy(slots: 9, profile: profile).reconcileDistrusts(listed: listed, stored: stored)
    }
    #expect(!distrusts(Self.at(7, 1)))
    #expect(!distrusts(Self.at(18, 3)))
    #expect(distrusts(Self.at(18, 4)))
    let counting = policy(slots: 9, profile: Self.at(18, 3))
    #expect(counting.reconcileDistrusts(listed: [], stored: stored))
  }

  @Test("Q-7 above card 0 prefix mode counts addresses: an idle prefix is a surplus")
  func q7() {
    let policy = policy(slots: 9, prefixMode: true)
    let idle = PoolStatistics(total: 16, assigned: 0, totalPrefixes: 1)
    #expect(policy.targetState(idle, freePrefixes: 1, card: 1).over == 15)
    #expect(policy.isHigh(idle, freePrefixes: 1, card: 1))
    #expect(policy.isLow(PoolStatistics(total: 0, assigned: 0), freePrefixes: 0, card: 1))
  }

  @Test("Q-8 in prefix mode a DEL leaves free single addresses on the ENI from 1.20.0 on")
  func q8() {
    for (profile, singles) in [(Self.at(19, 6), 0), (Self.at(20, 0), 2)] {
      var node = makeNode(profile: profile, ["WARM_IP_TARGET": "1"])
      node.addPods(1...3)
      node.settle()
      var environment = node.environment
      environment["ENABLE_PREFIX_DELEGATION"] = "true"
      node.restart(environment: environment)
      node.delete("p1")
      node.delete("p2")
      node.delete("p3")
      let left = node.engine.datastores[0].eniIDs.flatMap {
        node.engine.datastores[0].cidrs(of: $0, kind: .single)
      }
      #expect(left.count >= singles)
      #expect((left.isEmpty) == (singles == 0))
    }
  }

  @Test("Q-9 an empty CIDR of an excluded ENI leaves the store only, and reconcile brings it back")
  func q9() {
    var node = unstartedNode(
      tags: [ENITag(key: ENIClassification.subnetRoleTag, value: "0")],
      ["ENABLE_SUBNET_DISCOVERY": "false", "WARM_IP_TARGET": "1"])
    node.cloud = SimulatedCloud(
      eniLimit: 3, addressesPerENI: 10, subnets: node.cloud.subnets)
    node.cloud.addInitialENI(secondaryAddresses: 1)
    node.start()
    node.add("p1")
    node.restart(environment: ["ENABLE_IPv4": "true", "WARM_IP_TARGET": "1"])
    guard let primary = node.cloud.attached.first?.id else { return }
    #expect(node.engine.datastores[0].isExcluded(primary))
    let total = node.engine.datastores[0].total
    node.delete("p1")
    node.wait(.seconds(5))
    #expect(node.engine.datastores[0].cidrs(of: primary).isEmpty)
    #expect(node.engine.datastores[0].total == total)
    node.wait(.seconds(61))
    node.send(.reconcile)
    #expect(node.engine.datastores[0].cidrs(of: primary).count == 1)
    #expect(node.engine.datastores[0].total == total + 1)
  }

  @Test("Q-10 WARM_PREFIX_TARGET still guards ENIs although IP targets replace it")
  func q10() {
    let candidate = PoolPolicy.ReleaseCandidate(
      id: "eni-2", age: .seconds(100), othersAvailable: 100, othersTotal: 100, othersFreeCIDRs: 0)
    let guarded = policy(slots: 9, prefixMode: true) {
      $0.warmIPTarget = 1
      $0.warmPrefixTarget = 1
    }
    #expect(guarded.releaseObstacle(candidate, card: 0) == .neededForWarmPrefixes)
    let free = policy(slots: 9, prefixMode: true) { $0.warmIPTarget = 1 }
    #expect(free.releaseObstacle(candidate, card: 0) == nil)
  }

  @Test("Q-11 WARM_ENI_TARGET has no effect in prefix mode")
  func q11() {
    let pools = ["0", "1", "5"].map { target in
      var node = makeNode([
        "ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1", "WARM_ENI_TARGET": target,
      ])
      return node.steady(pods: 5)
    }
    #expect(pools.allSatisfy { $0 == pools[0] })
  }

  @Test("Q-12 InvalidParameterValue does not count as exhaustion: tried again every tick")
  func q12() {
    var node = makeNode(["WARM_IP_TARGET": "2"])
    node.addPods(1...2)
    node.cloud.fail("AssignPrivateIpAddresses", count: 6, code: "InvalidParameterValue")
    for _ in 0..<3 {
      let before = node.calls.count
      node.send(.updatePool(.lowest))
      #expect(node.calls.count == before + 2)
    }
    #expect(node.engine.lastInsufficient == nil)
  }

  @Test("Q-13 a restart forgets the reconcile cooldown")
  func q13() {
    var node = makeNode(["WARM_IP_TARGET": "1"])
    node.addPods(1...5)
    node.settle()
    node.deletePods(1...5)
    node.send(.updatePool(.lowest))
    #expect(!node.engine.reconcileCooldowns.entries.isEmpty)
    node.restart()
    #expect(node.engine.reconcileCooldowns.entries.isEmpty)
  }

  @Test("Q-14 a failing subnet check lets the primary address into the pool, 1.22.0 to 1.22.3")
  func q14() {
    for (profile, slips) in [(Self.at(22, 3), true), (Self.at(22, 4), false)] {
      var node = unstartedNode(profile: profile, ["WARM_IP_TARGET": "1"])
      node.cloud.fail("DescribeSubnets", count: 6, code: "RequestLimitExceeded")
      node.start()
      node.wait(.seconds(61))
      node.send(.reconcile)
      guard let primary = node.cloud.attached.first?.primaryAddress else { return }
      let held = node.engine.datastores[0].snapshot.flatMap(\.cidrs)
      #expect(held.contains(CIDR(primary)) == slips)
    }
  }

  @Test("Q-15 the primary addresses of released ENIs are kept, 1.20.0 to 1.23.0")
  func q15() {
    for (profile, remembered) in [(Self.at(23, 0), 3), (Self.at(23, 1), 1)] {
      var node = makeNode(profile: profile, [:])
      _ = node.steady(pods: 20)
      node.deletePods(1...20)
      node.settle()
      #expect(node.pool.enis == 1)
      #expect(node.engine.primaryAddresses.count == remembered)
    }
  }

  @Test("Q-16 a partly visible new ENI is accepted from one address, but only from two prefixes")
  func q16() {
    func enis(_ environment: [String: String], visiblePrefixes: Int) -> Int {
      var environment = environment
      environment["ENABLE_IPv4"] = "true"
      let node = unstartedNode(addresses: 4, environment)
      var engine = node.engine
      var cloud = node.cloud
      var now = Instant.seconds(0)
      func run(_ event: Event) {
        var effects = engine.handle(event, at: now)
        while case .call(let id, let call)? = effects.last(where: \.isCall) {
          if case .wait(let pause, _) = call { now = now + pause }
          var reply = cloud.answer(call, at: now)
          if case .interfaces(let list) = reply {
            reply = .interfaces(
              list.map { eni in
                guard !eni.isPrimary else { return eni }
                var eni = eni
                eni.addresses = Array(eni.addresses.prefix(2))
                eni.prefixes = Array(eni.prefixes.prefix(visiblePrefixes))
                return eni
              })
          }
          effects = engine.handle(.reply(id, reply), at: now)
        }
      }
      run(.start(.lowest))
      run(.updatePool(.lowest))
      return engine.datastores[0].eniCount
    }
    let prefixes = ["ENABLE_PREFIX_DELEGATION": "true", "WARM_IP_TARGET": "96"]
    #expect(enis(["WARM_IP_TARGET": "6"], visiblePrefixes: 0) == 2)
    #expect(enis(prefixes, visiblePrefixes: 1) == 1)
    #expect(enis(prefixes, visiblePrefixes: 2) == 2)
  }

  @Test("Q-17 a DEL that never arrives keeps the address until a restart finds the veth gone")
  func q17() {
    var node = makeNode([:])
    node.add("p1")
    node.loseLink(of: "p1")
    node.settle()
    #expect(node.engine.datastores[0].assigned == 1)
    node.restart()
    #expect(node.engine.datastores[0].assigned == 0)
  }

  @Test("Q-18 security groups for pods without a trunk: reconcile at every tick")
  func q18() {
    var node = makeNode(["ENABLE_POD_ENI": "true"])
    node.tick()
    #expect(node.engine.lastPoolAction == node.now)
    node.tick()
    #expect(node.engine.lastPoolAction == node.now)
    #expect(
      !policy(slots: 9, profile: Self.at(12, 6)) { $0.podENI = true }
        .reconcileIsDue(lastPoolAction: .seconds(0), hasTrunk: false, now: .seconds(5)))
  }

  @Test("Q-19 the drifting prefix counter feeds the surplus of prefix mode")
  func q19() {
    let policy = policy(slots: 9, prefixMode: true) { $0.warmIPTarget = 1 }
    let numbers = PoolStatistics(total: 48, assigned: 1, totalPrefixes: 3)
    #expect(policy.surplus(numbers, freePrefixes: 2, card: 0) == 2)
    var drifted = numbers
    drifted.totalPrefixes = 1
    #expect(policy.surplus(drifted, freePrefixes: 2, card: 0) == 0)
  }

  @Test("Q-23 cooling addresses count as available, so an ADD can fail while the pool is not low")
  func q23() {
    var node = makeNode(enis: 1, addresses: 3, ["WARM_IP_TARGET": "1"])
    node.addPods(1...2)
    node.delete("p1")
    #expect(node.engine.decisions()?.isLow == false)
    #expect(node.add("p3")?.failure == .noAddress)
  }

  @Test("Q-24 growth ends at maxPods even if part of the total is of no use")
  func q24() {
    let policy = policy(slots: 9, maxPods: 18) { $0.warmIPTarget = 5 }
    #expect(!policy.isLow(PoolStatistics(total: 18, assigned: 18), freePrefixes: 0, card: 0))
    #expect(policy.isLow(PoolStatistics(total: 17, assigned: 17), freePrefixes: 0, card: 0))
  }

  @Test("Q-25 a cordoned node shrinks but does not grow")
  func q25() {
    var node = makeNode(["WARM_IP_TARGET": "2"])
    node.addPods(1...4)
    node.settle()
    node.send(.cordon(true))
    node.add("p5")
    #expect(
      node.send(.updatePool(.lowest)).notes.contains(.growthBlocked(.cordoned, card: 0)))
    node.deletePods(1...5)
    node.wait(.seconds(31))
    node.send(.updatePool(.lowest))
    #expect(node.pool.total == 2)
    var overridden = makeNode(["WARM_IP_TARGET": "2", "AWS_MANAGE_ENIS_NON_SCHEDULABLE": "true"])
    overridden.send(.cordon(true))
    overridden.addPods(1...2)
    #expect(overridden.steady(pods: 2).free == 2)
  }
}

extension Effect {
  var isCall: Bool {
    if case .call = self { return true }
    return false
  }
}

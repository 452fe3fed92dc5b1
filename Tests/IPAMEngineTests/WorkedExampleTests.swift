import IPAMEngine
import IPAMPlanner
import Testing

/// Steady states after growth, with tightly packed pods.
@Suite("worked examples of ipamd's documents and of the source")
struct WorkedExampleTests {
  static let t3small = (enis: 3, addresses: 4)
  static let p3dn = (enis: 15, addresses: 50)

  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let enis: Int
    let addresses: Int
    let environment: [String: String]
    let expected: [(pods: Int, pool: Pool)]
    var maxPods = 1_000
    var testDescription: String { name }
  }

  static let secondaryIP: [Row] = [
    Row(
      name: "W-1 t3.small, one warm ENI", enis: 3, addresses: 4,
      environment: ["WARM_ENI_TARGET": "1"],
      expected: [(0, Pool(1, 3, 3)), (5, Pool(3, 9, 4)), (9, Pool(3, 9, 0))]),
    Row(
      name: "W-2 t3.small, 1 warm, minimum 1", enis: 3, addresses: 4,
      environment: ["WARM_IP_TARGET": "1", "MINIMUM_IP_TARGET": "1"],
      expected: [(0, Pool(1, 1, 1)), (5, Pool(2, 6, 1)), (9, Pool(3, 9, 0))]),
    Row(
      name: "W-3 t3.small, 2 warm, minimum 5", enis: 3, addresses: 4,
      environment: ["WARM_IP_TARGET": "2", "MINIMUM_IP_TARGET": "5"],
      expected: [(0, Pool(2, 5, 5)), (5, Pool(3, 7, 2)), (9, Pool(3, 9, 0))]),
    Row(
      name: "W-4 p3dn, one warm ENI", enis: 15, addresses: 50,
      environment: ["WARM_ENI_TARGET": "1"],
      expected: [(0, Pool(1, 49, 49)), (3, Pool(2, 98, 95)), (95, Pool(3, 147, 52))]),
    Row(
      name: "W-5 p3dn, 5 warm, minimum 10", enis: 15, addresses: 50,
      environment: ["WARM_IP_TARGET": "5", "MINIMUM_IP_TARGET": "10"],
      expected: [
        (0, Pool(1, 10, 10)), (7, Pool(1, 12, 5)), (15, Pool(1, 20, 5)), (45, Pool(2, 50, 5)),
      ]),
    // The guide says that the second ENI stays warm and empty until the sixth pod. A warm ENI is a
    // number of addresses: the first pod already makes the second ENI necessary.
    Row(
      name: "W-12 five usable addresses per ENI", enis: 8, addresses: 6,
      environment: ["WARM_ENI_TARGET": "1"],
      expected: [
        (0, Pool(1, 5, 5)), (1, Pool(2, 10, 9)), (5, Pool(2, 10, 5)), (6, Pool(3, 15, 9)),
        (10, Pool(3, 15, 5)), (11, Pool(4, 20, 9)),
      ]),
    // The guide says "16th pod, 20 more addresses". It is the 15th on a 20-address ENI, and the
    // new ENI takes one secondary address with its primary one.
    Row(
      name: "W-13 ENI of 20 addresses, 5 warm", enis: 8, addresses: 20,
      environment: ["WARM_IP_TARGET": "5", "WARM_ENI_TARGET": "0"],
      expected: [(14, Pool(1, 19, 5)), (15, Pool(2, 20, 5)), (16, Pool(2, 21, 5))]),
    // The guide says "9 more ENIs". With 9 usable addresses it takes 11 more.
    Row(
      name: "W-14 minimum 100", enis: 16, addresses: 10,
      environment: ["MINIMUM_IP_TARGET": "100"], expected: [(0, Pool(12, 100, 100))]),
    Row(
      name: "W-14 with ten usable addresses", enis: 16, addresses: 11,
      environment: ["MINIMUM_IP_TARGET": "100"], expected: [(0, Pool(10, 100, 100))]),
    Row(
      name: "W-14 with eight ENIs", enis: 8, addresses: 10,
      environment: ["MINIMUM_IP_TARGET": "100"], expected: [(0, Pool(8, 72, 72))]),
    // The guide says "regardless of WARM_IP_TARGET": true only up to 95 pods.
    Row(
      name: "W-15 minimum 100 with 5 warm", enis: 16, addresses: 10,
      environment: ["MINIMUM_IP_TARGET": "100", "WARM_IP_TARGET": "5"],
      expected: [(95, Pool(12, 100, 5)), (97, Pool(12, 102, 5))]),
    Row(
      name: "W-21 MAX_ENI=2", enis: 3, addresses: 10, environment: ["MAX_ENI": "2"],
      expected: [(18, Pool(2, 18, 0))]),
    Row(
      name: "W-22 trunk slot reserved", enis: 3, addresses: 10,
      environment: ["ENABLE_POD_ENI": "true"], expected: [(18, Pool(2, 18, 0))]),
    Row(
      name: "W-23 maxPods 50", enis: 8, addresses: 30, environment: [:],
      expected: [(1, Pool(2, 58, 57)), (50, Pool(2, 58, 8))], maxPods: 50),
    Row(
      name: "W-24 WARM_ENI_TARGET=0", enis: 3, addresses: 10,
      environment: ["WARM_ENI_TARGET": "0"],
      expected: [(0, Pool(1, 9, 9)), (8, Pool(1, 9, 1)), (10, Pool(2, 18, 8))]),
    Row(
      name: "W-26 t3.medium, 2 warm, minimum 12", enis: 3, addresses: 6,
      environment: ["WARM_IP_TARGET": "2", "MINIMUM_IP_TARGET": "12"],
      expected: [
        (0, Pool(3, 12, 12)), (10, Pool(3, 12, 2)), (11, Pool(3, 13, 2)), (12, Pool(3, 14, 2)),
      ]),
    Row(
      name: "W-27 m4.4xlarge", enis: 8, addresses: 30, environment: [:],
      expected: [(1, Pool(2, 58, 57)), (29, Pool(2, 58, 29)), (30, Pool(3, 87, 57))]),
  ]

  static let prefix: [Row] = [
    Row(
      name: "W-6", enis: 3, addresses: 4, environment: ["WARM_PREFIX_TARGET": "1"],
      expected: [
        (0, .prefix(1, 1, 16)), (5, .prefix(1, 2, 27)), (16, .prefix(1, 2, 16)),
        (17, .prefix(1, 3, 31)), (58, .prefix(2, 5, 22)),
      ], maxPods: 250),
    Row(
      name: "W-7", enis: 3, addresses: 4,
      environment: ["WARM_IP_TARGET": "1", "MINIMUM_IP_TARGET": "1"],
      expected: [
        (0, .prefix(1, 1, 16)), (5, .prefix(1, 1, 11)), (17, .prefix(1, 2, 15)),
        (58, .prefix(2, 4, 6)),
      ], maxPods: 250),
    // The document says one prefix and 16 free addresses for no pods: the minimum of 20 takes two.
    Row(
      name: "W-8", enis: 3, addresses: 4,
      environment: ["WARM_IP_TARGET": "7", "MINIMUM_IP_TARGET": "20"],
      expected: [
        (0, .prefix(1, 2, 32)), (5, .prefix(1, 2, 27)), (17, .prefix(1, 2, 15)),
        (58, .prefix(2, 5, 22)),
      ], maxPods: 250),
    // The document counts 2 and 3 ENIs: 49 slots hold 784 addresses, so one ENI is enough.
    Row(
      name: "W-9", enis: 15, addresses: 50, environment: ["WARM_PREFIX_TARGET": "1"],
      expected: [(0, .prefix(1, 1, 16)), (3, .prefix(1, 2, 29)), (95, .prefix(1, 7, 17))],
      maxPods: 250),
    Row(
      name: "W-10", enis: 15, addresses: 50,
      environment: ["WARM_IP_TARGET": "5", "MINIMUM_IP_TARGET": "10"],
      expected: [
        (0, .prefix(1, 1, 16)), (7, .prefix(1, 1, 9)), (15, .prefix(1, 2, 17)),
        (45, .prefix(1, 4, 19)),
      ], maxPods: 250),
    Row(
      name: "W-19", enis: 3, addresses: 10, environment: ["WARM_PREFIX_TARGET": "1"],
      expected: [
        (33, .prefix(1, 4, 31)), (80, .prefix(1, 6, 16)), (81, .prefix(1, 7, 31)),
        (97, .prefix(1, 7, 15)), (110, .prefix(1, 7, 2)),
      ], maxPods: 110),
    Row(
      name: "W-25", enis: 3, addresses: 10, environment: ["WARM_IP_TARGET": "16"],
      expected: [(0, .prefix(1, 1, 16)), (1, .prefix(1, 2, 31))], maxPods: 110),
  ]

  @Test("secondary-IP pools settle at E / T / F", arguments: secondaryIP)
  func secondary(row: Row) {
    for (pods, pool) in row.expected {
      var node = makeNode(
        enis: row.enis, addresses: row.addresses, maxPods: row.maxPods, row.environment)
      #expect(node.steady(pods: pods) == pool, "\(pods) pods")
    }
  }

  @Test("prefix pools settle at E / prefixes / F", arguments: prefix)
  func prefixes(row: Row) {
    for (pods, pool) in row.expected {
      let environment = row.environment.merging(["ENABLE_PREFIX_DELEGATION": "true"]) { $1 }
      var node = makeNode(
        enis: row.enis, addresses: row.addresses, maxPods: row.maxPods, environment)
      #expect(node.steady(pods: pods) == pool, "\(pods) pods")
    }
  }

  @Test("W-6 with the default of 11 pods stops at one prefix")
  func smallMaxPods() {
    var node = makeNode(
      addresses: 4, maxPods: 11,
      ["ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"])
    #expect(node.steady(pods: 9) == .prefix(1, 1, 7))
  }

  @Test("W-11 three c5.large with two busy nodes use 50 addresses, 43 of them warm")
  func threeNodes() {
    // The guide counts 49.
    let pools = [1, 1, 0].map { pods in
      var node = makeNode([:])
      return node.steady(pods: pods)
    }
    #expect(pools == [Pool(2, 18, 17), Pool(2, 18, 17), Pool(1, 9, 9)])
    #expect(pools.reduce(0) { $0 + $1.enis + $1.total } == 50)
    #expect(pools.reduce(0) { $0 + $1.free } == 43)
  }

  @Test("W-16 a minimum alone never grows beyond itself")
  func onlyMinimum() {
    var node = makeNode(["MINIMUM_IP_TARGET": "10"])
    #expect(node.steady(pods: 0) == Pool(2, 10, 10))
    #expect(node.steady(pods: 10) == Pool(2, 10, 0))
    #expect(node.add("p11")?.failure == .noAddress)
    node.settle()
    #expect(node.add("p11")?.failure == .noAddress)
  }

  @Test("W-17 idle ENIs go one per tick when their cooldown is over")
  func releaseOfENIs() {
    var node = makeNode([:])
    #expect(node.steady(pods: 20) == Pool(3, 27, 7))
    let start = node.now
    node.deletePods(1...20)
    #expect(node.engine.datastores[0].statistics.cooling == 20)
    var released: [Interval] = []
    for _ in 0..<12 {
      let before = node.pool.enis
      node.tick()
      if node.pool.enis < before { released.append(node.now - start) }
    }
    #expect(released.count == 2)
    #expect(released.allSatisfy { $0 > .seconds(30) && $0 <= .seconds(47) })
    #expect(node.pool == Pool(1, 9, 9))
  }

  @Test("W-17 a pod left on another ENI keeps that ENI")
  func releaseWithOnePod() {
    var node = makeNode([:])
    _ = node.steady(pods: 20)
    node.deletePods(1...19)
    node.settle()
    #expect(node.pool == Pool(2, 18, 17))
  }

  @Test("W-18 shrinking gives back cooling addresses")
  func shrinkWhileCooling() {
    var node = makeNode(
      enis: 15, addresses: 50, ["WARM_IP_TARGET": "5", "MINIMUM_IP_TARGET": "10"])
    #expect(node.steady(pods: 45) == Pool(2, 50, 5))
    node.deletePods(6...45)
    node.tick()
    #expect(node.pool.total == 10)
    #expect(node.pool.free == 5)
  }

  @Test("W-19 three pods in one prefix leave two prefixes")
  func prefixesAfterDeletion() {
    var node = makeNode(
      maxPods: 110, ["ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"])
    _ = node.steady(pods: 33)
    node.deletePods(4...33)
    node.settle()
    #expect(node.pool == .prefix(1, 2, 29))
  }

  @Test("W-20 custom networking: the primary ENI gives nothing")
  func customNetworking() {
    var node = unstartedNode(maxPods: 20, ["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"])
    node.send(.eniConfig(subnet: "subnet-b"))
    node.start()
    #expect(node.steady(pods: 0) == Pool(2, 9, 9))
    #expect(node.steady(pods: 1) == Pool(3, 18, 17))
    #expect(node.steady(pods: 18) == Pool(3, 18, 0))
    #expect(node.add("p19")?.failure == .noAddress)
  }

  @Test("W-23 releases before 1.16.3 do not know maxPods")
  func oldMaxPods() {
    var node = makeNode(
      enis: 8, addresses: 30, maxPods: 50, profile: BehaviourProfile(release: Release(1, 16, 2)),
      [:])
    #expect(node.steady(pods: 50).enis == 3)
  }

  @Test("W-24 with exactly one full ENI the second one comes and goes")
  func zeroWarmENIs() {
    var node = makeNode(["WARM_ENI_TARGET": "0"])
    node.addPods(1...9)
    node.tick()
    #expect(node.pool == Pool(2, 18, 9))
    // Its 9 addresses are as many as ipamd thinks superfluous, and nothing holds it but its age.
    let sizes = (0..<20).map { _ in
      node.tick()
      return node.pool.enis
    }
    #expect(sizes.contains(1))
    #expect(sizes.last == 2)
  }

  @Test("W-28 a small subnet: 9 addresses, then a pause of 120 s for ever")
  func smallSubnet() {
    var node = makeNode(free: 12, [:])
    node.addPods(1...1)
    node.settle()
    #expect(node.pool == Pool(1, 9, 8))
    #expect(node.engine.decisions()?.isLow == true)
  }

  @Test("W-29 one address per tick out of the last three, then a pause")
  func lastAddresses() {
    var node = makeNode(free: 4, ["ENABLE_SUBNET_DISCOVERY": "false"])
    #expect(node.pool.total == 1)
    node.tick()
    node.tick()
    #expect(node.pool.total == 3)
    #expect(node.engine.lastInsufficient == nil)
    node.tick()
    #expect(node.engine.lastInsufficient != nil)
  }

  @Test("W-30 cooldown starvation: not low, and yet no address")
  func cooldownStarvation() {
    var node = makeNode(["WARM_IP_TARGET": "2", "MINIMUM_IP_TARGET": "23"])
    _ = node.steady(pods: 0)
    node.addPods(1...23)
    node.deletePods(20...23)
    #expect(node.engine.decisions()?.isLow == false)
    #expect(node.pool.free == 4)
    #expect(node.add("late")?.failure == .noAddress)
    node.wait(.seconds(31))
    #expect(node.add("late")?.isSuccess == true)
  }

  @Test("W-31 IPv6: one /80 and no pool actions")
  func ipv6() {
    var node = makeNode(["ENABLE_IPv6": "true", "ENABLE_PREFIX_DELEGATION": "true"])
    node.addPods(1...200)
    let calls = node.calls.count
    node.settle()
    #expect(node.calls.count == calls)
    #expect(node.engine.datastores[0].total == 281_474_976_710_656)
    #expect(node.engine.datastores[0].assigned == 200)
  }

  @Test("W-32 after a restart nothing is released for 60 s, and nothing cools")
  func restart() {
    var node = makeNode([:])
    _ = node.steady(pods: 20)
    node.deletePods(1...20)
    node.restart()
    #expect(node.engine.datastores[0].statistics.cooling == 0)
    node.run(for: .seconds(50))
    #expect(node.pool.enis == 3)
    node.run(for: .seconds(30))
    #expect(node.pool.enis == 1)
  }

  @Test("W-33 a cordoned node shrinks its pool but keeps its ENIs")
  func cordon() {
    var node = makeNode(["WARM_IP_TARGET": "5"])
    _ = node.steady(pods: 15)
    let enis = node.pool.enis
    node.send(.cordon(true))
    node.deletePods(1...15)
    node.settle()
    #expect(node.pool.total == 5)
    #expect(node.pool.enis == enis)
  }

  @Test("W-34 WARM_IP_TARGET=1 costs a call for almost every pod event")
  func callsPerPod() {
    var node = makeNode(["WARM_IP_TARGET": "1"])
    node.settle()
    let before = node.calls.count
    for round in 1...10 {
      node.add("p\(round)")
      node.run(for: .seconds(60))
      node.delete("p\(round)")
      node.run(for: .seconds(60))
    }
    #expect(node.calls.count - before >= 20)
  }

  @Test("the worked node of the documentation")
  func documentedNode() {
    var node = makeNode(maxPods: 29, [:])
    #expect(node.pool == Pool(1, 9, 9))
    node.tick()
    node.wait(.seconds(1))
    node.add("p1")
    #expect(node.pool == Pool(1, 9, 8))
    node.tick()
    #expect(node.pool == Pool(2, 18, 17))
    node.addPods(2...10)
    #expect(node.pool == Pool(2, 18, 8))
    node.tick()
    #expect(node.pool == Pool(3, 27, 17))
    node.addPods(11...27)
    node.tick()
    #expect(node.pool == Pool(3, 27, 0))
    #expect(node.add("p28")?.failure == .noAddress)
    node.run(for: .seconds(60))
    node.deletePods(1...27)
    node.tick()
    #expect(node.pool == Pool(3, 27, 27))
    #expect(node.add("p29")?.failure == .noAddress)
    node.run(for: .seconds(45))
    #expect(node.pool == Pool(1, 9, 9))
  }
}

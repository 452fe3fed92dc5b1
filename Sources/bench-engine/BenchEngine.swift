import IPAMEngine

/// Measures pod events per second on pools of several sizes.
@main
struct BenchEngine {
  static let sizes = [50, 250, 1_000, 10_000]

  static func main() {
    print("events per second (one event = one ADD or one DEL, half of the pool in use)")
    print(row("pool", "secondary IP", "prefix"))
    for size in sizes {
      let single = measure(size, prefixMode: false)
      let prefix = measure(size, prefixMode: true)
      print(row(grouped(size), grouped(single), grouped(prefix)))
    }
  }

  /// Best of five runs: the machine may be shared, and noise only ever slows a run down.
  private static func measure(_ size: Int, prefixMode: Bool) -> Int {
    let workload = Workload(size: size, prefixMode: prefixMode)
    return (0..<5).map { _ in workload.eventsPerSecond() }.max() ?? 0
  }

  private static func row(_ cells: String...) -> String {
    cells.map { String(repeating: " ", count: max(14 - $0.count, 0)) + $0 }.joined()
  }

  private static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }
}

/// A node with a pool of a given size, and a stream of ADDs and DELs for it.
struct Workload {
  private var engine: Engine
  private let requests: [AddRequest]
  private let half: Int

  /// Pods of the stream: enough to walk through the whole pool several times.
  private static let rounds = 400_000

  init(size: Int, prefixMode: Bool) {
    let slots = 49
    let perENI = prefixMode ? slots * 16 : slots
    let enis = (size + perENI - 1) / perENI
    var environment = ["ENABLE_IPv4": "true", "IP_COOLDOWN_PERIOD": "0"]
    if prefixMode { environment["ENABLE_PREFIX_DELEGATION"] = "true" }
    engine = Engine(
      configuration: Configuration(environment: environment),
      limits: InstanceLimits(eniLimit: enis, ipv4PerENI: slots + 1), maxPods: size,
      instanceID: "i-0")
    half = size / 2
    requests = (0..<size).map { number in
      AddRequest(
        key: IPAMKey(
          networkName: "aws-cni", containerID: "0f3c9d7e5b1a\(number)", ifName: "eth0"),
        namespace: "default", name: "web-\(number)")
    }
    start(Self.interfaces(size: size, slots: slots, prefixMode: prefixMode))
  }

  private static func interfaces(
    size: Int, slots: Int, prefixMode: Bool
  ) -> [MetadataInterface] {
    var left = prefixMode ? (size + 15) / 16 : size
    var next: UInt32 = 0x0A00_0000
    var interfaces: [MetadataInterface] = []
    while left > 0 {
      let count = min(left, slots)
      left -= count
      let primary = IPAddress(v4: next)
      var eni = MetadataInterface(
        id: ENIID("eni-\(1_000 + interfaces.count)"), device: interfaces.count,
        subnet: "subnet-a", primaryAddress: primary, addresses: [primary])
      next += 16
      for _ in 0..<count {
        let address = IPAddress(v4: next)
        next += 16
        if prefixMode {
          eni.prefixes.append(CIDR(address, length: 28))
        } else {
          eni.addresses.append(address)
        }
      }
      interfaces.append(eni)
    }
    return interfaces
  }

  private mutating func start(_ interfaces: [MetadataInterface]) {
    var effects = engine.handle(.start(.lowest), at: .seconds(0))
    while case .call(let id, let call) = effects.last {
      let reply: Reply =
        switch call {
        case .listInterfaces: .interfaces(interfaces)
        case .describeInterfaces(let ids): .described(ids.map { DescribedInterface(id: $0) })
        case .describeSubnets: .subnets([])
        case .readCheckpoint: .checkpoint(.missing)
        default: .done
        }
      effects = engine.handle(.reply(id, reply), at: .seconds(0))
    }
    precondition(engine.phase == .running, "the node did not start")
    for pod in 0..<half { _ = engine.handle(.addPod(requests[pod], .lowest), at: .seconds(1)) }
  }

  /// Replaces the oldest pod by a new one, round after round.
  func eventsPerSecond() -> Int {
    var engine = engine
    var refused = 0
    let clock = ContinuousClock()
    let time = clock.measure {
      for round in 0..<Self.rounds {
        let now = Instant.milliseconds(2_000 + round)
        let leaving = requests[round % requests.count]
        let coming = requests[(round + half) % requests.count]
        _ = engine.handle(.deletePod(DeleteRequest(key: leaving.key)), at: now)
        let effects = engine.handle(.addPod(coming, .lowest), at: now)
        if case .added(let reply)? = effects.last, reply.isSuccess { continue }
        refused += 1
      }
    }
    precondition(refused == 0, "the pool ran dry")
    return Int(Double(2 * Self.rounds) / (time / .seconds(1)))
  }
}

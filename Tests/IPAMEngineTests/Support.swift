import IPAMEngine
import IPAMPlanner

/// A node of a type with U usable addresses per ENI in one unlimited subnet, started.
func makeNode(
  enis: Int = 3, addresses: Int = 10, maxPods: Int = 1_000, free: Int? = nil,
  profile: BehaviourProfile = .newest, tags: [ENITag] = [], _ environment: [String: String]
) -> SimulatedNode {
  var node = unstartedNode(
    enis: enis, addresses: addresses, maxPods: maxPods, free: free, profile: profile, tags: tags,
    environment)
  node.start()
  return node
}

func unstartedNode(
  enis: Int = 3, addresses: Int = 10, maxPods: Int = 1_000, free: Int? = nil,
  profile: BehaviourProfile = .newest, tags: [ENITag] = [], _ environment: [String: String]
) -> SimulatedNode {
  let subnet = SimulatedSubnet(
    id: "subnet-a", cidr: CIDR(IPAddress(v4: 0x0A00_0000), length: 16),
    cidrV6: CIDR("2001:db8:0:1::/64"), tags: tags, freeAddresses: free)
  let second = SimulatedSubnet(
    id: "subnet-b", cidr: CIDR(IPAddress(v4: 0x0A01_0000), length: 16),
    tags: tags.isEmpty ? [] : [ENITag(key: ENIClassification.subnetRoleTag, value: "1")])
  var environment = environment
  if environment["ENABLE_IPv6"] == nil { environment["ENABLE_IPv4"] = "true" }
  return SimulatedNode(
    environment: environment, limits: InstanceLimits(eniLimit: enis, ipv4PerENI: addresses),
    maxPods: maxPods,
    cloud: SimulatedCloud(
      eniLimit: enis, addressesPerENI: addresses, subnets: [subnet, second]), profile: profile)
}

extension SimulatedNode {
  /// Adds pods `p<first>`…, ticking whenever the pool is empty.
  mutating func addPods(_ numbers: ClosedRange<Int>, patience: Int = 40) {
    for number in numbers {
      var left = patience
      while add("p\(number)")?.isSuccess != true, left > 0 {
        tick()
        left -= 1
      }
    }
  }

  mutating func deletePods(_ numbers: ClosedRange<Int>) {
    for number in numbers { delete("p\(number)") }
  }

  /// Ticks until nothing changes any more: longer than every cooldown and interval.
  mutating func settle() { run(for: .seconds(400)) }

  var pool: Pool {
    let store = engine.datastores[0]
    let numbers = store.statistics
    return Pool(
      enis: store.eniCount, total: numbers.total, free: numbers.available,
      prefixes: numbers.totalPrefixes)
  }

  mutating func steady(pods: Int) -> Pool {
    if pods > 0 { addPods(1...pods) }
    settle()
    return pool
  }
}

/// ENIs, addresses, available addresses and prefixes of card 0.
struct Pool: Equatable, CustomStringConvertible {
  var enis: Int
  var total: Int
  var free: Int
  var prefixes: Int

  init(enis: Int, total: Int, free: Int, prefixes: Int) {
    self.enis = enis
    self.total = total
    self.free = free
    self.prefixes = prefixes
  }

  /// Secondary-IP mode, in the order of the worked examples: E / T / F.
  init(_ enis: Int, _ total: Int, _ free: Int) {
    self.init(enis: enis, total: total, free: free, prefixes: 0)
  }

  /// Prefix mode: E / prefixes / F.
  static func prefix(_ enis: Int, _ prefixes: Int, _ free: Int) -> Pool {
    Pool(enis: enis, total: 16 * prefixes, free: free, prefixes: prefixes)
  }

  var description: String { "E\(enis)/T\(total)/F\(free)/P\(prefixes)" }
}

extension Array where Element == Effect {
  var notes: [Note] {
    compactMap { effect in
      if case .note(let note) = effect { return note }
      return nil
    }
  }
}

import IPAMEngine
import IPAMPlanner

/// A simulated node: the engine, EC2 around it, and what outlives a restart of ipamd.
struct Node {
  var engine: Engine
  var cloud: SimulatedCloud
  var environment: [String: String]
  var checkpoint: [Int: [CheckpointEntry]] = [:]
  /// Pods with a veth on the host.
  var veths: Set<String> = []
  /// Pods the API server knows.
  var knownPods: Set<String> = []
  var replies = Replies()
  let limits: InstanceLimits
  let maxPods: Int
  let eniConfigSubnet: String?

  /// Answers of the handlers since the event began.
  struct Replies {
    var added: AddReply?
    var deleted: DeleteReply?
  }

  init(_ config: Recording.Config) throws {
    limits = try Self.limits(of: config)
    maxPods = config.maxPods ?? 0
    environment = config.env ?? [:]
    environment["CLUSTER_NAME"] = "cluster-1"
    eniConfigSubnet = config.eniConfigSubnet
    let subnets = try config.subnets.map { subnet in
      SimulatedSubnet(
        id: subnet.id, cidr: try Self.cidr(subnet.cidr), cidrV6: try subnet.cidr6.map(Self.cidr),
        tags: Self.tags(subnet.tags), freeAddresses: subnet.freeAddresses,
        freePrefixes: subnet.freePrefixes)
    }
    guard !subnets.isEmpty else { throw ConformanceError("the node has no subnet") }
    cloud = SimulatedCloud(
      eniLimit: limits.eniLimit, addressesPerENI: limits.ipv4PerENI, subnets: subnets,
      metadataLag: .milliseconds(Clock.milliseconds(config.imdsLagSeconds ?? 0)))
    for eni in config.initialENIs ?? [] {
      cloud.addInitialENI(
        secondaryAddresses: eni.secondaryIPs ?? 0, prefixes: eni.prefixes ?? 0,
        tags: Self.tags(eni.tags), kind: Self.kind(eni.type))
    }
    engine = Self.engine(environment, limits, maxPods, eniConfigSubnet)
  }

  /// A recorded type keeps its own table row, so that trunk and cards are right; the recorded
  /// limits win over the row.
  private static func limits(of config: Recording.Config) throws -> InstanceLimits {
    var limits: InstanceLimits
    if let type = config.instanceType, case .known(let known) = InstanceLimits.lookUp(type) {
      limits = known
    } else if let enis = config.eniLimit, let addresses = config.addressesPerENI {
      limits = InstanceLimits(eniLimit: enis, ipv4PerENI: addresses)
    } else {
      throw ConformanceError("neither a known instance type nor its limits")
    }
    limits.eniLimit = config.eniLimit ?? limits.eniLimit
    limits.ipv4PerENI = config.addressesPerENI ?? limits.ipv4PerENI
    if let text = config.hypervisor {
      limits.hypervisor = InstanceLimits.Hypervisor(rawValue: text) ?? .unknown
    }
    return limits
  }

  private static func engine(
    _ environment: [String: String], _ limits: InstanceLimits, _ maxPods: Int, _ subnet: String?
  ) -> Engine {
    var engine = Engine(
      configuration: Configuration(environment: environment), limits: limits, maxPods: maxPods,
      instanceID: "i-00000000000000001")
    _ = engine.handle(.eniConfig(subnet: subnet), at: .seconds(0))
    return engine
  }

  static func cidr(_ text: String) throws -> CIDR {
    guard let cidr = CIDR(text) else { throw ConformanceError("\(text) is not a CIDR") }
    return cidr
  }

  static func tags(_ tags: [String: String]?) -> [ENITag] {
    (tags ?? [:]).map { ENITag(key: $0.key, value: $0.value) }.sorted { $0.key < $1.key }
  }

  static func kind(_ text: String?) -> DescribedInterface.Kind {
    text.flatMap(DescribedInterface.Kind.init) ?? .interface
  }

  mutating func restart(_ event: RecordedEvent) {
    for (name, value) in event.env ?? [:] { environment[name] = value }
    for name in event.unset ?? [] { environment[name] = nil }
    for pod in event.pods ?? [] { veths.remove(pod) }
    for store in engine.datastores {
      checkpoint[store.networkCard] = engine.checkpoint(card: store.networkCard)
    }
    engine = engine.restarted(configuration: Configuration(environment: environment))
  }

  func readCheckpoint(card: Int) -> Reply {
    guard let entries = checkpoint[card] else { return .checkpoint(.missing) }
    let marked = entries.map { entry in
      var entry = entry
      entry.hasHostLink = veths.contains(entry.metadata.name)
      return entry
    }
    return .checkpoint(.contents(version: CheckpointRead.version, marked))
  }
}

/// Conversions between recorded seconds and engine time.
enum Clock {
  static func milliseconds(_ seconds: Double) -> Int { Int((seconds * 1000).rounded()) }

  static func instant(_ seconds: Double) -> Instant { .milliseconds(milliseconds(seconds)) }

  static func seconds(_ instant: Instant) -> Double { Double(instant.nanoseconds) / 1e9 }
}

/// Why a scenario cannot be run.
public struct ConformanceError: Error, CustomStringConvertible {
  /// What is wrong, in words.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

public import IPAMEngine

/// A node with ipamd and simulated EC2 around it, run in a closed loop.
///
/// Calls take no time; pauses take their shortest time. Where ipamd is free to choose, the lowest
/// ENI, CIDR and address is taken, so that pods are packed as tightly as ipamd could pack them.
public struct SimulatedNode: Sendable {
  /// ipamd.
  public private(set) var engine: Engine
  /// EC2 and the metadata.
  public var cloud: SimulatedCloud
  /// Time of the node: end of the last event.
  public private(set) var now = Instant.seconds(0)
  /// ipamd's variables.
  public private(set) var environment: [String: String]
  /// Requests to EC2 since the node was made, pauses and metadata reads left out.
  public private(set) var calls: [Call] = []

  private var checkpoint: [(card: Int, entries: [CheckpointEntry])] = []
  private var pods: Set<String> = []

  /// A node whose ipamd has not started yet, with a primary ENI if `cloud` has none.
  public init(
    environment: [String: String], limits: InstanceLimits, maxPods: Int, cloud: SimulatedCloud,
    profile: BehaviourProfile = .newest
  ) {
    self.environment = environment
    self.cloud = cloud
    if cloud.attached.isEmpty { self.cloud.addInitialENI() }
    engine = Engine(
      configuration: Configuration(environment: environment, profile: profile), limits: limits,
      maxPods: maxPods, instanceID: "i-00000000000000001", profile: profile)
  }

  /// Starts ipamd.
  @discardableResult
  public mutating func start() -> [Effect] { send(.start(.lowest)) }

  /// Restarts ipamd with other variables; its checkpoint is kept.
  @discardableResult
  public mutating func restart(environment: [String: String]? = nil) -> [Effect] {
    checkpoint = engine.datastores.map {
      ($0.networkCard, engine.checkpoint(card: $0.networkCard))
    }
    self.environment = environment ?? self.environment
    engine = engine.restarted(
      configuration: Configuration(environment: self.environment, profile: engine.profile))
    return start()
  }

  /// Lets time pass.
  public mutating func wait(_ interval: Interval) {
    now = now + interval
    engine.advance(to: now)
  }

  /// One round of the pool loop: half a tick, update, half a tick, reconcile.
  @discardableResult
  public mutating func tick() -> [Effect] {
    wait(Timing.halfTick)
    let effects = send(.updatePool(.lowest))
    wait(Timing.halfTick)
    return effects + send(.reconcile)
  }

  /// Rounds of the pool loop until `interval` has passed.
  public mutating func run(for interval: Interval) {
    let end = now + interval
    while now < end { tick() }
  }

  /// CNI ADD for a pod.
  @discardableResult
  public mutating func add(_ pod: String, _ choice: Choice = .lowest) -> AddReply? {
    let request = AddRequest(key: Self.key(of: pod), namespace: "default", name: pod)
    for effect in send(.addPod(request, choice)) {
      guard case .added(let reply) = effect else { continue }
      if reply.isSuccess { pods.insert(pod) }
      return reply
    }
    return nil
  }

  /// CNI DEL for a pod.
  @discardableResult
  public mutating func delete(_ pod: String) -> DeleteReply? {
    pods.remove(pod)
    for effect in send(.deletePod(DeleteRequest(key: Self.key(of: pod)))) {
      guard case .deleted(let reply) = effect else { continue }
      return reply
    }
    return nil
  }

  /// A pod's veth disappears without a DEL reaching ipamd.
  public mutating func loseLink(of pod: String) { pods.remove(pod) }

  /// The key of a pod's sandbox.
  public static func key(of pod: String) -> IPAMKey {
    IPAMKey(networkName: "aws-cni", containerID: "sandbox-\(pod)", ifName: "eth0")
  }

  /// Feeds an event and answers ipamd's calls until it is idle.
  @discardableResult
  public mutating func send(_ event: Event) -> [Effect] {
    var effects = engine.handle(event, at: now)
    var pending = effects
    while let (id, call) = openCall(pending) {
      pending = engine.handle(.reply(id, answer(call)), at: now)
      effects += pending
    }
    return effects
  }

  private mutating func openCall(_ effects: [Effect]) -> (CallID, Call)? {
    var open: (CallID, Call)?
    for effect in effects {
      switch effect {
      case .call(let id, let call): open = (id, call)
      case .detachedCall(_, let call): _ = answer(call)
      default: continue
      }
    }
    return open
  }

  private mutating func answer(_ call: Call) -> Reply {
    switch call {
    case .wait(let least, _):
      now = now + least
      return .done
    case .readCheckpoint(let card):
      guard let saved = checkpoint.first(where: { $0.card == card }) else {
        return .checkpoint(.missing)
      }
      let entries = saved.entries.map { entry in
        var entry = entry
        entry.hasHostLink = pods.contains(entry.metadata.name)
        return entry
      }
      return .checkpoint(.contents(version: CheckpointRead.version, entries))
    case .listInterfaces: break
    default: calls.append(call)
    }
    return cloud.answer(call, at: now)
  }
}

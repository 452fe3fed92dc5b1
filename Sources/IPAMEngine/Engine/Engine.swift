/// ipamd's warm pool as a value: state, event and time in, effects out.
///
/// The engine does no I/O and keeps no clock. What ipamd asks of EC2, of the instance metadata or of
/// the kernel leaves as ``Effect/call(_:_:)`` and comes back as ``Event/reply(_:_:)``; until then
/// the pool loop stands still while pods come and go, as in ipamd. Copying an engine copies a node,
/// an open call included.
///
/// Source: amazon-vpc-cni-k8s v1.23.1, `pkg/ipamd`; other releases through ``BehaviourProfile``.
public struct Engine: Sendable {
  /// Stage of the process.
  public enum Phase: Hashable, Sendable {
    /// Not started.
    case idle
    /// Node initialisation.
    case starting
    /// Serving requests.
    case running
    /// Ended during initialisation.
    case failed(StartFailure)
  }

  /// Decisions for this node.
  public internal(set) var policy: PoolPolicy
  /// Limits of the instance.
  public let limits: InstanceLimits
  /// Id of the instance, which ipamd writes on its ENIs.
  public let instanceID: String
  /// One store per managed network card, card 0 first; empty before the start.
  public internal(set) var datastores: [Datastore] = []
  /// Stage of the process.
  public internal(set) var phase = Phase.idle
  /// ENIs set aside as unmanaged, in ascending order.
  public internal(set) var unmanagedENIs: [ENIID] = []
  /// How many ENIs of each card count as unmanaged.
  public internal(set) var unmanagedCount: [Int]
  /// When the pool was last shrunk; nil = never.
  public internal(set) var lastDecrease: Instant?
  /// When the pool last changed or was reconciled; nil = never.
  public internal(set) var lastPoolAction: Instant?
  /// When the subnet was last found empty; nil = never.
  public internal(set) var lastInsufficient: Instant?
  /// CIDRs that shrinking gave back.
  public internal(set) var reconcileCooldowns = ReconcileCooldowns()
  /// Whether the node is cordoned.
  public internal(set) var isCordoned = false
  /// Whether ipamd was told to stop.
  public internal(set) var isTerminating = false
  /// Subnet of the node's ENIConfig.
  public internal(set) var eniConfigSubnet: String?

  var now = Instant(nanoseconds: .min)
  var primaryAddresses: [ENIID: IPAddress] = [:]
  var nodeSubnet = ""
  var trunkENI: ENIID?
  var efaENIs: [ENIID] = []
  var managedCards = [0]
  var open: OpenCall?
  var callCount = 0
  var outbox: [Effect] = []

  /// A call the pool loop waits for, and how it goes on.
  struct OpenCall: Sendable {
    let id: CallID
    let call: Call
    let resume: Resume
  }

  /// A node before ipamd starts.
  ///
  /// - Parameters:
  ///   - configuration: ipamd's variables.
  ///   - limits: of the instance type.
  ///   - maxPods: pod capacity of the node; see ``MaxPods/seenByIPAMD(node:type:profile:)``.
  ///   - instanceID: id of the instance.
  ///   - profile: release of ipamd.
  public init(
    configuration: Configuration, limits: InstanceLimits, maxPods: Int, instanceID: String,
    profile: BehaviourProfile = .newest
  ) {
    let capacity = NodeCapacity(limits: limits, configuration: configuration)
    policy = PoolPolicy(
      configuration: configuration, profile: profile, capacity: capacity, maxPods: maxPods)
    self.limits = limits
    self.instanceID = instanceID
    unmanagedCount = Array(repeating: 0, count: capacity.networkCards)
  }

  /// The same node after a restart of ipamd: everything in memory is new.
  ///
  /// What outlives the process — cordon, ENIConfig, pod capacity — is kept; the checkpoint comes
  /// back through ``Call/readCheckpoint(card:)``.
  public func restarted(
    configuration: Configuration? = nil, profile: BehaviourProfile? = nil
  ) -> Engine {
    var engine = Engine(
      configuration: configuration ?? self.configuration, limits: limits, maxPods: policy.maxPods,
      instanceID: instanceID, profile: profile ?? self.profile)
    engine.isCordoned = isCordoned
    engine.eniConfigSubnet = eniConfigSubnet
    // An answer meant for the old process must not fit a call of the new one.
    engine.callCount = callCount
    return engine
  }

  /// ipamd's variables.
  public var configuration: Configuration { policy.configuration }
  /// Release of ipamd.
  public var profile: BehaviourProfile { policy.profile }
  /// The call the pool loop waits for; nil while it is idle.
  public var openCall: Call? { open?.call }

  /// Feeds one event.
  ///
  /// Time never runs backwards in the engine: an earlier `now` counts as the latest one seen, as
  /// with the monotonic clock that ipamd uses.
  public mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
    self.now = max(self.now, now)
    switch event {
    case .addPod(let request, let choice): add(request, choice)
    case .deletePod(let request): delete(request)
    case .reply(let id, let reply): resume(id, reply)
    case .start(let choice): run(when: phase == .idle) { $0.start(choice.order) }
    case .updatePool(let choice):
      run(when: phase == .running) { $0.updatePool(choice.order) }
    case .reconcile: run(when: phase == .running) { $0.reconcilePool() }
    case .cordon(let isCordoned): self.isCordoned = isCordoned
    case .terminate: isTerminating = true
    case .eniConfig(let subnet): eniConfigSubnet = subnet
    case .maxPods(let value):
      policy = PoolPolicy(
        configuration: configuration, profile: profile, capacity: policy.capacity, maxPods: value)
    }
    let effects = outbox
    outbox.removeAll(keepingCapacity: true)
    return effects
  }

  // MARK: The pool loop

  private mutating func run(when isReady: Bool, _ body: (inout Engine) -> Step) {
    guard isReady, open == nil else {
      outbox.append(.ignored(.poolLoopBusy))
      return
    }
    advance(to: now)
    go(on: body(&self))
  }

  private mutating func resume(_ id: CallID, _ reply: Reply) {
    guard let call = open, call.id == id else {
      if id.number > callCount || id.number < 1 { outbox.append(.ignored(.unknownCall(id))) }
      return
    }
    open = nil
    advance(to: now)
    go(on: call.resume(&self, reply))
  }

  private mutating func go(on step: Step) {
    switch step {
    case .finished: outbox.append(.passFinished)
    case .waiting(let call, let resume):
      let id = nextCallID()
      open = OpenCall(id: id, call: call, resume: resume)
      outbox.append(.call(id, call))
    }
  }

  mutating func nextCallID() -> CallID {
    callCount += 1
    return CallID(number: callCount)
  }

  /// Ends the cooldowns and clean-ups that are over.
  ///
  /// Events do this by themselves; call it before reading numbers at a later time.
  public mutating func advance(to now: Instant) {
    self.now = max(self.now, now)
    for index in datastores.indices { datastores[index].advance(to: self.now) }
  }

  mutating func note(_ note: Note) { outbox.append(.note(note)) }
}

/// How the pool loop goes on after an answer.
typealias Resume = @Sendable (inout Engine, Reply) -> Step

/// What the pool loop does next.
enum Step: Sendable {
  /// The pass is over.
  case finished
  /// The pass waits for an answer.
  case waiting(Call, Resume)
}

extension Reply {
  /// The refusal that this answer is, or that an answer of the wrong kind amounts to.
  var error: CloudError {
    if case .failed(let error) = self { return error }
    return CloudError(code: "UnexpectedReply")
  }
}

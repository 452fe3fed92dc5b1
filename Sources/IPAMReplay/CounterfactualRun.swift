import IPAMEngine
import IPAMPlanner

/// One run of the workload.
struct CounterfactualRun {
  private let result: ReplayResult
  private let alternative: Alternative
  private var node: SimulatedNode
  private var epoch: Epoch
  private var tally = OutcomeTally()
  private var failed = 0
  private var calls = 0
  private var held: [String: String] = [:]
  private var owners: [String: String] = [:]
  private var waiting: [(pod: String, container: String)] = []
  private var failing: Set<String> = []
  private var originUs: Int64
  private var isLimited = false
  private var hasTrunk = false

  init(_ result: ReplayResult, _ alternative: Alternative) {
    self.result = result
    self.alternative = alternative
    let first = result.epochs.first { $0.grade == .full } ?? result.epochs[0]
    epoch = first
    originUs = first.startUs ?? 0
    node = Self.node(first, alternative, result)
  }

  private static func node(
    _ epoch: Epoch, _ alternative: Alternative, _ result: ReplayResult
  ) -> SimulatedNode {
    var limits = epoch.limits
    if let type = alternative.instanceType, case .known(let known) = InstanceLimits.lookUp(type) {
      limits = known
    }
    let isExcluded = result.excludesNodeSubnet
    let wide = CIDR(IPAddress(v4: 0x0A00_0000), length: 8)
    var subnets = [
      SimulatedSubnet(
        id: "subnet-node", cidr: wide,
        tags: isExcluded ? [ENITag(key: "kubernetes.io/role/cni", value: "0")] : [])
    ]
    if isExcluded || epoch.configuration.customNetworking {
      subnets.append(
        SimulatedSubnet(
          id: "subnet-pods", cidr: CIDR(IPAddress(v4: 0x0B00_0000), length: 8),
          tags: [ENITag(key: "kubernetes.io/role/cni", value: "1")]))
    }
    let profile = epoch.release.map { BehaviourProfile(release: $0) } ?? .newest
    return SimulatedNode(
      environment: environment(epoch, alternative), limits: limits,
      maxPods: alternative.maxPods ?? epoch.maxPods ?? Self.manyPods,
      cloud: SimulatedCloud(
        eniLimit: limits.eniLimit, addressesPerENI: limits.ipv4PerENI, subnets: subnets),
      profile: profile)
  }

  /// More pods than any node takes.
  private static let manyPods = 100_000

  /// The recorded variables with those that differ.
  private static func environment(
    _ epoch: Epoch, _ alternative: Alternative
  ) -> [String: String] {
    let settings = epoch.configuration
    var environment = [
      "ENABLE_IPv4": "true", "WARM_ENI_TARGET": "\(settings.warmENITarget)",
      "WARM_IP_TARGET": "\(settings.warmIPTarget)",
      "MINIMUM_IP_TARGET": "\(settings.minimumIPTarget)",
      "WARM_PREFIX_TARGET": "\(settings.warmPrefixTarget)",
      "IP_COOLDOWN_PERIOD": "\(settings.cooldown.nanoseconds / 1_000_000_000)",
      "ENABLE_PREFIX_DELEGATION": "\(settings.prefixDelegation)",
      "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "\(settings.customNetworking)",
      "ENABLE_SUBNET_DISCOVERY": "\(settings.subnetDiscovery)",
      "ENABLE_POD_ENI": "\(settings.podENI)", "CLUSTER_NAME": "cluster",
    ]
    if let maxENI = settings.maxENI { environment["MAX_ENI"] = "\(maxENI)" }
    for (name, value) in alternative.environment {
      environment[name] = value.isEmpty ? nil : value
    }
    return environment
  }

  // MARK: The run

  mutating func outcome() -> Outcome {
    if epoch.configuration.customNetworking { node.send(.eniConfig(subnet: "subnet-pods")) }
    let passes = result.conditions.passes
    let requests = result.workload.requests
    var next = 0
    if passes.first?.isStart != true {
      start(atUs: originUs)
      takeOver()
    }
    for (index, pass) in passes.enumerated() {
      while next < requests.count, requests[next].order < pass.order {
        handle(requests[next])
        next += 1
      }
      move(to: pass.timeUs)
      // A tick shows the pool as it is before the pass changes it.
      if !pass.isStart {
        let later = index + 1 < passes.count ? passes[index + 1] : pass
        sample(spanUs: later.isStart ? 0 : later.timeUs - pass.timeUs)
      }
      run(pass)
    }
    while next < requests.count {
      handle(requests[next])
      next += 1
    }
    var outcome = Outcome()
    tally.write(to: &outcome)
    outcome.failedStarts = failed
    outcome.ec2Calls = calls
    return outcome
  }

  private mutating func move(to timeUs: Int64) {
    let target = Instant(nanoseconds: (timeUs - originUs) * 1000)
    if target > node.now { node.wait(target - node.now) }
  }

  private mutating func start(atUs timeUs: Int64) {
    move(to: timeUs)
    node.start()
    collectCalls()
  }

  private mutating func collectCalls() {
    calls += node.cloud.takeActions().count
  }

  /// Pods that had their address before the first line.
  private mutating func takeOver() {
    for holding in result.holdings
    where holding.epoch == epoch.number && holding.fromUs == nil && holding.origin == .inferred {
      let pod = "\(holding.metadata.namespace)/\(holding.metadata.name)"
      add(pod, holding.key.containerID, isNew: false)
    }
    for _ in 0..<20 { node.tick() }
    _ = node.cloud.takeActions()
  }

  private mutating func run(_ pass: Conditions.Pass) {
    prepare(pass)
    if pass.isStart {
      begin(pass)
    } else {
      retry()
      for change in pass.outsideBefore { apply(change) }
      node.send(.updatePool(.lowest))
      for change in pass.outside { apply(change) }
      node.send(.reconcile)
    }
    node.cloud.clearFailures()
    collectCalls()
  }

  private mutating func begin(_ pass: Conditions.Pass) {
    let isFirst = pass.epoch == epoch.number
    epoch = result.epochs.first { $0.number == pass.epoch } ?? epoch
    guard !isFirst else {
      node.start()
      return
    }
    // Pods that ended while ipamd was away have no link any more.
    let kept = Set(
      result.holdings.filter { $0.epoch == pass.epoch && $0.origin == .restored }
        .map(\.key.containerID))
    for container in held.keys.sorted() where !kept.contains(container) {
      if let name = held.removeValue(forKey: container) { node.loseLink(of: name) }
    }
    node.restart(environment: Self.environment(epoch, alternative))
  }

  /// EC2 and the node are as the log shows them.
  private mutating func prepare(_ pass: Conditions.Pass) {
    node.send(.cordon(pass.isCordoned))
    if pass.findsTrunk, !hasTrunk {
      hasTrunk = true
      node.cloud.attachOutside(kind: .trunk, at: node.now)
    }
    for (api, code) in pass.refusals { node.cloud.fail(api, count: 100, code: code) }
    let answers = pass.answers.filter { $0.isGranted != nil }
    guard let refused = answers.first(where: { $0.isGranted == false }) else {
      // What was granted had been free.
      if isLimited, let granted = answers.first {
        let needed = granted.requested + (granted.isNewENI ? 1 : 0)
        let free = node.cloud.subnets[node.cloud.subnets.count - 1].freeAddresses ?? needed
        limit(max(free, needed))
      }
      return
    }
    isLimited = true
    let later = answers.filter { $0.isGranted == true }.map(\.requested).max() ?? 0
    limit(min(later, refused.requested - 1))
  }

  /// Somebody else changes an ENI, if there is such a one.
  private mutating func apply(_ change: Conditions.Outside) {
    let attached = node.cloud.attached
    guard let store = node.engine.datastores.first, change.eni < attached.count else { return }
    let eni = attached[change.eni].id
    if change.isAdded {
      return node.cloud.assignOutside(eni, kind: store.mode, count: 1, at: node.now)
    }
    let idle = store.idleCIDRs(of: eni)
    let taken = change.isHeld ? store.cidrs(of: eni).first { !idle.contains($0) } : idle.first
    if let taken { node.cloud.unassignOutside(eni, taken, at: node.now) }
  }

  private mutating func limit(_ addresses: Int) {
    let subnet = node.cloud.subnets[node.cloud.subnets.count - 1].id
    node.cloud.setCapacity(of: subnet, addresses: max(0, addresses), prefixes: nil)
  }

  private mutating func sample(spanUs: Int64) {
    guard let store = node.engine.datastores.first else { return }
    let statistics = store.statistics
    tally.add(
      held: statistics.total + store.eniCount, enis: store.eniCount,
      isEmpty: statistics.total - statistics.assigned - statistics.cooling <= 0,
      spanUs: max(0, spanUs))
  }

  // MARK: Pods

  private mutating func handle(_ request: Workload.Request) {
    move(to: request.timeUs)
    let pod = request.pod.isEmpty ? request.containerID : request.pod
    switch request.kind {
    case .started, .refused:
      // A pod that asked again because it was refused may have its address already.
      if let first = owners[pod], held[first] != nil,
        failing.contains(pod) || request.kind == .refused
      {
        if request.kind == .started, let name = held.removeValue(forKey: first) {
          held[request.containerID] = name
          owners[pod] = request.containerID
          failing.remove(pod)
        }
        return
      }
      waiting.removeAll { $0.pod == pod }
      add(pod, request.containerID, isNew: true, isRecordedRefusal: request.kind == .refused)
    case .stopped:
      waiting.removeAll { $0.container == request.containerID }
      guard let name = held.removeValue(forKey: request.containerID) else { return }
      node.delete(name)
    }
    collectCalls()
  }

  private mutating func add(
    _ pod: String, _ container: String, isNew: Bool, isRecordedRefusal: Bool = false
  ) {
    let name = container.isEmpty ? pod : container
    if node.add(name)?.isSuccess == true {
      held[container] = name
      owners[pod] = container
      if isRecordedRefusal { failing.insert(pod) } else { failing.remove(pod) }
      return
    }
    guard isNew else { return }
    if failing.insert(pod).inserted { failed += 1 }
    // The kubelet asks again for a pod that the log shows only once.
    if !isRecordedRefusal { waiting.append((pod, container)) }
  }

  private mutating func retry() {
    let pending = waiting
    waiting = []
    for (pod, container) in pending {
      guard node.add(container)?.isSuccess == true else {
        waiting.append((pod, container))
        continue
      }
      held[container] = container
      owners[pod] = container
      failing.remove(pod)
    }
  }
}

/// Sums over the time of a history.
struct OutcomeTally {
  private var heldTime = 0.0
  private var time: Int64 = 0
  private var peakHeld = 0
  private var peakENIs = 0
  private var emptyUs: Int64 = 0

  mutating func add(held: Int, enis: Int, isEmpty: Bool, spanUs: Int64) {
    heldTime += Double(held) * Double(spanUs)
    time += spanUs
    peakHeld = max(peakHeld, held)
    peakENIs = max(peakENIs, enis)
    if isEmpty { emptyUs += spanUs }
  }

  func write(to outcome: inout Outcome) {
    outcome.meanHeld = time > 0 ? Int((heldTime / Double(time)).rounded()) : peakHeld
    outcome.peakHeld = peakHeld
    outcome.peakENIs = peakENIs
    outcome.emptyUs = emptyUs
  }
}

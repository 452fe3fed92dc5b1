/// An address that ipamd has handed out.
struct Allocation: Sendable {
  let address: String
  let eni: ENI
  let sandboxID: String
  let namespace: String
  let pod: String
  let at: Moment
}

/// ipamd with the settings of the shipped manifest (WARM_ENI_TARGET=1, single addresses), seen from
/// outside: which lines it writes, and which address it gives to whom.
///
/// It covers what happens on the lab's nodes, and is not a model of ipamd's decisions.
struct IPAMDaemon: Sendable {
  struct Pool: Sendable {
    let eni: ENI
    let addresses: [String]
  }

  struct Failures: Sendable {
    var adds = 0
    var deletes = 0
    var noAddress = 0
    var createENI = 0
    var reconciles = 0
  }

  let instance: Instance
  let variant: Variant
  var pools: [Pool] = []
  var allocations: [Allocation] = []
  /// Addresses that were released, with the moment and with the time of their assignment.
  var released: [String: (at: Moment, assigned: Moment)] = [:]
  var counters = Failures()
  /// The moment up to which everything has happened.
  var clock: Moment
  var log = CNILog()
  var pluginLog = CNILog()
  /// Attempts that the kubelet made for pods that get no address.
  var refusals: [(pod: Pod, attempt: Int, at: Moment)] = []

  private var pending: [Step]
  private var nextTick: Moment
  private var lastAction: Moment
  private var backOffUntil: Moment?

  private enum Work {
    case add(Pod)
    case delete(Pod)
    case lostDelete(Pod)
    case refuse(Pod, attempt: Int)
    case attach(Pool)
  }

  private struct Step {
    let at: Moment
    let work: Work
  }

  /// ipamd's pool is checked that often, in seconds.
  private static let tickSeconds = 5.0
  private static let reconcileSeconds = 60.0
  private static let backOffSeconds = 120.0
  private static let cooldownSeconds = 30.0
  /// The kubelet tries a failed sandbox again after 11 to 15 seconds.
  private static let retrySeconds = 13.27

  init(instance: Instance, variant: Variant, pods: [Pod], start: Moment) {
    self.instance = instance
    self.variant = variant
    clock = start
    nextTick = start + 7.5
    lastAction = start
    pending = []
    for pod in pods {
      if pod.isRefused {
        pending.append(Step(at: pod.created + 0.4, work: .refuse(pod, attempt: 0)))
      } else {
        pending.append(Step(at: pod.created + 0.4, work: .add(pod)))
      }
      if let deletion = pod.deletion {
        let work: Work = deletion.reachedIPAMD ? .delete(pod) : .lostDelete(pod)
        pending.append(Step(at: deletion.at, work: work))
      }
    }
    pending.sort { $0.at > $1.at }
    boot(at: start)
  }

  /// The address that a pod holds.
  func allocation(of pod: Pod) -> Allocation? {
    allocations.first { $0.namespace == pod.namespace && $0.pod == pod.name }
  }

  var total: Int { pools.reduce(0) { $0 + $1.addresses.count } }
  var assigned: Int { allocations.count }

  /// Lets time pass; the logs grow accordingly.
  mutating func advance(to end: Moment) {
    while true {
      let step = pending.last
      if let step, step.at <= end, step.at < nextTick {
        pending.removeLast()
        perform(step)
      } else if nextTick <= end {
        tick(at: nextTick)
        nextTick = nextTick + Self.tickSeconds
      } else {
        break
      }
    }
    clock = max(clock, end)
  }

  private mutating func perform(_ step: Step) {
    switch step.work {
    case .add(let pod): add(pod, at: step.at)
    case .delete(let pod): delete(pod, at: step.at)
    case .lostDelete(let pod):
      PluginWriter(instance: instance).lostDelete(
        pod, allocation(of: pod), at: step.at, to: &pluginLog)
    case .refuse(let pod, let attempt):
      refuse(pod, attempt: attempt, at: step.at)
      let again = Step(at: step.at + Self.retrySeconds, work: .refuse(pod, attempt: attempt + 1))
      schedule(again)
    case .attach(let pool):
      pools.append(pool)
      let state = CNILog.PoolState(
        total: total, assigned: assigned, cooling: 0, enis: pools.count, instance: instance)
      log.attached(pools.map(\.eni), pool, state, at: step.at - 0.2)
      lastAction = step.at + 0.3
    }
  }

  private mutating func schedule(_ step: Step) {
    pending.append(step)
    pending.sort { $0.at > $1.at }
  }

  // MARK: Pods

  private func isFree(_ address: String, at moment: Moment) -> Bool {
    let isCooling = released[address].map { moment <= $0.at + Self.cooldownSeconds } ?? false
    return !isCooling && !allocations.contains { $0.address == address }
  }

  private mutating func add(_ pod: Pod, at moment: Moment) {
    let free = pools.flatMap { pool in
      pool.addresses.filter { isFree($0, at: moment) }.map { (pool.eni, $0) }
    }
    guard !free.isEmpty else { return refuse(pod, attempt: 0, at: moment) }
    // ipamd walks a hash map: any free address can be next.
    let (eni, address) = free[Invented.number(pod.addressSeed, below: free.count)]
    let busy = pools.first { $0.eni == eni }?.addresses.prefix { $0 != address }
      .filter { !isFree($0, at: moment) }
    if let cooled = released.removeValue(forKey: address) {
      let seconds = Double(moment.seconds - cooled.at.seconds)
      log.cooled(address, after: seconds, at: moment + 0.003)
    }
    log.added(
      pod, address, eni, busy: busy ?? [], total: total, assigned: assigned, instance, at: moment)
    allocations.append(
      Allocation(
        address: address, eni: eni, sandboxID: pod.sandboxID, namespace: pod.namespace,
        pod: pod.name, at: moment + 0.0042))
    counters.adds += 1
    PluginWriter(instance: instance).added(pod, address, eni, at: moment, to: &pluginLog)
  }

  private mutating func delete(_ pod: Pod, at moment: Moment) {
    guard let held = allocation(of: pod) else { return }
    log.deleted(pod, held, total: total, assigned: assigned, at: moment)
    allocations.removeAll { $0.address == held.address }
    released[held.address] = (moment, held.at)
    counters.deletes += 1
    PluginWriter(instance: instance).deleted(pod, held, at: moment, to: &pluginLog)
  }

  private mutating func refuse(_ pod: Pod, attempt: Int, at moment: Moment) {
    log.refused(pod, attempt: attempt, pools: pools, assigned: assigned, at: moment)
    counters.adds += 1
    counters.noAddress += 1
    refusals.append((pod, attempt, moment))
    PluginWriter(instance: instance).refused(pod, attempt: attempt, at: moment, to: &pluginLog)
  }

  // MARK: The pool

  private mutating func boot(at start: Moment) {
    log.started(instance, at: start)
    pools = [
      Pool(eni: instance.enis[0], addresses: instance.enis[0].secondaries(instance.slotsPerENI))
    ]
    log.firstGrowth(pools[0], instance, at: start + 1.2)
    lastAction = start + 1.2
    log.serving(instance, at: start + 1.4)
  }

  private mutating func tick(at moment: Moment) {
    let available = total - assigned
    let isLow = available < instance.slotsPerENI
    let cooling = released.values.filter { moment <= $0.at + Self.cooldownSeconds }.count
    let state = CNILog.PoolState(
      total: total, assigned: assigned, cooling: cooling, enis: pools.count, instance: instance)
    log.tick(state, isLow: isLow, at: moment)
    guard isLow, pools.count < instance.eniLimit else { return reconcileIfDue(state, at: moment) }
    log.debug("Starting to increase pool size for network card 0", at: moment)
    log.debug("Node found \"\(instance.name)\" - no of taints - 0", at: moment + 0.002)
    if let backOffUntil, moment < backOffUntil {
      log.debug(
        "Recently we had InsufficientCidr error hence will wait for 2m0s before retrying",
        at: moment + 0.002)
      return reconcileIfDue(state, at: moment)
    }
    if variant.subnetIsEmpty, pools.count == 2 {
      log.creationRefused(state, at: moment + 0.003)
      counters.createENI += 1
      backOffUntil = moment + Self.backOffSeconds
      return
    }
    let eni = instance.enis[pools.count]
    let pool = Pool(eni: eni, addresses: eni.secondaries(instance.slotsPerENI))
    log.created(pool, beside: pools.map(\.eni), state, at: moment + 0.003)
    // EC2 and the metadata service take their time; the pool is not looked at meanwhile.
    schedule(Step(at: moment + 5.4, work: .attach(pool)))
    nextTick = moment + 6
  }

  private mutating func reconcileIfDue(_ state: CNILog.PoolState, at moment: Moment) {
    let since = Double(moment.microseconds - lastAction.microseconds) / 1_000_000
    guard since > Self.reconcileSeconds else { return }
    log.reconciled(pools, state, since: since, at: moment + 0.01)
    counters.reconciles += 1
    lastAction = moment + 0.12
  }
}

import IPAMEngine
import IPAMPlanner

/// Runs one recorded event on a node.
struct Driver {
  /// How the pauses with a random part turn out.
  struct Pauses {
    /// Random part of every such pause, as a share of its fixed part.
    var share = 0.0
    /// The pause, counted from 0, that takes whatever is left to the recorded end.
    var adjusted: (position: Int, by: Interval)?
  }

  struct Outcome {
    var node: Node
    var end: Instant
    /// Number of pauses with a random part.
    var randomPauses = 0
  }

  /// Runs the event so that it ends at the recorded time.
  ///
  /// The recording holds the sum of the random pauses only: their common share is searched, and the
  /// last one takes the remainder.
  static func run(_ step: RecordedStep, native: Bool, previous: [RecordedENI], on node: Node)
    -> Outcome
  {
    let start = Clock.instant(step.startedAt ?? step.event.at)
    let end = Clock.instant(step.endedAt ?? step.event.at)
    let choice = native ? NativeChoice.choice(of: step, previous: previous) : .lowest
    func attempt(_ pauses: Pauses) -> Outcome {
      run(step.event, choice, from: start, pauses, on: node)
    }
    var best = attempt(Pauses())
    guard best.randomPauses > 0, best.end != end else { return best }
    var share = 0.0
    for hundredth in stride(from: 0, through: 30, by: 1) {
      let trial = attempt(Pauses(share: Double(hundredth) / 100))
      guard distance(trial.end, end) < distance(best.end, end) else { continue }
      best = trial
      share = Double(hundredth) / 100
    }
    return attempt(
      Pauses(share: share, adjusted: (best.randomPauses - 1, end - best.end)))
  }

  private static func distance(_ left: Instant, _ right: Instant) -> Int64 {
    abs((left - right).nanoseconds)
  }

  private static func run(
    _ event: RecordedEvent, _ choice: Choice, from start: Instant, _ pauses: Pauses, on node: Node
  ) -> Outcome {
    var run = Outcome(node: node, end: start)
    run.node.replies = Node.Replies()
    for event in run.node.events(for: event, choice, at: start) {
      var pending = run.node.engine.handle(event, at: run.end)
      while let call = run.collect(pending) {
        let reply = run.answer(call.call, pauses)
        pending = run.node.engine.handle(.reply(call.id, reply), at: run.end)
      }
    }
    run.node.engine.advance(to: run.end)
    return run
  }
}

extension Driver.Outcome {
  /// Notes what the handlers answered and returns the open call.
  mutating func collect(_ effects: [Effect]) -> (id: CallID, call: Call)? {
    var open: (CallID, Call)?
    for effect in effects {
      switch effect {
      case .call(let id, let call): open = (id, call)
      case .detachedCall(_, let call): _ = node.cloud.answer(call, at: end)
      case .added(let reply): node.replies.added = reply
      case .deleted(let reply): node.replies.deleted = reply
      case .checkpointWritten, .started, .startFailed, .passFinished, .note, .ignored: break
      }
    }
    return open
  }

  mutating func answer(_ call: Call, _ pauses: Driver.Pauses) -> Reply {
    switch call {
    case .wait(let least, let jitter):
      var pause = least
      if jitter > 0 {
        pause = Interval(nanoseconds: Int64(Double(least.nanoseconds) * (1 + pauses.share)))
        if let adjusted = pauses.adjusted, adjusted.position == randomPauses {
          pause = Interval(nanoseconds: pause.nanoseconds + adjusted.by.nanoseconds)
        }
        randomPauses += 1
      }
      end = end + pause
      return .done
    case .readCheckpoint(let card): return node.readCheckpoint(card: card)
    default: return node.cloud.answer(call, at: end)
    }
  }
}

extension Node {
  /// Applies what an event does to the outside world, and returns what it is to the engine.
  mutating func events(
    for event: RecordedEvent, _ choice: Choice, at now: Instant
  ) -> [Event] {
    switch event.op {
    case "init": return [.start(choice)]
    case "restart":
      restart(event)
      return [.start(choice)]
    case "add":
      knownPods.insert(event.pod ?? "")
      return [.addPod(AddRequest(pod: event.pod ?? ""), choice)]
    case "del":
      let pod = event.pod ?? ""
      veths.remove(pod)
      let lookup: PodLookup = knownPods.contains(pod) ? .ordinary : .notFound
      return [.deletePod(DeleteRequest(key: .sandbox(of: pod), pod: lookup))]
    case "update": return [.updatePool(choice)]
    case "reconcile": return [.reconcile]
    case "tick": return [.updatePool(choice), .reconcile]
    case "cordon": return [.cordon(true)]
    case "uncordon": return [.cordon(false)]
    case "terminate": return [.terminate]
    default:
      changeCloud(event, at: now)
      return []
    }
  }

  private mutating func changeCloud(_ event: RecordedEvent, at now: Instant) {
    let eni = ENIID(event.eni ?? "")
    switch event.op {
    case "fail":
      cloud.fail(event.api ?? "", count: event.count ?? 1, code: event.code ?? "")
    case "subnet":
      cloud.setCapacity(
        of: event.subnet ?? "", addresses: event.freeAddresses, prefixes: event.freePrefixes)
    case "ec2Detach": cloud.detachOutside(eni, at: now)
    case "ec2Attach":
      cloud.attachOutside(
        secondaryAddresses: event.spec?.secondaryIPs ?? 0, prefixes: event.spec?.prefixes ?? 0,
        tags: Self.tags(event.spec?.tags), kind: Self.kind(event.spec?.type), at: now)
    case "ec2Assign":
      cloud.assignOutside(
        eni, kind: engine.policy.capacity.mode == .prefix ? .prefix : .single,
        count: event.count ?? 1, at: now)
    case "ec2Unassign":
      guard let store = engine.datastores.first(where: { $0.contains(eni) }) else { return }
      let idle = store.idleCIDRs(of: eni)
      let wanted =
        event.which == "assigned"
        ? store.cidrs(of: eni).filter { !idle.contains($0) } : idle
      guard !wanted.isEmpty else { return }
      cloud.unassignOutside(eni, wanted[(event.index ?? 0) % wanted.count], at: now)
    default: break
    }
  }
}

extension IPAMKey {
  static func sandbox(of pod: String) -> IPAMKey {
    IPAMKey(networkName: "aws-cni", containerID: "sandbox-\(pod)", ifName: "eth0")
  }
}

extension AddRequest {
  init(pod: String) {
    self.init(key: .sandbox(of: pod), namespace: "default", name: pod)
  }
}

/// Choices as they were recorded, for files in which the program walked its maps in random order.
enum NativeChoice {
  static func choice(of step: RecordedStep, previous: [RecordedENI]) -> Choice {
    if step.event.op == "add" {
      guard let address = step.rpc?.ip.flatMap({ IPAddress($0) }) else { return .lowest }
      return .address(address)
    }
    let actions = step.actions ?? []
    func enis(_ api: String) -> [ENIID] {
      var seen: [ENIID] = []
      for action in actions where action.api == api {
        let eni = ENIID(action.eni ?? "")
        if !seen.contains(eni) { seen.append(eni) }
      }
      return seen
    }
    let after = step.state?.enis?.map(\.id)
    let vanished = after.map { after in previous.map(\.id).filter { !after.contains($0) } } ?? []
    return .order(
      PassOrder(
        grow: enis("AssignPrivateIpAddresses"), shrink: enis("UnassignPrivateIpAddresses"),
        shrinkCIDRs: actions.filter { $0.api == "UnassignPrivateIpAddresses" }
          .flatMap { $0.released ?? [] }.compactMap { CIDR($0) },
        release: enis("DetachNetworkInterface") + vanished.map { ENIID($0) }))
  }
}

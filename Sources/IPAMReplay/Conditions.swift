import Facts
import IPAMEngine

/// What the world around ipamd did while a log was written, apart from the pods: how a counterfactual
/// makes the same conditions for other settings.
public struct Conditions: Sendable {
  /// Passes of the pool loop in the order of time.
  public internal(set) var passes: [Pass] = []
  /// Requests that change something at EC2, refused ones included.
  public internal(set) var ec2Calls = 0

  /// One pass of the pool loop, or the start of a process.
  public struct Pass: Sendable {
    /// The process.
    public var epoch: Int
    /// When it began, in microseconds since 1970 UTC.
    public var timeUs: Int64
    /// Its place among all statements.
    var order: Int
    /// Whether it is the start of a process rather than a pass.
    public var isStart = false
    /// Whether the node was cordoned.
    public var isCordoned = false
    /// How requests for addresses ended.
    var answers: [Answer] = []
    /// Refusals that have nothing to do with addresses.
    var refusals: [(api: String, code: String)] = []
    /// Whether the trunk was found attached.
    var findsTrunk = false
    /// What somebody else did to the ENIs, as the reconcile run behind the pass found it.
    var outside: [Outside] = []
    /// The same, as a refusal in the pass itself revealed it.
    var outsideBefore: [Outside] = []
    /// Whether an ENI held more than ipamd knew.
    var hitsENILimit = false
  }

  /// How EC2 answered a request for addresses or prefixes.
  struct Answer: Sendable {
    /// What was asked for.
    var requested: Int
    /// Whether it was for a new ENI.
    var isNewENI: Bool
    /// Whether the subnet had as many; nil until the answer is read.
    var isGranted: Bool?
  }

  /// A CIDR that somebody else gave to an ENI or took from it.
  struct Outside: Sendable {
    /// The ENI by its place among those that joined the pool.
    var eni: Int
    /// Whether it was given.
    var isAdded: Bool
    /// Whether a pod had an address of it.
    var isHeld: Bool
  }

  /// ENIs in the order in which they joined the pool of the process.
  var enis: [ENIID] = []

  init() {}
}

extension ReplayState {
  /// Takes in what a line tells of the world around ipamd.
  mutating func noteConditions(_ statement: IPAMDStatement) {
    let now = now ?? 0
    switch statement.kind {
    case .processStart:
      conditions.enis = []
      addPass(now, isStart: true)
    case .tick where (statement.card ?? 0) == 0: addPass(now, isStart: false)
    case .eniAdded: if let eni = eni(statement.eni) { conditions.enis.append(eni) }
    case .cidrAdded, .cidrRemoved: noteOutside(statement)
    case .cordoned: changePass { $0.isCordoned = true }
    case .trunkFound: changePass { $0.findsTrunk = true }
    case .assignTry:
      if !statement.eni.isNone { conditions.ec2Calls += 1 }
      let answer = Conditions.Answer(
        requested: statement.number ?? 0, isNewENI: statement.eni.isNone)
      changePass { $0.answers.append(answer) }
    case .assignOK, .created:
      if statement.kind == .created { conditions.ec2Calls += 1 }
      settleAnswer(true)
    case .assignError, .assignNewError, .createError:
      if statement.kind == .createError { conditions.ec2Calls += 1 }
      refuseAnswer(statement)
    case .attached, .detached, .deleteTry: conditions.ec2Calls += 1
    case .attachError, .detachError:
      conditions.ec2Calls += 1
      let code = error(statement.text).code ?? "InternalError"
      let api = statement.kind == .attachError ? "AttachNetworkInterface" : "DetachNetworkInterface"
      changePass { $0.refusals.append((api, code)) }
    case .unassignTry: if !statement.text.isNone { conditions.ec2Calls += 1 }
    default: break
    }
  }

  private mutating func addPass(_ timeUs: Int64, isStart: Bool) {
    guard conditions.passes.count < ReplayLimits.samples else { return }
    conditions.passes.append(
      Conditions.Pass(
        epoch: epochNumber, timeUs: timeUs, order: workload.order, isStart: isStart))
  }

  private mutating func changePass(_ change: (inout Conditions.Pass) -> Void) {
    guard let last = conditions.passes.indices.last else { return }
    change(&conditions.passes[last])
  }

  private mutating func noteOutside(_ statement: IPAMDStatement) {
    guard let eni = eni(statement.eni), let cidr = cidr(statement),
      let place = conditions.enis.lastIndex(of: eni)
    else { return }
    let isAdded = statement.kind == .cidrAdded
    if isAdded, !reconcile.isOpen, conditions.passes.last?.hitsENILimit == true {
      let change = Conditions.Outside(eni: place, isAdded: true, isHeld: false)
      return changePass { $0.outsideBefore.append(change) }
    }
    guard reconcile.isOpen else { return }
    // What ipamd gave back itself may come back from late metadata.
    if isAdded, engine.reconcileCooldowns.until(cidr) != nil { return }
    // The line before frees the pod.
    let isHeld = unassigned.map { cidr.contains($0.address) } ?? false
    changePass {
      $0.outside.append(Conditions.Outside(eni: place, isAdded: isAdded, isHeld: isHeld))
    }
  }

  private mutating func settleAnswer(_ isGranted: Bool) {
    changePass { pass in
      guard let open = pass.answers.lastIndex(where: { $0.isGranted == nil }) else { return }
      pass.answers[open].isGranted = isGranted
    }
  }

  private mutating func refuseAnswer(_ statement: IPAMDStatement) {
    let code = error(statement.text).code ?? ""
    guard code != CloudError.addressLimitExceeded else {
      return changePass { pass in
        pass.hitsENILimit = true
        pass.answers.removeAll { $0.isGranted == nil }
      }
    }
    guard !code.hasPrefix("Insufficient") else { return settleAnswer(false) }
    let api =
      statement.kind == .createError ? "CreateNetworkInterface" : "AssignPrivateIpAddresses"
    changePass { pass in
      if let open = pass.answers.lastIndex(where: { $0.isGranted == nil }) {
        pass.answers.remove(at: open)
      }
      pass.refusals.append((api, code.isEmpty ? "InternalError" : code))
    }
  }
}

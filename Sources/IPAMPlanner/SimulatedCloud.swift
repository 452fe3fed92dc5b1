public import IPAMEngine

/// EC2 and the instance metadata around one node, as a value.
///
/// Requests are granted whole or refused whole and take no time. The metadata shows the state of
/// some time ago if ``metadataLag`` says so. Nothing is random: ids and addresses count up.
public struct SimulatedCloud: Hashable, Sendable {
  /// A request that changes something, with its outcome.
  public struct Action: Hashable, Sendable {
    /// EC2's name of the request.
    public let api: String
    /// The ENI; nil for a refused create.
    public var eni: ENIID?
    /// Subnet of a create.
    public var subnet: String?
    /// Device of an attach.
    public var device: Int?
    /// Addresses or prefixes asked for, or to be given back.
    public var requested: Int?
    /// Form of what was requested.
    public var kind: AddressKind?
    /// What was granted.
    public var granted: [CIDR] = []
    /// What was given back.
    public var released: [CIDR] = []
    /// Code of the refusal.
    public var error: String?
  }

  /// Requests that will be refused before anything else is looked at.
  public struct Failure: Hashable, Sendable {
    /// EC2's name of the request, reads included.
    public let api: String
    /// How many more times.
    public var count: Int
    /// Error code.
    public let code: String
  }

  /// ENIs per instance.
  public let eniLimit: Int
  /// IPv4 addresses per ENI, the primary one included; a prefix counts as one.
  public let addressesPerENI: Int
  /// How old the metadata's view is.
  public let metadataLag: Interval
  /// Subnets in the order in which DescribeSubnets lists them; the first is the node's.
  public var subnets: [SimulatedSubnet]
  /// ENIs in the order of their ids, those not attached included.
  public internal(set) var interfaces: [SimulatedInterface] = []
  /// Pending refusals.
  public internal(set) var failures: [Failure] = []
  /// Changing requests since the last ``takeActions()``.
  public internal(set) var actions: [Action] = []
  /// Requests by name since the last ``takeActions()``, reads included, in ascending order.
  public internal(set) var callCounts: [CallCount] = []

  /// How often a request was made.
  public struct CallCount: Hashable, Sendable {
    /// EC2's name of the request.
    public let api: String
    /// Number of requests.
    public internal(set) var count: Int
  }

  struct View: Hashable, Sendable {
    let since: Instant
    let interfaces: [MetadataInterface]
  }

  var nextNumber = 0
  /// States of the metadata in the order of time; only kept if the metadata lags.
  var views: [View] = []

  /// An instance without ENIs.
  ///
  /// - Precondition: there is a subnet.
  public init(
    eniLimit: Int, addressesPerENI: Int, subnets: [SimulatedSubnet],
    metadataLag: Interval = .seconds(0)
  ) {
    precondition(!subnets.isEmpty, "a node needs a subnet")
    self.eniLimit = eniLimit
    self.addressesPerENI = addressesPerENI
    self.subnets = subnets
    self.metadataLag = metadataLag
  }

  // MARK: Observing

  /// ENIs attached to the instance, in the order of their ids.
  public var attached: [SimulatedInterface] { interfaces.filter { $0.device != nil } }

  /// Actions since the last call of this function; forgets them and the call counts.
  public mutating func takeActions() -> [Action] {
    let result = actions
    actions = []
    callCounts = []
    return result
  }

  // MARK: Preparing

  /// Attaches an ENI that was always there: before ipamd, and in the metadata at all times.
  public mutating func addInitialENI(
    secondaryAddresses: Int = 0, prefixes: Int = 0, tags: [ENITag] = [],
    kind: DescribedInterface.Kind = .interface
  ) {
    var eni = makeENI(
      subnet: 0, addresses: secondaryAddresses, prefixes: prefixes, tags: tags, kind: kind)
    eni.device = attached.count
    interfaces.append(eni)
    views = []
    record(at: Instant(nanoseconds: .min))
  }

  /// Refuses the next `count` requests of an API.
  public mutating func fail(_ api: String, count: Int, code: String) {
    failures.append(Failure(api: api, count: count, code: code))
  }

  /// Sets what is left in a subnet; nil = unlimited.
  public mutating func setCapacity(of subnet: String, addresses: Int?, prefixes: Int?) {
    guard let index = subnets.firstIndex(where: { $0.id == subnet }) else { return }
    subnets[index].freeAddresses = addresses
    subnets[index].freePrefixes = prefixes
  }

  // MARK: Answering

  /// Answers a call of the engine.
  ///
  /// The cloud knows nothing of links, waits and checkpoints: a link is always there, a wait ends
  /// at once, and there is no checkpoint; callers who care answer these calls themselves.
  public mutating func answer(_ call: Call, at now: Instant) -> Reply {
    switch call {
    case .listInterfaces: return .interfaces(metadata(at: now))
    case .configureLink, .wait: return .done
    case .readCheckpoint: return .checkpoint(.missing)
    default: break
    }
    let api = Self.api(of: call)
    count(api)
    var action = Self.action(of: call, api)
    let reply = refusal(of: api).map { Reply.failed($0) } ?? perform(call, &action)
    if case .failed(let error) = reply { action?.error = error.code }
    if let action { actions.append(action) }
    record(at: now)
    return reply
  }

  private mutating func count(_ api: String) {
    if let index = callCounts.firstIndex(where: { $0.api == api }) {
      callCounts[index].count += 1
    } else {
      let place = callCounts.firstIndex { api < $0.api } ?? callCounts.count
      callCounts.insert(CallCount(api: api, count: 1), at: place)
    }
  }

  private mutating func refusal(of api: String) -> CloudError? {
    guard let index = failures.firstIndex(where: { $0.api == api && $0.count > 0 }) else {
      return nil
    }
    failures[index].count -= 1
    let code = failures[index].code
    if failures[index].count == 0 { failures.remove(at: index) }
    return CloudError(code: code)
  }

  // MARK: Metadata

  func metadata(at now: Instant) -> [MetadataInterface] {
    guard metadataLag > .seconds(0) else { return attached.map(\.metadata) }
    let shown = Instant(nanoseconds: now.nanoseconds - metadataLag.nanoseconds)
    return (views.last { $0.since <= shown } ?? views.first)?.interfaces ?? []
  }

  mutating func record(at now: Instant) {
    guard metadataLag > .seconds(0) else { return }
    let current = attached.map(\.metadata)
    guard views.last?.interfaces != current else { return }
    if views.last?.since == now, views.count > 1 { views.removeLast() }
    views.append(View(since: now, interfaces: current))
  }
}

extension SimulatedCloud {
  /// Forgets the refusals that were still to come.
  public mutating func clearFailures() { failures = [] }
}

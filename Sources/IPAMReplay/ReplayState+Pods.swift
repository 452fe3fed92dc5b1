import Facts
import IPAMEngine

extension ReplayState {
  /// Takes in what a line says about a pod's address.
  mutating func applyPod(_ statement: IPAMDStatement) {
    switch statement.kind {
    case .addRequest: beginRequest(statement)
    case .addRequestFields: workload.name(text(statement.pod), of: text(statement.sandbox))
    case .assigned: assign(statement)
    case .unassigned: unassign(statement)
    case .unassignDone: beginCooling(statement)
    case .cooldownEnds: freeForCertain(statement)
    case .addReply: checkAnswer(statement)
    case .deleteReply: checkRelease(statement)
    case .noAddress: refuse(statement)
    default: break
    }
  }

  /// The container's id of a key or of an id alone.
  private mutating func container(_ symbol: IPAMDStatement.Symbol) -> String {
    key(symbol)?.containerID ?? ""
  }

  private mutating func beginRequest(_ statement: IPAMDStatement) {
    // Nobody asks before ipamd serves, so that a restore of which no end was written is over.
    isRestoring = false
    let id = container(statement.sandbox)
    if requests.count >= Self.openRequests {
      let old = (now ?? 0) - Self.requestLifeUs
      requests = requests.filter { $0.value > old }
      if requests.count >= Self.openRequests { requests = [:] }
    }
    requests[id] = now ?? 0
    workload.request(id, at: now)
  }

  /// Requests that are remembered at the same time.
  private static let openRequests = 2048
  /// How long a request is remembered.
  private static let requestLifeUs: Int64 = 300_000_000

  private mutating func assign(_ statement: IPAMDStatement) {
    guard let key = key(statement.sandbox), let address = address(statement) else { return }
    let pod = text(statement.pod).split(separator: "/", maxSplits: 1).map(String.init)
    let metadata = PodMetadata(
      namespace: pod.first ?? "", name: pod.count > 1 ? pod[1] : "",
      interfacesCount: statement.number ?? 1)
    if !isRestoring, trust.isProved, requests[key.containerID] == nil { lose(.requestUnseen) }
    rememberStatistics()
    if let owner = holdings.owner(of: address), owner != key, trust.isProved { lose(.podUnseen) }
    for other in holdings.addresses(of: key) where other != address {
      guard card(of: other) == card(of: address) else { continue }
      if trust.isProved { lose(.podUnseen) }
      holdings.end(other, at: now, line, .lost)
    }
    let store = card(of: address)
    let isKnown = observe(.assigned(key, metadata, address, card: store))
    if !isKnown, trust.isProved { lose(.cidrUnknown) }
    let eni = engine.eni(of: key, card: store)
    let undoes = unassigned?.key == key && unassigned?.address == address
    unassigned = nil
    if undoes, holdings.resume(address, key) { return }
    holdings.begin(
      Holding(
        epoch: epochNumber, address: address, eni: eni, key: key, metadata: metadata,
        fromUs: isRestoring ? nil : now, origin: isRestoring ? .restored : .seen, place: place,
        line: Int(line)))
    if !isRestoring { workload.start(key.containerID, metadata, at: now) }
    sampleEngine()
  }

  private mutating func unassign(_ statement: IPAMDStatement) {
    guard let key = key(statement.sandbox), let address = address(statement) else { return }
    rememberStatistics()
    // A forced removal frees the pods one by one before the ENI goes, whose own line counts them.
    let isForced = forcedENI != nil || reconcile.isOpen
    if !isForced { workload.stop(key.containerID, at: now) }
    if holdings.owner(of: address) == nil, trust.isProved { lose(.podUnseen) }
    holdings.end(address, at: now, line, isForced ? .forced : .released)
    unassigned = (key, address)
    guard forcedENI == nil else { return }
    observe(
      .released(key, card: card(of: address), cools: engine.profile.eniCooling))
    sampleEngine()
  }

  private mutating func beginCooling(_ statement: IPAMDStatement) {
    guard let address = address(statement) else { return }
    if unassigned?.address != address {
      if trust.isProved { lose(.releaseUnseen) }
      holdings.end(address, at: now, line, .released)
    }
    unassigned = nil
    rememberStatistics()
    observe(.coolingBegan(address, card: card(of: address)))
  }

  /// A line that is written for free addresses only.
  private mutating func freeForCertain(_ statement: IPAMDStatement) {
    guard let address = address(statement), holdings.owner(of: address) != nil else { return }
    if trust.isProved { lose(.releaseUnseen) }
    free(address)
  }

  private mutating func free(_ address: IPAddress) {
    guard let owner = holdings.owner(of: address) else { return }
    observe(.released(owner, card: card(of: address), cools: false))
    holdings.end(address, at: now, line, .lost)
  }

  /// An answer with an address that nobody holds: the line that gave it is missing.
  private mutating func checkAnswer(_ statement: IPAMDStatement) {
    guard statement.flag != false, let address = address(statement),
      holdings.owner(of: address) == nil, !holdings.ended(address, since: justNow),
      engine.holds(address)
    else { return }
    if trust.isProved { lose(.podUnseen) }
    guard let id = workload.latestContainer, requests[id] != nil else { return }
    let key = IPAMKey(networkName: "aws-cni", containerID: id, ifName: "eth0")
    guard holdings.addresses(of: key).isEmpty else { return }
    observe(.assigned(key, PodMetadata(), address, card: card(of: address)))
    holdings.begin(
      Holding(
        epoch: epochNumber, address: address, eni: nil, key: key, metadata: PodMetadata(),
        fromUs: now, origin: .inferred, place: place, line: Int(line)))
  }

  /// An answer that an address was taken back which is still held: that line is missing.
  private mutating func checkRelease(_ statement: IPAMDStatement) {
    guard text(statement.text) == "<nil>", let address = address(statement),
      holdings.owner(of: address) != nil, !holdings.began(address, since: justNow)
    else { return }
    if trust.isProved { lose(.releaseUnseen) }
    free(address)
  }

  /// Answers are written within this time, while other requests may be served.
  private var justNow: Int64 { (now ?? 0) - 5_000_000 }

  private mutating func refuse(_ statement: IPAMDStatement) {
    workload.refuse(at: now)
    note(.noAddress, pod: workload.latestPod)
  }
}

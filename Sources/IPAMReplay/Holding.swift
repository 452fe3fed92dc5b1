public import IPAMEngine

/// A pod's hold of an address, from its assignment to its release.
public struct Holding: Sendable {
  /// The process that gave it.
  public var epoch: Int
  /// The address.
  public var address: IPAddress
  /// The ENI; nil if it is not known.
  public var eni: ENIID?
  /// The sandbox's key.
  public var key: IPAMKey
  /// The pod.
  public var metadata: PodMetadata
  /// When the pod got it, in microseconds since 1970 UTC; nil if that was before the log or a
  /// restart.
  public var fromUs: Int64?
  /// When it was taken back; nil while it is held.
  public var toUs: Int64?
  /// How the beginning is known.
  public var origin: Origin
  /// How it ended; nil while it is held.
  public var end: End?
  /// The log of its beginning.
  public var place: LogPlace
  /// The line of its beginning.
  public var line: Int
  /// The line of its end.
  public var endLine: Int?

  /// How the beginning of a hold is known.
  public enum Origin: String, Sendable {
    /// The log says so.
    case seen
    /// ipamd took it over from its checkpoint when it started.
    case restored
    /// It was concluded from introspection or from other lines.
    case inferred
  }

  /// How a hold ended.
  public enum End: String, Sendable {
    /// The pod was deleted.
    case released
    /// The address or its ENI was gone, whatever the pod did.
    case forced
    /// It is free by later lines, but its release is in none.
    case lost
    /// ipamd ended; what the next process took over is a hold of its own.
    case restart
  }
}

/// Holds, of which each address has at most one that is open.
struct HoldingList {
  private var list: [Holding] = []
  private var open: [IPAddress: Int] = [:]
  private var byKey: [IPAMKey: [IPAddress]] = [:]
  private var recentEnds: [IPAddress: Int64] = [:]
  /// Ends that are remembered; a pool has fewer addresses.
  private static let remembered = 20_000
  private var lastEnded: (address: IPAddress, index: Int)?

  func owner(of address: IPAddress) -> IPAMKey? { open[address].map { list[$0].key } }

  func addresses(of key: IPAMKey) -> [IPAddress] { byKey[key] ?? [] }

  func addresses(of eni: ENIID) -> [IPAddress] {
    open.filter { list[$0.value].eni == eni }.keys.sorted()
  }

  func addresses(in cidr: CIDR) -> [IPAddress] {
    open.keys.filter { cidr.contains($0) }.sorted()
  }

  /// Whether a hold of the address ended at a moment or later.
  func ended(_ address: IPAddress, since timeUs: Int64) -> Bool {
    recentEnds[address].map { $0 >= timeUs } ?? false
  }

  /// Whether the open hold of the address began at a moment or later.
  func began(_ address: IPAddress, since timeUs: Int64) -> Bool {
    open[address].flatMap { list[$0].fromUs }.map { $0 >= timeUs } ?? false
  }

  /// Addresses whose hold began or ended at a moment or later.
  func changed(since timeUs: Int64) -> Set<IPAddress> {
    Set(recentEnds.filter { $0.value >= timeUs }.keys)
      .union(open.filter { list[$0.value].fromUs ?? .min >= timeUs }.keys)
  }

  mutating func begin(_ holding: Holding) {
    if let index = open[holding.address] {
      guard list[index].key != holding.key else { return }
      end(holding.address, at: holding.fromUs, Int32(clamping: holding.line), .lost)
    }
    guard list.count < ReplayLimits.holdings else { return }
    open[holding.address] = list.count
    byKey[holding.key, default: []].append(holding.address)
    list.append(holding)
  }

  /// Goes on with a hold that was ended a moment ago.
  mutating func resume(_ address: IPAddress, _ key: IPAMKey) -> Bool {
    guard let last = lastEnded, last.address == address, list[last.index].key == key,
      open[address] == nil
    else { return false }
    list[last.index].toUs = nil
    list[last.index].end = nil
    open[address] = last.index
    byKey[key, default: []].append(address)
    return true
  }

  mutating func end(
    _ address: IPAddress, at timeUs: Int64?, _ line: Int32, _ end: Holding.End
  ) {
    guard let index = open.removeValue(forKey: address) else { return }
    list[index].toUs = timeUs
    list[index].end = end
    list[index].endLine = Int(line)
    let owner = list[index].key
    byKey[owner]?.removeAll { $0 == address }
    if byKey[owner]?.isEmpty == true { byKey[owner] = nil }
    lastEnded = (address, index)
    if recentEnds.count >= Self.remembered { recentEnds = [:] }
    recentEnds[address] = timeUs ?? .min
  }

  /// Ends what a process held.
  mutating func endEpoch() {
    lastEnded = nil
    recentEnds = [:]
    for index in open.values.sorted() { list[index].end = .restart }
    open = [:]
    byKey = [:]
  }

  /// Takes back the end of what the last process still holds.
  func finished() -> [Holding] {
    guard let last = list.last?.epoch else { return list }
    return list.map { holding in
      guard holding.end == .restart, holding.epoch == last, holding.toUs == nil else {
        return holding
      }
      var holding = holding
      holding.end = nil
      return holding
    }
  }
}

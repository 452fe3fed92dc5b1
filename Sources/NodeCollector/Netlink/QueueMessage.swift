/// A queueing discipline or a class of one, with its counters.
struct QueueMessage: Sendable, Encodable {
  var kind: String
  var dev: String
  var ifindex: Int
  var handle: String
  var parent: String
  var is_class: Bool
  var bytes: UInt64?
  var packets: UInt64?
  var drops: UInt64?
  var overlimits: UInt64?
  var requeues: UInt64?
  var backlog: UInt64?
  var qlen: UInt64?
  /// Rate of a token bucket in bytes per second.
  var rate: UInt64?
  /// Bytes that a token bucket may hold back.
  var limit: UInt64?

  /// The request for every discipline of every interface.
  static let disciplines = NetlinkSource.Request(part: .route, type: 38, body: .zeros(20))

  /// The request for the classes of one interface.
  static func classes(of index: Int) -> NetlinkSource.Request {
    NetlinkSource.Request(part: .route, type: 42, body: trafficControl(index: index, parent: 0))
  }

  /// `struct tcmsg`.
  static func trafficControl(index: Int, parent: UInt32) -> [UInt8] {
    var body: [UInt8] = .zeros(4)
    body.append(UInt32(truncatingIfNeeded: index))
    body.append(UInt32(0))
    body.append(parent)
    body.append(UInt32(0))
    return body
  }

  /// Reads a discipline or a class; `nil` for other messages and for damage.
  init?(_ message: NetlinkMessage, names: [Int: String]) {
    guard message.type == 36 || message.type == 40, let index = message.body.u32(4),
      let handle = message.body.u32(8), let parent = message.body.u32(12)
    else { return nil }
    let attributes = NetlinkAttributes(message.body.from(20))
    guard let kind = attributes.text(1) else { return nil }
    self.kind = kind
    ifindex = Int(index)
    dev = names[Int(index)] ?? "if\(index)"
    self.handle = Self.handle(handle)
    self.parent = Self.handle(parent)
    is_class = message.type == 40
    if let statistics = attributes.nested(7) { read(statistics) }
    if kind == "tbf", let parameters = attributes.nested(2)?[1] {
      rate = attributes.nested(2)?[4]?.u64(0) ?? parameters.u32(8).map { UInt64($0) }
      limit = parameters.u32(24).map { UInt64($0) }
    }
  }

  private mutating func read(_ statistics: NetlinkAttributes) {
    bytes = statistics[1]?.u64(0)
    packets = statistics[1]?.u32(8).map { UInt64($0) }
    guard let queue = statistics[3] else { return }
    func counter(_ index: Int) -> UInt64? { queue.u32(index * 4).map { UInt64($0) } }
    qlen = counter(0)
    backlog = counter(1)
    drops = counter(2)
    requeues = counter(3)
    overlimits = counter(4)
  }

  /// `8001:`, `1:10`, `root` or `ffff:fff1`.
  private static func handle(_ number: UInt32) -> String {
    if number == .max { return "root" }
    let major = String(number >> 16, radix: 16)
    let minor = number & 0xFFFF
    return major + ":" + (minor == 0 ? "" : String(minor, radix: 16))
  }
}

/// A filter at the ingress or egress of an interface.
struct FilterMessage: Sendable, Encodable {
  var dev: String
  var ifindex: Int
  /// `ingress` or `egress`.
  var hook: String
  var kind: String
  var priority: Int
  var handle: Int
  /// Name, id and tag of a BPF program.
  var program: String?
  var program_id: Int?
  var tag: String?

  /// The places where filters hang.
  static let hooks: [(name: String, parent: UInt32)] = [
    ("ingress", 0xFFFF_FFF2), ("egress", 0xFFFF_FFF3),
  ]

  /// The request for the filters of one interface at one place.
  static func request(index: Int, parent: UInt32) -> NetlinkSource.Request {
    NetlinkSource.Request(
      part: .route, type: 46, body: QueueMessage.trafficControl(index: index, parent: parent))
  }

  /// Reads a filter; `nil` for other messages, for the empty head of a chain and for damage.
  init?(_ message: NetlinkMessage, hook: String, names: [Int: String]) {
    guard message.type == 44, let index = message.body.u32(4), let handle = message.body.u32(8),
      let info = message.body.u32(16)
    else { return nil }
    let attributes = NetlinkAttributes(message.body.from(20))
    guard let kind = attributes.text(1), let options = attributes.nested(2) else { return nil }
    self.kind = kind
    self.hook = hook
    ifindex = Int(index)
    dev = names[Int(index)] ?? "if\(index)"
    priority = Int(info >> 16)
    self.handle = Int(handle)
    guard kind == "bpf" else { return }
    program = options.text(7)
    program_id = options.u32(11).map { Int($0) }
    tag = options[10]?.hexadecimal
  }
}

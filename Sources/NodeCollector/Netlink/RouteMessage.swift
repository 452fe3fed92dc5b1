/// A route, as the text of `ip route show table all`.
struct RouteMessage: Sendable {
  /// The line, or lines, without a line break at the end.
  let text: String
  /// The interface of a route with one next hop.
  let device: String?
  /// The destination of a host route; `nil` for ranges.
  let hostDestination: String?

  private static let main: UInt32 = 254

  /// The request for every route of an address family: 2 for IPv4, 10 for IPv6.
  static func request(family: UInt8) -> NetlinkSource.Request {
    NetlinkSource.Request(part: .route, type: 26, body: [family] + .zeros(11))
  }

  private enum Attribute {
    static let destination: UInt16 = 1
    static let source: UInt16 = 2
    static let input: UInt16 = 3
    static let device: UInt16 = 4
    static let gateway: UInt16 = 5
    static let priority: UInt16 = 6
    static let preferredSource: UInt16 = 7
    static let metrics: UInt16 = 8
    static let multipath: UInt16 = 9
    static let table: UInt16 = 15
    static let via: UInt16 = 18
    static let preference: UInt16 = 20
    static let nextHop: UInt16 = 30
  }

  /// Reads a route; `nil` for other messages, cached entries and damage.
  init?(_ message: NetlinkMessage, names: [Int: String]) {
    let body = message.body
    guard message.type == 24, let family = body.u8(0), let length = body.u8(1),
      let sourceLength = body.u8(2), let service = body.u8(3), let shortTable = body.u8(4),
      let proto = body.u8(5), let scope = body.u8(6), let type = body.u8(7),
      let flags = body.u32(8), flags & 0x200 == 0
    else { return nil }
    let attributes = NetlinkAttributes(body.from(12))
    let table = attributes.u32(Attribute.table) ?? UInt32(shortTable)
    var words: [String] = []
    if type != 1 { words.append(NetlinkNames.routeType(type)) }
    let full = family == 10 ? 128 : 32
    let destination = attributes[Attribute.destination].flatMap { InternetAddress($0) }?.text
    words.append(Self.range(destination, Int(length), full: full, family: family))
    if sourceLength > 0 {
      let source = attributes[Attribute.source].flatMap { InternetAddress($0) }?.text
      words += ["from", Self.range(source, Int(sourceLength), full: full, family: family)]
    }
    if service != 0 { words += ["tos", "0x" + service.hexadecimal] }
    if let identifier = attributes.u32(Attribute.nextHop) { words += ["nhid", String(identifier)] }
    let device = attributes.u32(Attribute.device).map { names[Int($0)] ?? "if\($0)" }
    words += Self.hop(attributes, device: device)
    if table != Self.main { words += ["table", NetlinkNames.table(table)] }
    if proto != 3 { words += ["proto", NetlinkNames.routeProtocol(proto)] }
    if scope != 0 { words += ["scope", NetlinkNames.scope(scope)] }
    if let source = attributes[Attribute.preferredSource].flatMap({ InternetAddress($0) }) {
      words += ["src", source.text]
    }
    if let metric = attributes.u32(Attribute.priority) { words += ["metric", String(metric)] }
    words += Self.flagWords(flags)
    words += Self.metrics(attributes[Attribute.metrics])
    if let input = attributes.u32(Attribute.input) {
      words += ["iif", names[Int(input)] ?? "if\(input)"]
    }
    var lines = words.joined(separator: " ") + " "
    for hop in Self.nextHops(attributes[Attribute.multipath], names: names) {
      lines += "\n\tnexthop " + hop
    }
    if let preference = attributes.u8(Attribute.preference) {
      lines += "pref " + Self.preference(preference)
    }
    text = lines
    self.device = device
    hostDestination = Int(length) == full && type == 1 ? destination : nil
  }

  private static func range(
    _ address: String?, _ length: Int, full: Int, family: UInt8
  ) -> String {
    guard let address else { return length == 0 ? "default" : "0/\(length)" }
    return length == full ? address : "\(address)/\(length)"
  }

  private static func hop(_ attributes: NetlinkAttributes, device: String?) -> [String] {
    var words: [String] = []
    if let gateway = attributes[Attribute.gateway].flatMap({ InternetAddress($0) }) {
      words += ["via", gateway.text]
    } else if let via = attributes[Attribute.via], let family = via.u16(0),
      let gateway = InternetAddress(via.from(2))
    {
      // A gateway of the other family: its family stands before it.
      words += ["via", NetlinkNames.family(UInt8(truncatingIfNeeded: family)), gateway.text]
    }
    if let device { words += ["dev", device] }
    return words
  }

  private static func flagWords(_ flags: UInt32) -> [String] {
    let names: [(UInt32, String)] = [
      (0x01, "dead"), (0x04, "onlink"), (0x02, "pervasive"), (0x08, "offload"), (0x10, "linkdown"),
      (0x20, "unresolved"),
    ]
    return names.filter { flags & $0.0 != 0 }.map(\.1)
  }

  private static func metrics(_ bytes: ArraySlice<UInt8>?) -> [String] {
    guard let bytes else { return [] }
    let metrics = NetlinkAttributes(bytes)
    let names: [(UInt16, String)] = [(2, "mtu"), (8, "advmss"), (10, "hoplimit")]
    return names.flatMap { type, name in metrics.u32(type).map { [name, String($0)] } ?? [] }
  }

  private static func preference(_ number: UInt8) -> String {
    switch number {
    case 0: "medium"
    case 1: "high"
    case 3: "low"
    default: String(number)
    }
  }

  /// `struct rtnexthop`, each followed by its attributes.
  private static func nextHops(
    _ bytes: ArraySlice<UInt8>?, names: [Int: String]
  ) -> [String] {
    var rest = bytes ?? []
    var hops: [String] = []
    while rest.count >= 8, let length = rest.u16(0).map({ Int($0) }), length >= 8,
      length <= rest.count, let flags = rest.u8(2), let weight = rest.u8(3),
      let index = rest.u32(4)
    {
      let attributes = NetlinkAttributes(rest.prefix(length).from(8))
      let words =
        hop(attributes, device: names[Int(index)] ?? "if\(index)")
        + ["weight", String(Int(weight) + 1)] + flagWords(UInt32(flags))
      hops.append(words.joined(separator: " ") + " ")
      rest = rest.from((length + 3) & ~3)
    }
    return hops
  }
}

/// A policy rule, as the text of `ip rule show`.
struct RuleMessage: Sendable {
  /// The line without a line break.
  let text: String

  /// The request for every rule of an address family: 2 for IPv4, 10 for IPv6.
  static func request(family: UInt8) -> NetlinkSource.Request {
    NetlinkSource.Request(part: .route, type: 34, body: [family] + .zeros(11))
  }

  private enum Attribute {
    static let destination: UInt16 = 1
    static let source: UInt16 = 2
    static let input: UInt16 = 3
    static let target: UInt16 = 4
    static let priority: UInt16 = 6
    static let mark: UInt16 = 10
    static let suppressedLength: UInt16 = 14
    static let table: UInt16 = 15
    static let mask: UInt16 = 16
    static let output: UInt16 = 17
    static let proto: UInt16 = 21
  }

  /// Reads a rule; `nil` for other messages and for damage.
  init?(_ message: NetlinkMessage) {
    let body = message.body
    guard message.type == 32, let family = body.u8(0), let length = body.u8(1),
      let sourceLength = body.u8(2), let shortTable = body.u8(4), let action = body.u8(7),
      let flags = body.u32(8)
    else { return nil }
    let attributes = NetlinkAttributes(body.from(12))
    let full = family == 10 ? 128 : 32
    func range(_ type: UInt16, _ length: UInt8) -> String? {
      attributes[type].flatMap { InternetAddress($0) }.map { address in
        Int(length) == full ? address.text : "\(address.text)/\(length)"
      }
    }
    var words = ["from", range(Attribute.source, sourceLength) ?? "all"]
    if flags & 0x2 != 0 { words.insert("not", at: 0) }
    if let destination = range(Attribute.destination, length) { words += ["to", destination] }
    words += Self.mark(attributes)
    if let input = attributes.text(Attribute.input) {
      words += ["iif", input] + (flags & 0x8 != 0 ? ["[detached]"] : [])
    }
    if let output = attributes.text(Attribute.output) {
      words += ["oif", output] + (flags & 0x10 != 0 ? ["[detached]"] : [])
    }
    words += Self.action(action, attributes, shortTable: shortTable, flags: flags)
    if let proto = attributes.u8(Attribute.proto), proto != 0, proto != 2 {
      words += ["proto", NetlinkNames.routeProtocol(proto)]
    }
    text = "\(attributes.u32(Attribute.priority) ?? 0):\t" + words.joined(separator: " ")
  }

  private static func mark(_ attributes: NetlinkAttributes) -> [String] {
    let mark = attributes.u32(Attribute.mark) ?? 0
    guard let mask = attributes.u32(Attribute.mask), mark != 0 || mask != 0 else {
      return mark == 0 ? [] : ["fwmark", "0x" + String(mark, radix: 16)]
    }
    let text = "0x" + String(mark, radix: 16)
    return ["fwmark", mask == .max ? text : text + "/0x" + String(mask, radix: 16)]
  }

  private static func action(
    _ action: UInt8, _ attributes: NetlinkAttributes, shortTable: UInt8, flags: UInt32
  ) -> [String] {
    switch action {
    case 1:
      let table = attributes.u32(Attribute.table) ?? UInt32(shortTable)
      let length = attributes.u32(Attribute.suppressedLength).map { Int32(bitPattern: $0) }
      return ["lookup", NetlinkNames.table(table)]
        + (length.map { $0 >= 0 ? ["suppress_prefixlength", String($0)] : [] } ?? [])
    case 2:
      let target = attributes.u32(Attribute.target).map { String($0) } ?? "none"
      return ["goto", target] + (flags & 0x4 != 0 ? ["[unresolved]"] : [])
    case 3: return ["nop"]
    case 6: return ["blackhole"]
    case 7: return ["unreachable"]
    case 8: return ["prohibit"]
    default: return ["action", String(action)]
    }
  }
}

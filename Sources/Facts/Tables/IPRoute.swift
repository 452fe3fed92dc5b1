import BundleModel

/// A route of one of the node's tables.
public struct IPRoute: FactTable {
  var family: String
  var kind = "unicast"
  var table = "main"
  var destination = ""
  var gateway: String?
  var device: String?
  var proto: String?
  var scope: String?
  var source: String?
  var metric: Int64?
  var flags: String?
  var fromSource: String?
  var weight: Int64?
  var mtu: Int64?
  var nextHopID: Int64?

  private var range: IPRange? { IPRange(destination) }

  /// The declaration of `ip_route`.
  public static let schema = Schema<Self>(
    "ip_route", "Routes of every table; a route over several next hops has one row for each.",
    from: [.routes, .routes6, .foreignRouteTables],
    columns: [
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column(
        "kind", \.kind, "unicast, local, broadcast, multicast, unreachable, blackhole and so on."),
      Column("tbl", \.table, "Routing table: its number or its name; main if not printed."),
      Column("dst", \.destination, "Destination; 0.0.0.0/0 or ::/0 for a default route."),
      Column("gateway", \.gateway, "Next hop; NULL if the destination is on the link."),
      Column("device", \.device, "Interface that packets leave through."),
      Column("protocol", \.proto, "Who made the route, such as kernel or dhcp."),
      Column("scope", \.scope, "link, host or global; NULL if not printed."),
      Column("source", \.source, "Source address that the node prefers for it."),
      Column("metric", \.metric, "Preference; the smallest wins."),
      Column("flags", \.flags, "Words such as linkdown, dead or onlink, separated by commas."),
      Column("src", \.fromSource, "Source that a route of IPv6 is restricted to."),
      Column("weight", \.weight, "Share of this next hop among several; NULL for a single one."),
      Column("mtu", \.mtu, "Largest packet that the route allows, in bytes."),
      Column("next_hop_id", \.nextHopID, "Number of the next hop object; NULL without one."),
      Column(
        "prefix_length", { $0.range.map { Int64($0.prefixLength) } }, "Bits of dst that count."),
      Column("dst_first_key", { $0.range?.firstKey }, .addressKey("dst", "first")),
      Column("dst_last_key", { $0.range?.lastKey }, .addressKey("dst", "last")),
    ])

  /// Reads `ip route show table all`, as text or as JSON.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var reader = Reader(family: IPText.family(input))
    while true {
      if rows.count == 0, try input.isAtDocument() {
        let values = try input.readDocument { rows.unreadable($0, line: $1) }
        return readJSON(values?.array ?? [], reader.family, &rows)
      }
      guard let bytes = try input.nextLine() else { break }
      let line = bytes.trimmed
      guard !line.isEmpty, !ShellPrompt.matches(line) else { continue }
      reader.read(line, input.lineNumber) {
        rows.append($0, line: $1)
      } complain: {
        rows.unreadable($0, line: $1)
      }
    }
    reader.finish { rows.unreadable($0, line: $1) }
  }

  /// Reads the lines of `ip route`: next hops stand on lines of their own.
  struct Reader {
    let family: String
    /// The table of lines that name none, where a command in front of them does.
    private var table = "main"
    private var open: (route: IPRoute, line: Int)?

    init(family: String) {
      self.family = family
    }

    mutating func read(
      _ line: Bytes, _ number: Int, found: (IPRoute, Int) -> Void,
      complain: (String, Int) -> Void
    ) {
      if line.starts("nexthop "), var hop = open?.route {
        open?.line = 0
        hop.read(line.words.dropFirst().map { String($0) }[...])
        found(hop, number)
        return
      }
      finish(complain)
      if line.starts("ip ") || line.allSatisfy({ $0 == UInt8(ascii: "=") }) {
        readCommand(line)
        return
      }
      guard let route = IPRoute(line, family, table: table) else {
        complain("not a route", number)
        return
      }
      if route.device == nil, route.kind == "unicast" {
        open = (route, number)
      } else {
        found(route, number)
      }
    }

    /// A route without a device announces its next hops on the lines behind it.
    mutating func finish(_ complain: (String, Int) -> Void) {
      if let open, open.line > 0 { complain("a route leads nowhere", open.line) }
      open = nil
    }

    /// Old collectors print the command in front of each table.
    private mutating func readCommand(_ line: Bytes) {
      let words = line.words.map { String($0) }
      guard let at = words.firstIndex(of: "table"), at + 1 < words.count else { return }
      table = words[at + 1] == "all" ? "main" : words[at + 1]
    }
  }

  private static let kinds = [
    "unicast", "local", "broadcast", "multicast", "unreachable", "blackhole", "prohibit", "throw",
    "anycast", "nat",
  ]
  private static let flagWords = [
    "linkdown", "dead", "onlink", "pervasive", "offload", "trap", "notify", "rt_offload",
    "rt_trap", "unresolved",
  ]

  /// `10.42.0.0/20 dev ens5 proto kernel scope link src 10.42.7.19 metric 512`.
  init?(_ line: Bytes, _ family: String, table: String = "main") {
    self.table = table
    var words = line.words.map { String($0) }[...]
    self.family = family
    if let first = words.first, Self.kinds.contains(first) {
      kind = first
      words = words.dropFirst()
    }
    guard let destination = words.popFirst(),
      destination == "default" || destination.utf8.contains(where: { $0 == 0x2e || $0 == 0x3a })
        || destination.utf8.first?.isASCIIDigit == true,
      !destination.hasSuffix(":")
    else { return nil }
    read(words)
    self.family = IPText.family(
      of: destination == "default" ? gateway : destination, else: family)
    self.destination = IPText.destination(destination, family: self.family)
  }

  private mutating func read(_ all: ArraySlice<String>) {
    var words = all
    var found = baseFlags
    while let word = words.popFirst() {
      switch word {
      case "via":
        gateway = words.popFirst()
        if gateway == "inet6" || gateway == "inet" { gateway = words.popFirst() }
      case "dev": device = words.popFirst()
      case "table": table = words.popFirst() ?? table
      case "proto": proto = words.popFirst()
      case "scope": scope = words.popFirst()
      case "src": source = words.popFirst()
      case "metric": metric = words.popFirst().flatMap { Int64($0) }
      case "from": fromSource = words.popFirst()
      case "weight": weight = words.popFirst().flatMap { Int64($0) }
      case "nhid": nextHopID = words.popFirst().flatMap { Int64($0) }
      case "mtu":
        if words.first == "lock" { words = words.dropFirst() }
        mtu = words.popFirst().flatMap { Int64($0) }
      default: if Self.flagWords.contains(word) { found.append(word) }
      }
    }
    flags = Self.words(found)
  }

  private static func readJSON(
    _ values: [JSONValue], _ family: String, _ rows: inout RowSink<Self>
  ) {
    for value in values {
      guard let object = value.object, let destination = object["dst"]?.string else { continue }
      let base = Self(object, destination, family)
      guard let hops = object["nexthops"]?.array else {
        rows.append(base, line: object.line)
        continue
      }
      for hop in hops {
        var route = base
        route.gateway = hop["gateway"]?.string ?? hop["via"]?["host"]?.string
        route.device = hop["dev"]?.string
        route.weight = hop["weight"]?.integer
        route.flags = words(route.baseFlags + (hop["flags"]?.array ?? []).compactMap(\.string))
        rows.append(route, line: hop.object?.line)
      }
    }
  }

  private init(_ object: JSONObject, _ destination: String, _ family: String) {
    self.family = family
    kind = object["type"]?.string ?? kind
    table = object["table"]?.scalarText ?? table
    gateway = object["gateway"]?.string ?? object["via"]?["host"]?.string
    device = object["dev"]?.string
    proto = object["protocol"]?.scalarText
    scope = object["scope"]?.scalarText
    source = object["prefsrc"]?.string
    metric = object["metric"]?.integer
    fromSource = object["from"]?.string
    mtu = object["metrics"]?.array?.compactMap { $0["mtu"]?.integer }.first
    nextHopID = object["nhid"]?.integer
    flags = Self.words(object["flags"]?.array?.compactMap(\.string) ?? [])
    self.family = IPText.family(
      of: destination == "default" ? gateway : destination, else: family)
    self.destination = IPText.destination(destination, family: self.family)
  }

  private var baseFlags: [String] { flags?.split(separator: ",").map { String($0) } ?? [] }

  private static func words(_ words: [String]) -> String? {
    words.isEmpty ? nil : words.joined(separator: ",")
  }
}

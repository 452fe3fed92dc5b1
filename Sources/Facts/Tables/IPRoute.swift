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

  /// The declaration of `ip_route`.
  public static let schema = Schema<Self>(
    "ip_route", "Routes of every table; a route over several next hops has one row for each.",
    from: [.routes, .routes6],
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
    ])

  /// Reads `ip route show table all`, as text or as JSON.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let family = IPText.family(input)
    var open: (route: Self, line: Int)?
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard !line.isEmpty, !ShellPrompt.matches(line) else { continue }
      if input.lineNumber == 1, IPText.isJSON(line) {
        var all = Array(line)
        all.append(contentsOf: try input.readAll())
        return readJSON(all[...], family, &rows)
      }
      if line.starts("nexthop "), var hop = open?.route {
        hop.read(line.words.dropFirst().map { String($0) }[...])
        rows.append(hop, line: input.lineNumber)
        continue
      }
      // A route without a device announces its next hops on the lines behind it.
      if let open, open.route.device != nil || open.route.kind != "unicast" {
        rows.append(open.route, line: open.line)
      }
      open = Self(line, family).map { ($0, input.lineNumber) }
      if open == nil { rows.unreadable("not a route", line: input.lineNumber) }
    }
    if let open, open.route.device != nil || open.route.kind != "unicast" {
      rows.append(open.route, line: open.line)
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
  init?(_ line: Bytes, _ family: String) {
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
    var found = flags.map { [$0] } ?? []
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
      default: if Self.flagWords.contains(word) { found.append(word) }
      }
    }
    if !found.isEmpty { flags = found.joined(separator: ",") }
  }

  private static func readJSON(
    _ bytes: Bytes, _ family: String, _ rows: inout RowSink<Self>
  ) {
    let (values, failure) = JSONReader.documents(bytes)
    if let failure { rows.unreadable("not JSON: \(failure.reason)", line: failure.line) }
    for value in values.last?.array ?? [] {
      guard let object = value.object, let destination = object["dst"]?.string else { continue }
      var route = Self(object, destination, family)
      guard let hops = object["nexthops"]?.array else {
        rows.append(route, line: object.line)
        continue
      }
      for hop in hops {
        route.gateway = hop["gateway"]?.string
        route.device = hop["dev"]?.string
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
    let words = object["flags"]?.array?.compactMap(\.string) ?? []
    if !words.isEmpty { flags = words.joined(separator: ",") }
    self.family = IPText.family(
      of: destination == "default" ? gateway : destination, else: family)
    self.destination = IPText.destination(destination, family: self.family)
  }
}

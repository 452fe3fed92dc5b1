/// A neighbour as `ip neigh` or `arp` shows it, from text or from JSON.
struct NeighbourText: Sendable {
  var family: String
  var address: String
  var device: String?
  var mac: String?
  var state: String?
  var isRouter = false
  var isProxy = false

  /// The columns that every table of neighbours has.
  static func columns<Row>(
    _ entry: @escaping @Sendable (Row) -> NeighbourText
  ) -> [Column<Row>] {
    let columns: [Column<NeighbourText>] = [
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("address", \.address, "Address of the neighbour."),
      Column("device", \.device, "Interface that leads to it."),
      Column("mac", \.mac, "MAC address; NULL if it is not known."),
      Column(
        "state", \.state, "REACHABLE, STALE, FAILED, PERMANENT and so on; NULL if not printed."),
      Column("is_router", \.isRouter, "1 if it calls itself a router; else 0."),
      Column("is_proxy", \.isProxy, "1 if the host answers for it; else 0."),
      Column(
        "address_key", { IPRange($0.address)?.firstKey }, .addressKey("address", "only")),
    ]
    return columns.map { $0.lifted(by: entry) }
  }

  static func family(_ name: String?) -> String { name == "inet6" ? "ipv6" : "ipv4" }

  init?(_ object: JSONObject) {
    guard let address = object["dst"]?.string else { return nil }
    self.address = address
    family = IPText.family(of: address, else: Self.family(object["family"]?.string))
    device = object["dev"]?.string
    mac = object["lladdr"]?.string
    let states = object["state"]?.array?.compactMap(\.string) ?? []
    state = states.isEmpty ? nil : states.joined(separator: ",")
    isRouter = object.members.contains { $0.key == "router" }
    isProxy = object.members.contains { $0.key == "proxy" }
  }

  private static let states = [
    "INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "NOARP", "PERMANENT", "NONE",
  ]

  /// `10.42.0.1 dev ens5 lladdr 06:… PERMANENT`, or a line of `arp -n` or `arp -a`.
  init?(_ line: Bytes) {
    let words = line.words.map { String($0) }
    guard words.count >= 2 else { return nil }
    if words.count >= 4, words[1].hasPrefix("("), words[2] == "at" {
      self.init(listed: words)
    } else if words.contains("dev") || words.contains(where: Self.states.contains) {
      self.init(words[...])
    } else {
      self.init(table: words)
    }
  }

  private init?(_ all: ArraySlice<String>) {
    var words = all
    guard let address = words.popFirst() else { return nil }
    self.address = address
    family = IPText.family(of: address, else: "ipv4")
    while let word = words.popFirst() {
      switch word {
      case "dev": device = words.popFirst()
      case "lladdr": mac = words.popFirst()
      case "router": isRouter = true
      case "proxy": isProxy = true
      case _ where Self.states.contains(word): state = word
      default: break
      }
    }
    guard device != nil else { return nil }
  }

  /// `? (10.42.0.1) at 06:00:00:00:00:01 [ether] PERM on ens5`.
  private init?(listed words: [String]) {
    address = String(words[1].dropFirst().prefix { $0 != ")" })
    family = "ipv4"
    mac = words[3].hasPrefix("<") ? nil : words[3]
    state = words.contains("PERM") ? "PERMANENT" : words[3] == "<incomplete>" ? "INCOMPLETE" : nil
    isProxy = words.contains("PUB")
    guard let at = words.firstIndex(of: "on"), at + 1 < words.count else { return nil }
    device = words[at + 1]
  }

  /// `169.254.1.1   ether   46:d3:a9:82:46:96   CM   eth0`: M is permanent, P is published.
  private init?(table words: [String]) {
    guard words.count >= 3 else { return nil }
    address = words[0]
    family = IPText.family(of: address, else: "ipv4")
    device = words[words.count - 1]
    if words[1] == "(incomplete)" {
      state = "INCOMPLETE"
      return
    }
    guard words.count >= 5 else { return nil }
    mac = words[2].utf8.contains(UInt8(ascii: ":")) ? words[2] : nil
    state = words[3].contains("M") ? "PERMANENT" : nil
    isProxy = words[3].contains("P")
  }
}

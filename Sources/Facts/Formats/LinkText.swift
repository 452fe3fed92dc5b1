/// One interface as `ip link`, `ip address` or `ifconfig` shows it, from text or from JSON.
struct LinkText {
  var line: Int?
  var ifname: String
  var ifindex: Int64?
  var kind: String?
  var mac: String?
  var mtu: Int64?
  var operstate: String?
  var flags: String?
  var peerIfindex: Int64?
  /// Name of the lower device or the other end, in the same namespace.
  var lower: String?
  var netns: String?
  var master: String?
  var vlan: Int64?
  var altnames: String?
  var xdpProgram: Int64?
  var received: Counters?
  var sent: Counters?
  var addresses: [AddressText] = []

  struct Counters: Equatable {
    var bytes: Int64?
    var packets: Int64?
    var errors: Int64?
    var dropped: Int64?
  }

  struct AddressText {
    var line: Int?
    var family: String
    var address: String
    var prefixLength: Int64?
    var scope: String?
    var isPrimary: Bool
    var peer: String?
    var metric: Int64?
    var validSeconds: Int64?
    var flags: String?
  }

  /// Every interface of a member. `complain` hears about lines that fit nothing.
  static func read(
    _ input: inout ArtifactInput, _ complain: (String, Int?) -> Void
  ) throws(ParseError) -> [LinkText] {
    var reader = LinkReader()
    while true {
      if reader.links.isEmpty, try input.isAtDocument() {
        return (try input.readDocument(complain)?.array ?? []).compactMap {
          $0.object.flatMap { LinkText($0) }
        }
      }
      guard let bytes = try input.nextLine() else { break }
      let line = bytes.trimmed
      guard !line.isEmpty, !ShellPrompt.matches(line) else { continue }
      if !reader.read(bytes, input.lineNumber) {
        complain("not a line of ip link or ip address", input.lineNumber)
      }
    }
    return reader.links
  }

  init(ifname: String, line: Int?) {
    self.ifname = ifname
    self.line = line
  }

  init?(_ object: JSONObject) {
    // `ip` prints an empty object for every interface that a filter leaves out.
    guard let name = object["ifname"]?.string else { return nil }
    ifname = name
    line = object.line
    ifindex = object["ifindex"]?.integer
    kind = object["linkinfo"]?["info_kind"]?.string
    vlan = object["linkinfo"]?["info_data"]?["id"]?.integer
    mac = object["address"]?.string
    mtu = object["mtu"]?.integer
    operstate = object["operstate"]?.string
    flags = Self.joined(object["flags"]?.array)
    altnames = Self.joined(object["altnames"]?.array)
    peerIfindex = object["link_index"]?.integer
    lower = object["link"]?.string
    netns = object["link_netns"]?.string ?? object["link_netnsid"]?.scalarText
    master = object["master"]?.string
    xdpProgram = object["xdp"]?["prog"]?["id"]?.integer
    received = Counters(object["stats64"]?["rx"] ?? object["stats"]?["rx"])
    sent = Counters(object["stats64"]?["tx"] ?? object["stats"]?["tx"])
    addresses = (object["addr_info"]?.array ?? []).compactMap { AddressText($0) }
  }

  private static func joined(_ values: [JSONValue]?) -> String? {
    let words = values?.compactMap(\.string) ?? []
    return words.isEmpty ? nil : words.joined(separator: ",")
  }

  /// Whether the interface was set up; nil if no flags are printed.
  var isUp: Bool? { hasFlag(["UP"]) }

  /// Whether the line is connected. Old tools call it RUNNING.
  var hasCarrier: Bool? { hasFlag(["LOWER_UP", "RUNNING"]) }

  private func hasFlag(_ names: [String]) -> Bool? {
    flags.map { flags in
      flags.split(separator: ",").contains { names.contains(String($0)) }
    }
  }
}

extension LinkText.Counters {
  init?(_ value: JSONValue?) {
    guard let object = value?.object else { return nil }
    self.init(
      bytes: object["bytes"]?.integer, packets: object["packets"]?.integer,
      errors: object["errors"]?.integer, dropped: object["dropped"]?.integer)
  }
}

extension LinkText.AddressText {
  private static let flagWords = [
    "dynamic", "temporary", "tentative", "deprecated", "dadfailed", "noprefixroute", "nodad",
    "mngtmpaddr", "permanent",
  ]

  init?(_ value: JSONValue) {
    guard let entry = value.object, let local = entry["local"]?.string else { return nil }
    line = entry.line
    family = entry["family"]?.string == "inet6" ? "ipv6" : "ipv4"
    address = local
    prefixLength = entry["prefixlen"]?.integer
    scope = entry["scope"]?.string
    isPrimary = entry["secondary"]?.bool != true
    peer = entry["address"]?.string
    metric = entry["metric"]?.integer
    let seconds = entry["valid_life_time"]?.integer
    validSeconds = seconds == Int64(UInt32.max) ? nil : seconds
    let words = Self.flagWords.filter { entry[$0]?.bool == true }
    flags = words.isEmpty ? nil : words.joined(separator: ",")
  }

  /// `inet 10.42.7.19/20 metric 512 brd 10.42.15.255 scope global secondary ens5`, or only an address.
  init?(_ words: ArraySlice<String>, line: Int) {
    var words = words
    let first = words.first
    if first == "inet" || first == "inet6" { words = words.dropFirst() }
    guard let text = words.popFirst() else { return nil }
    let parts = text.split(separator: "/", maxSplits: 1)
    guard let address = parts.first else { return nil }
    self.line = line
    self.address = String(address)
    prefixLength = parts.count > 1 ? Int64(parts[1]) : nil
    family = first == "inet6" || address.utf8.contains(UInt8(ascii: ":")) ? "ipv6" : "ipv4"
    isPrimary = true
    var found: [String] = []
    while let word = words.popFirst() {
      switch word {
      case "peer", "destination":
        let parts = (words.popFirst() ?? "").split(separator: "/", maxSplits: 1)
        peer = parts.first.map { String($0) }
        if parts.count > 1 { prefixLength = Int64(parts[1]) }
      case "metric": metric = words.popFirst().flatMap { Int64($0) }
      case "scope": scope = words.popFirst()
      case "secondary": isPrimary = false
      case "netmask": prefixLength = words.popFirst().flatMap { Self.bits($0) }
      case "prefixlen": prefixLength = words.popFirst().flatMap { Int64($0) }
      case "scopeid":
        // `0x20<link>`.
        let name = words.popFirst().flatMap { $0.split(separator: "<").last?.dropLast() }
        scope = name.map { String($0) }
      case "valid_lft":
        let seconds = words.popFirst() ?? ""
        validSeconds = Int64(seconds.hasSuffix("sec") ? seconds.dropLast(3) : seconds[...])
      default: if Self.flagWords.contains(word) { found.append(word) }
      }
    }
    if !found.isEmpty {
      flags = Self.flagWords.filter { found.contains($0) }.joined(separator: ",")
    }
  }

  /// `255.255.240.0` as a number of bits.
  static func bits(_ mask: String) -> Int64? {
    IPRange("0.0.0.0/" + mask).map { Int64($0.prefixLength) }
  }
}

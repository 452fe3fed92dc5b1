/// One interface as `ip link` or `ip address` shows it, from text or from JSON.
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
  var netns: String?
  var master: String?
  var addresses: [AddressText] = []

  struct AddressText {
    var line: Int?
    var family: String
    var address: String
    var prefixLength: Int64?
    var scope: String?
    var isPrimary: Bool
  }

  /// Every interface of a member. `complain` hears about lines that fit nothing.
  static func read(
    _ input: inout ArtifactInput, _ complain: (String, Int) -> Void
  ) throws(ParseError) -> [LinkText] {
    var links: [LinkText] = []
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard !line.isEmpty, !ShellPrompt.matches(line) else { continue }
      if links.isEmpty, IPText.isJSON(line) {
        var all = Array(line)
        let first = input.lineNumber
        all.append(0x0a)
        all.append(contentsOf: try input.readAll())
        let (values, failure) = JSONReader.documents(all[...])
        if let failure { complain("not JSON: \(failure.reason)", first + failure.line - 1) }
        return (values.last?.array ?? []).compactMap { $0.object.flatMap { LinkText($0) } }
      }
      if let first = bytes.first, first.isASCIIDigit, let link = header(line, input.lineNumber) {
        links.append(link)
      } else if !links.isEmpty, bytes.first?.isBlank == true {
        links[links.count - 1].readDetail(line, input.lineNumber)
      } else {
        complain("not a line of ip link or ip address", input.lineNumber)
      }
    }
    return links
  }

  private init(ifname: String, line: Int?) {
    self.ifname = ifname
    self.line = line
  }

  private init?(_ object: JSONObject) {
    // `ip` prints an empty object for every interface that a filter leaves out.
    guard let name = object["ifname"]?.string else { return nil }
    ifname = name
    line = object.line
    ifindex = object["ifindex"]?.integer
    kind = object["linkinfo"]?["info_kind"]?.string
    mac = object["address"]?.string
    mtu = object["mtu"]?.integer
    operstate = object["operstate"]?.string
    let words = object["flags"]?.array?.compactMap(\.string) ?? []
    flags = words.isEmpty ? nil : words.joined(separator: ",")
    peerIfindex = object["link_index"]?.integer
    netns = object["link_netns"]?.string ?? object["link_netnsid"]?.scalarText
    master = object["master"]?.string
    for entry in object["addr_info"]?.array ?? [] {
      guard let entry = entry.object, let address = entry["local"]?.string else { continue }
      addresses.append(
        AddressText(
          line: entry.line, family: entry["family"]?.string == "inet6" ? "ipv6" : "ipv4",
          address: address, prefixLength: entry["prefixlen"]?.integer,
          scope: entry["scope"]?.string, isPrimary: entry["secondary"]?.bool != true))
    }
  }

  /// `7: eni39d9ca4a246@if3: <BROADCAST,UP> mtu 9001 qdisc noqueue state UP group default`.
  private static func header(_ line: Bytes, _ number: Int) -> LinkText? {
    let words = line.words.map { String($0) }
    guard words.count >= 2, words[0].hasSuffix(":"), let index = Int64(words[0].dropLast()),
      words[1].hasSuffix(":")
    else { return nil }
    let parts = words[1].dropLast().split(separator: "@", maxSplits: 1)
    guard let name = parts.first else { return nil }
    var link = LinkText(ifname: String(name), line: number)
    link.ifindex = index
    if parts.count > 1, parts[1].hasPrefix("if") { link.peerIfindex = Int64(parts[1].dropFirst(2)) }
    for (word, next) in zip(words, words.dropFirst()) {
      switch word {
      case "mtu": link.mtu = Int64(next)
      case "state": link.operstate = next
      case "master": link.master = next
      default: break
      }
    }
    if let flags = words.first(where: { $0.hasPrefix("<") && $0.hasSuffix(">") }) {
      link.flags = String(flags.dropFirst().dropLast())
    }
    return link
  }

  private static let kinds = [
    "veth", "vlan", "bridge", "dummy", "macvlan", "ipvlan", "vxlan", "ipip", "sit", "gre", "bond",
    "wireguard", "tun", "ifb",
  ]

  private mutating func readDetail(_ line: Bytes, _ number: Int) {
    let words = line.words.map { String($0) }
    guard let first = words.first else { return }
    if first.hasPrefix("link/") {
      mac = words.count > 1 ? words[1] : nil
      for (word, next) in zip(words, words.dropFirst()) {
        if word == "link-netns" || word == "link-netnsid" { netns = next }
      }
    } else if first == "inet" || first == "inet6", words.count > 1 {
      let parts = words[1].split(separator: "/", maxSplits: 1)
      let scope = words.firstIndex(of: "scope").flatMap { at in
        at + 1 < words.count ? words[at + 1] : nil
      }
      addresses.append(
        AddressText(
          line: number, family: first == "inet6" ? "ipv6" : "ipv4",
          address: parts.first.map { String($0) } ?? "",
          prefixLength: parts.count > 1 ? Int64(parts[1]) : nil, scope: scope,
          isPrimary: !words.contains("secondary")))
    } else if Self.kinds.contains(first) {
      kind = first
    }
  }
}

/// Reads the interfaces that `ip` and both generations of `ifconfig` print, line by line.
struct LinkReader {
  private(set) var links: [LinkText] = []
  /// Whether the next line holds the numbers of a `RX:` or `TX:` header.
  private var counters: (isSent: Bool, names: [String])?

  private static let kinds = [
    "veth", "vlan", "bridge", "dummy", "macvlan", "ipvlan", "vxlan", "ipip", "sit", "gre", "bond",
    "wireguard", "tun", "ifb", "geneve", "vrf", "macvtap", "ipvtap", "nlmon", "erspan", "gretap",
    "ip6tnl", "vti", "xfrm", "netkit",
  ]
  private static let states = [
    "UP", "DOWN", "UNKNOWN", "LOWERLAYERDOWN", "NOTPRESENT", "TESTING", "DORMANT",
  ]

  /// Takes a line in; false if it fits nothing.
  mutating func read(_ bytes: Bytes, _ number: Int) -> Bool {
    // `ip -o` puts a backslash in the place of line breaks.
    var parts = bytes.split(separator: UInt8(ascii: "\\"))[...]
    guard let first = parts.popFirst() else { return true }
    let words = first.words.map { String($0) }
    guard !words.isEmpty else { return true }
    if bytes.first?.isBlank == true {
      guard !links.isEmpty else { return false }
      readDetail(words, number)
    } else if !readHeader(words, number) {
      return false
    }
    for part in parts { readDetail(part.words.map { String($0) }, number) }
    return true
  }

  private mutating func readHeader(_ words: [String], _ number: Int) -> Bool {
    counters = nil
    guard words.count >= 2 else { return false }
    if words[0].hasSuffix(":"), let index = Int64(words[0].dropLast()) {
      return readNumbered(words, index, number)
    }
    if words[1].hasPrefix("flags="), words[0].hasSuffix(":") {
      var link = LinkText(ifname: String(words[0].dropLast()), line: number)
      link.flags = Self.flags(words[1])
      if let at = words.firstIndex(of: "mtu"), at + 1 < words.count {
        link.mtu = Int64(words[at + 1])
      }
      links.append(link)
      return true
    }
    if words[1] == "Link", words.count > 2, words[2].hasPrefix("encap:") {
      var link = LinkText(ifname: words[0], line: number)
      if let at = words.firstIndex(of: "HWaddr"), at + 1 < words.count {
        link.mac = Self.mac(words[at + 1])
      }
      links.append(link)
      return true
    }
    guard Self.states.contains(words[1]) else { return false }
    readBrief(words, number)
    return true
  }

  /// `7: eni39d9ca4a246@if3: <BROADCAST,UP> mtu 9001 …`, or `4: ens5    inet 10.42.7.19/20 …`.
  private mutating func readNumbered(_ words: [String], _ index: Int64, _ number: Int) -> Bool {
    guard words[1].hasSuffix(":") else {
      guard words.count > 3, words[2] == "inet" || words[2] == "inet6" else { return false }
      if links.last?.ifindex != index {
        var link = LinkText(ifname: words[1], line: number)
        link.ifindex = index
        links.append(link)
      }
      readDetail(Array(words.dropFirst(2)), number)
      return true
    }
    guard var link = Self.named(words[1].dropLast(), number) else { return false }
    link.ifindex = index
    for (word, next) in zip(words, words.dropFirst()) {
      switch word {
      case "mtu": link.mtu = Int64(next)
      case "state": link.operstate = next
      case "master": link.master = next
      default: break
      }
    }
    link.flags = words.first { $0.hasPrefix("<") && $0.hasSuffix(">") }.flatMap(Self.flags)
    links.append(link)
    return true
  }

  /// A name with what stands behind its `@`: an index in another namespace, or a name in this one.
  private static func named(_ text: Substring, _ number: Int) -> LinkText? {
    let parts = text.split(separator: "@", maxSplits: 1)
    guard let name = parts.first else { return nil }
    var link = LinkText(ifname: String(name), line: number)
    guard parts.count > 1 else { return link }
    if parts[1].hasPrefix("if"), let index = Int64(parts[1].dropFirst(2)) {
      link.peerIfindex = index
    } else if parts[1] != "NONE" {
      link.lower = String(parts[1])
    }
    return link
  }

  /// `ens5  UP  10.42.7.19/20 metric 512 fe80::…/64`, or with a MAC address and flags.
  private mutating func readBrief(_ words: [String], _ number: Int) {
    guard var link = Self.named(words[0][...], number) else { return }
    link.operstate = words[1]
    var open: [String] = []
    func address() -> LinkText.AddressText? {
      open.isEmpty ? nil : LinkText.AddressText(open[...], line: number)
    }
    for word in words.dropFirst(2) {
      if word.hasPrefix("<") {
        link.flags = Self.flags(word)
      } else if word.utf8.contains(UInt8(ascii: "/")), open.last != "peer" {
        if let address = address() { link.addresses.append(address) }
        open = [word]
      } else if open.isEmpty, word.utf8.count == 17, word.utf8.contains(UInt8(ascii: ":")) {
        link.mac = word
      } else if word.utf8.contains(UInt8(ascii: ".")), open.last != "peer" {
        // The near end of a point-to-point link has no prefix length.
        if let address = address() { link.addresses.append(address) }
        open = [word]
      } else {
        open.append(word)
      }
    }
    if let address = address() { link.addresses.append(address) }
    links.append(link)
  }

  /// `<UP,LOWER_UP>`, or `flags=4163<UP,BROADCAST>`.
  private static func flags(_ word: String) -> String? {
    guard let open = word.firstIndex(of: "<"), word.hasSuffix(">") else { return nil }
    let text = word[word.index(after: open)...].dropLast()
    return text.isEmpty ? nil : String(text)
  }

  private static func mac(_ word: String) -> String { word.lowercased() }
}

extension LinkReader {
  private mutating func readDetail(_ words: [String], _ number: Int) {
    guard let first = words.first, !links.isEmpty else { return }
    let last = links.count - 1
    if let (isSent, names) = counters {
      counters = nil
      let found = Self.counters(names, words)
      if isSent { links[last].sent = found } else { links[last].received = found }
      return
    }
    switch first {
    case _ where first.hasPrefix("link/"):
      links[last].mac = words.count > 1 ? words[1] : nil
      for (word, next) in zip(words, words.dropFirst())
      where word == "link-netns" || word == "link-netnsid" {
        links[last].netns = next
      }
    case "inet", "inet6": readAddress(words, number)
    case "valid_lft":
      guard let at = links[last].addresses.indices.last, words.count > 1 else { return }
      let seconds = words[1].hasSuffix("sec") ? words[1].dropLast(3) : words[1][...]
      links[last].addresses[at].validSeconds = Int64(seconds)
    case "altname":
      guard words.count > 1 else { return }
      let known = links[last].altnames.map { $0 + "," } ?? ""
      links[last].altnames = known + words[1]
    case "RX:", "TX:": counters = (first == "TX:", Array(words.dropFirst()))
    case "RX", "TX": readOldCounters(words)
    case "ether", "loop", "unspec":
      if words.count > 1, words[1].utf8.contains(UInt8(ascii: ":")) {
        links[last].mac = Self.mac(words[1])
      }
    case _ where Self.kinds.contains(first):
      links[last].kind = first
      if first == "vlan", let at = words.firstIndex(of: "id"), at + 1 < words.count {
        links[last].vlan = Int64(words[at + 1])
      }
    case _ where first.allSatisfy({ $0.isUppercase || $0 == "_" }): readOldFlags(words)
    default: break
    }
  }

  private mutating func readAddress(_ words: [String], _ number: Int) {
    var words = words
    // `inet addr:10.42.7.19  Bcast:10.42.15.255  Mask:255.255.240.0` of the old ifconfig.
    var scope: String?
    var bits: Int64?
    if words.count > 1, words[1].hasPrefix("addr:") {
      for word in words {
        if word.hasPrefix("Mask:") { bits = LinkText.AddressText.bits(String(word.dropFirst(5))) }
        if word.hasPrefix("Scope:") { scope = word.dropFirst(6).lowercased() }
      }
      let address = words[1].dropFirst(5)
      words = [words[0], address.isEmpty && words.count > 2 ? words[2] : String(address)]
    }
    guard var address = LinkText.AddressText(words[...], line: number) else { return }
    address.scope = address.scope ?? scope
    address.prefixLength = address.prefixLength ?? bits
    links[links.count - 1].addresses.append(address)
  }

  /// `UP BROADCAST RUNNING MULTICAST  MTU:9001  Metric:1`.
  private mutating func readOldFlags(_ words: [String]) {
    guard let mtu = words.first(where: { $0.hasPrefix("MTU:") }) else { return }
    let last = links.count - 1
    links[last].mtu = Int64(mtu.dropFirst(4))
    links[last].flags = words.prefix { !$0.contains(":") }.joined(separator: ",")
  }

  /// `RX packets 3  bytes 266 (266.0 B)`, `RX errors 0  dropped 0 …`, or with colons; old releases
  /// put the bytes of both directions on one line.
  private mutating func readOldCounters(_ words: [String]) {
    let last = links.count - 1
    var isSent = false
    for (index, word) in words.enumerated() {
      if word == "RX" || word == "TX" {
        isSent = word == "TX"
        continue
      }
      let parts = word.split(separator: ":", maxSplits: 1)
      guard let name = parts.first else { continue }
      let text =
        parts.count > 1 ? String(parts[1]) : index + 1 < words.count ? words[index + 1] : ""
      guard let value = Int64(text) else { continue }
      var known = (isSent ? links[last].sent : links[last].received) ?? LinkText.Counters()
      switch name {
      case "packets": known.packets = value
      case "bytes": known.bytes = value
      case "errors": known.errors = value
      case "dropped": known.dropped = value
      default: continue
      }
      if isSent { links[last].sent = known } else { links[last].received = known }
    }
  }

  private static func counters(_ names: [String], _ words: [String]) -> LinkText.Counters {
    var counters = LinkText.Counters()
    for (name, word) in zip(names, words) {
      switch name {
      case "bytes": counters.bytes = Int64(word)
      case "packets": counters.packets = Int64(word)
      case "errors": counters.errors = Int64(word)
      case "dropped": counters.dropped = Int64(word)
      default: break
      }
    }
    return counters
  }
}

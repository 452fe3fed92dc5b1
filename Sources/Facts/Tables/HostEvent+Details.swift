/// What the messages of an event are about.
extension HostEvent {
  mutating func read(_ text: Bytes) {
    switch event {
    case "martian_source", "martian_destination": readMartian(text)
    case "neighbour_overflow":
      subject = text.words.first { $0.starts("arp_cache") || $0.starts("ndisc_cache") }
        .map { Self.name($0) }
    case "oom_kill": readKill(text)
    case "link_renamed":
      if let found = text.firstRange(of: Array(": renamed from ".utf8)) {
        interface = text[..<found.lowerBound].words.last.map { Self.name($0) }
        subject = text[found.upperBound...].words.first.map { Self.name($0) }
      }
    case "link_up", "link_down", "driver_reset", "duplicate_address":
      // `ena 0000:00:05.0 eth0: Link is up` and `IPv6: eth0: IPv6 duplicate address …`.
      interface = Self.interface(text)
    case "transmit_timeout", "device_leak": interface = Self.labelled(text)
    case "messages_suppressed": number = Self.number(before: ["callbacks", "messages"], text)
    case "unit_failed", "unit_restart": readUnit(text)
    case "log_gap": readGap(text)
    case "carrier_lost", "carrier_gained", "lease_lost", "network_change_failed", "mac_not_set":
      interface = Self.before(text)
    case "address_taken":
      interface = Self.before(text)
      address = Self.word(after: "address ", text)
    case "device_managed": interface = Self.between("(", ")", text)
    case "sandbox_failed", "sandbox_delete_failed": readSandbox(text)
    case "exec_failed", "container_failed": readSandbox(text)
    case "proxy_mode": subject = Self.word(after: "Using ", text)
    case "upstream_timeout", "upstream_refused": address = Self.upstream(text)
    default: break
    }
  }

  /// `IPv4: martian source 10.42.3.17 from 10.42.12.200, on dev ens6`.
  private mutating func readMartian(_ text: Bytes) {
    address = Self.word(after: event == "martian_source" ? "source " : "destination ", text)
    peer = Self.word(after: "from ", text)
    interface = Self.word(after: "dev ", text)
  }

  /// `Killed process 4711 (aws-k8s-agent)`, with a comma or more behind it.
  private mutating func readKill(_ text: Bytes) {
    guard let found = text.firstRange(of: Array(" process ".utf8)) else { return }
    let rest = text[found.upperBound...]
    number = rest.prefix(while: \.isASCIIDigit).integer
    subject = Self.between("(", ")", rest)
  }

  private mutating func readUnit(_ text: Bytes) {
    guard let (unit, _) = text.cut(at: 0x3a), !unit.contains(0x20) else { return }
    subject = String(unit)
    number = Self.word(after: "counter is at ", text).flatMap { Int64($0) }
  }

  /// `Suppressed 812 messages from kubelet.service`, `imjournal: 300 messages lost due to …`.
  private mutating func readGap(_ text: Bytes) {
    number = Self.number(before: ["messages"], text)
    subject = Self.word(after: "messages from ", text)
  }

  /// `RunPodSandbox for &PodSandboxMetadata{Name:cart,Uid:…,Namespace:shop,Attempt:0,} failed`.
  private mutating func readSandbox(_ text: Bytes) {
    pod = Self.between("Name:", ",", text)
    namespace = Self.between("Namespace:", ",", text)
    sandbox = SandboxFailure.sandbox(text)
    if sandbox == nil, let found = text.firstRange(of: Array("for \\\"".utf8)) {
      let id = text[found.upperBound...].prefix { $0.hexDigit != nil }
      if id.count >= 4 { sandbox = String(id) }
    }
    if event.hasPrefix("sandbox") { failureClass = SandboxFailure.reason(text) }
  }

  /// The server in `read udp 10.42.5.101:41234->10.42.0.2:53: i/o timeout`.
  private static func upstream(_ text: Bytes) -> String? {
    guard let arrow = text.firstRange(of: Array("->".utf8)) else { return nil }
    let place = text[arrow.upperBound...].prefix { !$0.isWhitespace }
    guard let end = place.trimmedColons.lastIndex(of: 0x3a) else { return nil }
    return String(place[..<end])
  }

  // MARK: - Parts of messages

  /// A word without the signs around it.
  private static func name(_ word: Bytes) -> String {
    var word = word
    while let last = word.last, last == 0x3a || last == 0x2c || last == UInt8(ascii: "!") {
      word = word.dropLast()
    }
    return String(word)
  }

  private static func word(after mark: String, _ text: Bytes) -> String? {
    guard let found = text.firstRange(of: Array(mark.utf8)),
      let word = text[found.upperBound...].words.first
    else { return nil }
    let name = name(word.last == UInt8(ascii: ".") ? word.dropLast() : word)
    return name.isEmpty ? nil : name
  }

  /// What stands between two marks, if it is no longer than a name may be.
  private static func between(_ open: String, _ close: String, _ text: Bytes) -> String? {
    guard let start = text.firstRange(of: Array(open.utf8)),
      let end = text.firstRange(of: Array(close.utf8), from: start.upperBound),
      end.lowerBound > start.upperBound, end.lowerBound - start.upperBound <= 253
    else { return nil }
    return String(text[start.upperBound..<end.lowerBound])
  }

  /// The interface in front of the first colon.
  private static func before(_ text: Bytes) -> String? {
    guard let (name, _) = text.cut(at: 0x3a), !name.isEmpty, name.count <= 15, !name.contains(0x20)
    else { return nil }
    return String(name)
  }

  /// The last word before a colon that can be the name of an interface.
  private static func interface(_ text: Bytes) -> String? {
    text.words.first { word in
      guard word.last == 0x3a, word.count >= 3, word.count <= 16 else { return false }
      return word.first?.isASCIILetter == true && !word.equals("IPv6:") && !word.equals("IPv4:")
        && !word.contains(UInt8(ascii: "("))
    }.map { name($0) }
  }

  /// `NETDEV WATCHDOG: eth0 (ena): …`, `unregister_netdevice: waiting for eni1 to become free.`.
  private static func labelled(_ text: Bytes) -> String? {
    word(after: "waiting for ", text) ?? word(after: "WATCHDOG: ", text)
  }

  private static func number(before names: [String], _ text: Bytes) -> Int64? {
    let words = text.words
    for (word, next) in zip(words, words.dropFirst())
    where names.contains(where: { next.equals($0) }) {
      if let number = word.integer { return number }
    }
    return nil
  }
}

extension Bytes {
  /// Without colons at the end.
  fileprivate var trimmedColons: Bytes {
    var rest = self
    while rest.last == 0x3a { rest = rest.dropLast() }
    return rest
  }
}

import IPAMEngine

/// Reads a rule in the words of `iptables-save`.
struct IptablesRuleParser {
  private var words: [String]
  private var index = 0
  private var matches: [FilterMatch] = []
  private var target: FilterTarget = .none
  private var isNegated = false
  private var addressType: FilterMatch.AddressTypeTest?
  private var sourceType: FilterMatch.AddressTypeTest?
  private var isReversePathLoose = false
  private var isReversePathMarked = false
  private var isReversePathInverted = false
  private var hasReversePath = false

  private init(_ words: [String]) {
    self.words = words
  }

  /// The rule of a line such as `-A FORWARD -i eni+ -j ACCEPT`.
  static func rule(_ text: String, evidence: Evidence) -> FilterRule {
    var parser = IptablesRuleParser(FilterText.words(text))
    if ["-A", "-I"].contains(parser.words.first) { parser.index = 2 }
    parser.read()
    var rule = FilterRule(target: parser.target, text: text, evidence: evidence)
    rule.matches = parser.matches
    return rule
  }

  private mutating func read() {
    while index < words.count {
      let word = words[index]
      index += 1
      if word == "!" {
        isNegated = true
        continue
      }
      if word == "-j" || word == "-g" {
        readTarget(isGoto: word == "-g")
      } else {
        readMatch(word)
      }
      isNegated = false
    }
    endAddressTypes()
    if hasReversePath {
      matches.append(
        .reversePath(
          isLoose: isReversePathLoose, usesMark: isReversePathMarked,
          isInverted: isReversePathInverted))
    }
  }

  private mutating func value() -> String {
    guard index < words.count else { return "" }
    if words[index] == "!", index + 1 < words.count {
      isNegated = true
      index += 1
    }
    defer { index += 1 }
    return words[index]
  }

  private mutating func add(_ match: FilterMatch?, _ option: String) {
    matches.append(match ?? .unknown(option))
  }

  private mutating func readMatch(_ option: String) {
    switch option {
    case "-m", "--match": readModule(value())
    case "-s", "--source":
      let ranges = ranges(value())
      add(ranges.map { .source($0, isNegated: isNegated) }, option)
    case "-d", "--destination":
      let ranges = ranges(value())
      add(ranges.map { .destination($0, isNegated: isNegated) }, option)
    case "-i", "--in-interface":
      let name = value()
      add(.inInterface([name], isNegated: isNegated), option)
    case "-o", "--out-interface":
      let name = value()
      add(.outInterface([name], isNegated: isNegated), option)
    case "-p", "--protocol":
      let name = value()
      if name == "all" || name == "0" { return }
      let number = TransportProtocol(name)?.rawValue
      add(number.map { .transport([$0], isNegated: isNegated) }, "-p \(name)")
    case "-f", "--fragment": add(.always(isNegated), option)
    default: readTransportMatch(option)
    }
  }

  private mutating func readTransportMatch(_ option: String) {
    switch option {
    case "--comment": _ = value()
    case "--sport", "--source-port", "--sports", "--source-ports":
      let ports = ports(value())
      add(ports.map { .sourcePort($0, isNegated: isNegated) }, option)
    case "--dport", "--destination-port", "--dports", "--destination-ports":
      let ports = ports(value())
      add(ports.map { .destinationPort($0, isNegated: isNegated) }, option)
    case "--ports":
      let ports = ports(value())
      add(ports.map { .anyPort($0, isNegated: isNegated) }, option)
    case "--syn":
      add(
        .tcpFlags(
          mask: ["FIN", "SYN", "RST", "ACK"], set: ["SYN"], isNegated: isNegated), option)
    case "--tcp-flags":
      let mask = flags(value())
      let set = flags(value())
      add(.tcpFlags(mask: mask, set: set, isNegated: isNegated), option)
    case "--icmp-type", "--icmpv6-type":
      readICMPType(value(), isV6: option == "--icmpv6-type", option)
    default: readFlowMatch(option)
    }
  }

  private mutating func readFlowMatch(_ option: String) {
    switch option {
    case "--ctstate", "--state":
      let states = Set(value().split(separator: ",").map { String($0) })
      add(.state(states, isNegated: isNegated), option)
    case "--ctorigdst":
      let ranges = ranges(value())
      add(ranges.map { .originalDestination($0, isNegated: isNegated) }, option)
    case "--ctorigsrc":
      let ranges = ranges(value())
      add(ranges.map { .originalSource($0, isNegated: isNegated) }, option)
    case "--ctorigdstport":
      let ports = ports(value())
      add(ports.map { .originalDestinationPort($0, isNegated: isNegated) }, option)
    case "--ctdir":
      add(.isReply((value() == "REPLY") != isNegated), option)
    case "--mark": readMark(value(), option)
    case "--dst-type", "--src-type":
      let types = Set(value().split(separator: ",").map { String($0) })
      let test = FilterMatch.AddressTypeTest(
        isSource: option == "--src-type", types: types, isNegated: isNegated)
      if option == "--src-type" { sourceType = test } else { addressType = test }
    case "--limit-iface-in":
      addressType?.isLimitedToIn = true
      sourceType?.isLimitedToIn = true
    case "--limit-iface-out":
      addressType?.isLimitedToOut = true
      sourceType?.isLimitedToOut = true
    default: readOtherMatch(option)
    }
  }

  private mutating func readOtherMatch(_ option: String) {
    switch option {
    case "--match-set":
      let name = value()
      let fields = value().split(separator: ",").map {
        $0 == "src" ? FilterMatch.SetField.source : .destination
      }
      add(.set(name, fields: fields, isNegated: isNegated), option)
    case "--mac-source":
      let mac = value().lowercased()
      add(.mac(mac, isNegated: isNegated), option)
    case "--src-range":
      let range = addressRange(value())
      add(range.map { .source([$0], isNegated: isNegated) }, option)
    case "--dst-range":
      let range = addressRange(value())
      add(range.map { .destination([$0], isNegated: isNegated) }, option)
    // A single packet finds the bucket full.
    case "--limit", "--limit-burst": _ = value()
    case "--mode", "--every", "--packet", "--probability": readStatistic(option)
    // What goes through a router goes over no bridge.
    case "--physdev-in", "--physdev-out":
      _ = value()
      add(.always(isNegated), option)
    case "--physdev-is-in", "--physdev-is-out", "--physdev-is-bridged":
      add(.always(isNegated), option)
    case "--pkt-type":
      let type = value()
      add(.always((type == "unicast") != isNegated), option)
    case "--loose": isReversePathLoose = true
    case "--validmark": isReversePathMarked = true
    case "--invert": isReversePathInverted = true
    case "--accept-local": add(nil, option)
    default:
      add(nil, option)
      skipValues()
    }
  }

  private mutating func endAddressTypes() {
    matches += [addressType, sourceType].compactMap { $0 }.map { .addressType($0) }
    addressType = nil
    sourceType = nil
  }

  /// Modules without any option say something as well, and one that comes twice holds twice.
  private mutating func readModule(_ name: String) {
    if name == "addrtype" { endAddressTypes() }
    if name == "rpfilter" { hasReversePath = true }
    if name == "socket" { add(nil, "-m socket") }
    module = name
  }

  private var module = ""

  private mutating func readMark(_ text: String, _ option: String) {
    guard let mark = FilterText.mark(text) else { return add(nil, option) }
    add(
      module == "connmark"
        ? .connectionMark(value: mark.value, mask: mark.mask, isNegated: isNegated)
        : .mark(value: mark.value, mask: mark.mask, isNegated: isNegated), option)
  }

  private mutating func readStatistic(_ option: String) {
    let text = value()
    switch option {
    case "--mode" where module == "statistic": add(.sometimes, option)
    case "--probability" where (Double(text) ?? 0) >= 1:
      if case .sometimes? = matches.last { matches[matches.count - 1] = .always(true) }
    case "--probability", "--every", "--packet": break
    default: add(nil, option)
    }
  }

  private mutating func readICMPType(_ text: String, isV6: Bool, _ option: String) {
    if text == "any" || text == "255" { return }
    let parts = text.split(separator: "/", maxSplits: 1)
    let names =
      isV6
      ? ["echo-request": 128, "echo-reply": 129, "neighbour-solicitation": 135]
      : ["echo-request": 8, "ping": 8, "echo-reply": 0, "pong": 0, "destination-unreachable": 3]
    guard let name = parts.first, let type = Int(name) ?? names[String(name)] else {
      return add(nil, option)
    }
    let code = parts.count == 2 ? Int(parts[1]) : nil
    add(.icmpType(type, code: code, isNegated: isNegated), option)
  }

  /// Values of an option that is not known; the next option says where they end.
  private mutating func skipValues() {
    while index < words.count, !words[index].hasPrefix("-"), words[index] != "!" { index += 1 }
  }

  // MARK: Values

  private func ranges(_ text: String) -> [ClosedRange<IPAddress>]? {
    let ranges = text.split(separator: ",").map { FilterText.range($0) }
    return ranges.contains { $0 == nil } ? nil : ranges.compactMap { $0 }
  }

  private func addressRange(_ text: String) -> ClosedRange<IPAddress>? {
    let ends = text.split(separator: "-", maxSplits: 1)
    guard let first = ends.first.flatMap({ IPAddress($0) }),
      let last = ends.last.flatMap({ IPAddress($0) }), first <= last
    else { return nil }
    return first...last
  }

  private func ports(_ text: String) -> [ClosedRange<Int>]? {
    let ports = text.split(separator: ",").map { FilterText.ports($0) }
    return ports.contains { $0 == nil } ? nil : ports.compactMap { $0 }
  }

  private func flags(_ text: String) -> Set<String> {
    switch text {
    case "NONE": []
    case "ALL": ["FIN", "SYN", "RST", "PSH", "ACK", "URG"]
    default: Set(text.split(separator: ",").map { String($0) })
    }
  }

  // MARK: Targets

  private mutating func readTarget(isGoto: Bool) {
    let name = value()
    var options: [String: String] = [:]
    while index < words.count {
      let option = words[index]
      index += 1
      guard option.hasPrefix("--") else { continue }
      var parts: [String] = []
      while index < words.count, !words[index].hasPrefix("--") {
        parts.append(words[index])
        index += 1
      }
      options[option] = parts.joined(separator: " ")
    }
    target = Self.target(name, options, isGoto: isGoto)
  }

  /// Targets that let the packet go on as it is.
  private static let passing: Set<String> = [
    "LOG", "NFLOG", "ULOG", "AUDIT", "TRACE", "CHECKSUM", "TCPMSS", "TCPOPTSTRIP", "TOS", "DSCP",
    "SET", "CLASSIFY", "HL", "TTL", "SECMARK", "CONNSECMARK", "IDLETIMER", "LED", "RATEEST", "TEE",
  ]

  private static func target(
    _ name: String, _ options: [String: String], isGoto: Bool
  ) -> FilterTarget {
    let isRandom = options["--random"] != nil || options["--random-fully"] != nil
    switch name {
    case "ACCEPT": return .accept
    case "DROP": return .drop
    case "REJECT": return .reject(options["--reject-with"] ?? "icmp-port-unreachable")
    case "RETURN": return .return
    case "NOTRACK": return .notrack
    case "CT":
      if options["--notrack"] != nil { return .notrack }
      return options["--zone"] == nil ? .none : .unknown("CT --zone")
    case "MARK":
      return mark(options).map { .mark(value: $0.value, mask: $0.mask) } ?? .unknown(name)
    case "CONNMARK": return connectionMark(options)
    case "SNAT", "DNAT":
      let text = options["--to-source"] ?? options["--to-destination"] ?? ""
      guard var range = NATRange(text) else { return .unknown("\(name) \(text)") }
      range.isRandom = isRandom
      return name == "SNAT" ? .sourceNAT(range) : .destinationNAT(range)
    case "MASQUERADE": return .masquerade
    case "REDIRECT":
      guard let text = options["--to-ports"] else { return .redirect(port: nil) }
      return FilterText.ports(text, separator: "-").map { .redirect(port: $0) } ?? .unknown(name)
    case "NFQUEUE", "QUEUE", "TPROXY", "NETMAP", "SYNPROXY", "RAWSNAT", "RAWDNAT", "SNPT", "DNPT":
      return .unknown(name)
    default: return passing.contains(name) ? .none : .jump(name, isGoto: isGoto)
    }
  }

  /// Which bits are taken away, and which are turned then.
  private static func mark(_ options: [String: String]) -> (value: UInt32, mask: UInt32)? {
    if let text = options["--set-xmark"] { return FilterText.mark(text) }
    if let text = options["--set-mark"] {
      return FilterText.mark(text).map { ($0.value, $0.value | $0.mask) }
    }
    if let bits = options["--and-mark"].flatMap({ FilterText.number($0) }) { return (0, ~bits) }
    if let bits = options["--or-mark"].flatMap({ FilterText.number($0) }) { return (bits, bits) }
    if let bits = options["--xor-mark"].flatMap({ FilterText.number($0) }) { return (bits, 0) }
    return nil
  }

  private static func connectionMark(_ options: [String: String]) -> FilterTarget {
    func mask(_ name: String) -> UInt32? {
      guard let text = options[name] ?? options["--mask"] else { return .max }
      return FilterText.number(text)
    }
    if options["--save-mark"] != nil || options["--restore-mark"] != nil {
      guard let packet = mask("--nfmask"), let connection = mask("--ctmask") else {
        return .unknown("CONNMARK")
      }
      return options["--save-mark"] != nil
        ? .saveMark(connectionMask: connection, packetMask: packet)
        : .restoreMark(packetMask: packet, connectionMask: connection)
    }
    return mark(options).map { .connectionMark(value: $0.value, mask: $0.mask) }
      ?? .unknown("CONNMARK")
  }
}

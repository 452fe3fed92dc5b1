import IPAMEngine

/// Reads a rule in the words of `nft list ruleset`.
struct NftRuleParser {
  private var words: [String]
  private var index = 0
  private var matches: [FilterMatch] = []
  private var hasTarget = false
  private var target: FilterTarget = .none {
    didSet {
      // A rule that does several things would have to be several rules.
      if hasTarget { target = .unknown("several statements") }
      hasTarget = true
    }
  }

  private init(_ text: String) {
    // Braces and commas stand on their own.
    var spaced = ""
    for character in text {
      if "{},".contains(character) { spaced += " \(character) " } else { spaced.append(character) }
    }
    words = FilterText.words(spaced)
  }

  static func rule(_ text: String, evidence: Evidence) -> FilterRule {
    var parser = NftRuleParser(text)
    while let word = parser.next() { parser.read(word) }
    var rule = FilterRule(target: parser.target, text: text, evidence: evidence)
    rule.matches = parser.matches
    return rule
  }

  private mutating func next() -> String? {
    guard index < words.count else { return nil }
    defer { index += 1 }
    return words[index]
  }

  private func peek(_ distance: Int = 0) -> String? {
    words.indices.contains(index + distance) ? words[index + distance] : nil
  }

  /// Whether the next word is this one, which is taken then.
  private mutating func take(_ word: String) -> Bool {
    guard peek() == word else { return false }
    index += 1
    return true
  }

  private mutating func add(_ match: FilterMatch?, _ word: String) {
    matches.append(match ?? .unknown(word))
  }

  // MARK: Statements

  private mutating func read(_ word: String) {
    switch word {
    case "iifname", "oifname", "iif", "oif": readInterface(word)
    case "ip", "ip6": readHeader(word)
    case "tcp", "udp", "th", "sctp": readTransport(word)
    case "icmp", "icmpv6": readICMP(word)
    case "meta": readMeta()
    case "ct": readConnection()
    case "fib": readFib()
    case "counter": skipCounter()
    case "comment": _ = next()
    case "limit", "log": skipToVerdict()
    case "accept": target = .accept
    case "drop": target = .drop
    case "return": target = .return
    case "continue": break
    case "notrack": target = .notrack
    case "masquerade":
      target = .masquerade
      skipToVerdict()
    case "jump", "goto": target = next().map { .jump($0, isGoto: word == "goto") } ?? .none
    case "reject":
      let text = words[index...].joined(separator: " ")
      target = .reject(text.isEmpty ? "icmp-port-unreachable" : text)
      index = words.count
    case "snat", "dnat", "redirect": readTranslation(word)
    case "mark": readMark(isFlow: false)
    default: readUnknown(word)
    }
  }

  private mutating func readUnknown(_ word: String) {
    if let number = TransportProtocol(word)?.rawValue, Int(word) == nil {
      return matches.append(.transport([number], isNegated: false))
    }
    matches.append(.unknown(word))
    skipToVerdict()
  }

  private static let verdicts: Set<String> = [
    "accept", "drop", "return", "jump", "goto", "reject", "snat", "dnat", "masquerade", "redirect",
    "notrack",
  ]

  private mutating func skipToVerdict() {
    while let word = peek(), !Self.verdicts.contains(word) { index += 1 }
  }

  private mutating func skipCounter() {
    while let word = peek(), ["packets", "bytes"].contains(word) || Int(word) != nil { index += 1 }
  }

  /// The words that something may be, one or those between braces; nil for the name of a set.
  private mutating func values() -> (isNegated: Bool, values: [String])? {
    let isNegated = take("!=")
    _ = take("==")
    guard let first = next() else { return nil }
    guard !first.hasPrefix("@") else { return nil }
    guard first == "{" else {
      var values = [first]
      while take(",") { values.append(next() ?? "") }
      return (isNegated, values)
    }
    var values: [String] = []
    while let word = next(), word != "}" {
      if word != "," { values.append(word) }
    }
    return (isNegated, values)
  }

  private mutating func readInterface(_ word: String) {
    guard let (isNegated, names) = values() else { return add(nil, word) }
    let patterns = names.map { $0.hasSuffix("*") ? $0.dropLast() + "+" : $0 }
    add(
      word.hasPrefix("i")
        ? .inInterface(patterns, isNegated: isNegated)
        : .outInterface(patterns, isNegated: isNegated), word)
  }

  private mutating func readHeader(_ word: String) {
    let field = next() ?? ""
    guard let (isNegated, texts) = values() else { return add(nil, "\(word) \(field)") }
    switch field {
    case "saddr", "daddr":
      let ranges = texts.map { Self.range($0) }
      guard !ranges.contains(where: { $0 == nil }) else { return add(nil, "\(word) \(field)") }
      let known = ranges.compactMap { $0 }
      add(
        field == "saddr"
          ? .source(known, isNegated: isNegated) : .destination(known, isNegated: isNegated), word)
    case "protocol", "nexthdr": addTransports(texts, isNegated, "\(word) \(field)")
    default: add(nil, "\(word) \(field)")
    }
  }

  private static func range(_ text: String) -> ClosedRange<IPAddress>? {
    if let range = FilterText.range(text) { return range }
    let ends = text.split(separator: "-", maxSplits: 1)
    guard ends.count == 2, let first = IPAddress(ends[0]), let last = IPAddress(ends[1]),
      first <= last
    else { return nil }
    return first...last
  }

  private mutating func addTransports(_ texts: [String], _ isNegated: Bool, _ word: String) {
    let numbers = texts.map { TransportProtocol($0)?.rawValue }
    guard !numbers.contains(where: { $0 == nil }) else { return add(nil, word) }
    add(.transport(numbers.compactMap { $0 }, isNegated: isNegated), word)
  }

  private mutating func readTransport(_ word: String) {
    let field = next() ?? ""
    if word != "th" { addTransports([word], false, word) }
    guard field == "dport" || field == "sport", let (isNegated, texts) = values() else {
      add(nil, "\(word) \(field)")
      return skipToVerdict()
    }
    let ports = texts.map { FilterText.ports($0, separator: "-") }
    guard !ports.contains(where: { $0 == nil }) else { return add(nil, "\(word) \(field)") }
    let known = ports.compactMap { $0 }
    add(
      field == "dport"
        ? .destinationPort(known, isNegated: isNegated)
        : .sourcePort(known, isNegated: isNegated), word)
  }

  private mutating func readICMP(_ word: String) {
    let types = ["echo-request": word == "icmp" ? 8 : 128, "echo-reply": word == "icmp" ? 0 : 129]
    guard take("type"), let (isNegated, names) = values(), names.count == 1,
      let type = types[names[0]] ?? Int(names[0])
    else {
      add(nil, word)
      return skipToVerdict()
    }
    add(.icmpType(type, code: nil, isNegated: isNegated), word)
  }

  private mutating func readMeta() {
    switch next() {
    case "mark": readMark(isFlow: false)
    case "l4proto":
      guard let (isNegated, texts) = values() else { return add(nil, "meta l4proto") }
      addTransports(texts, isNegated, "meta l4proto")
    case "iifname": readInterface("iifname")
    case "oifname": readInterface("oifname")
    case "nfproto":
      // The tables of a family see its packets only; others are not collected so.
      _ = values()
      add(nil, "meta nfproto")
    case let other: readUnknown("meta \(other ?? "")")
    }
  }

  private mutating func readConnection() {
    switch next() {
    case "state":
      if take("vmap") { return readStateMap() }
      guard let (isNegated, states) = values() else { return add(nil, "ct state") }
      add(.state(Set(states.map { $0.uppercased() }), isNegated: isNegated), "ct state")
    case "status":
      guard let (isNegated, states) = values(), states == ["dnat"] || states == ["snat"] else {
        return add(nil, "ct status")
      }
      add(.state([states[0].uppercased()], isNegated: isNegated), "ct status")
    case "mark": readMark(isFlow: true)
    case "direction":
      guard let (isNegated, names) = values(), names.count == 1 else {
        return add(nil, "ct direction")
      }
      add(.isReply((names[0] == "reply") != isNegated), "ct direction")
    case let other: readUnknown("ct \(other ?? "")")
    }
  }

  private mutating func readStateMap() {
    guard take("{") else { return readUnknown("vmap") }
    var verdicts: [String: FilterVerdict] = [:]
    while let state = next(), state != "}" {
      guard state != "," else { continue }
      guard take(":") else { return readUnknown("vmap") }
      switch next() {
      case "accept": verdicts[state] = .accept
      case "drop": verdicts[state] = .drop
      case "jump", "goto": verdicts[state] = .jump(next() ?? "")
      default: return readUnknown("vmap")
      }
    }
    target = .byState(verdicts)
  }

  private mutating func readFib() {
    guard let field = next(), field == "daddr" || field == "saddr", take("type"),
      let (isNegated, types) = values()
    else { return readUnknown("fib") }
    add(
      .addressType(
        FilterMatch.AddressTypeTest(
          isSource: field == "saddr", types: Set(types.map { $0.uppercased() }),
          isNegated: isNegated)), "fib")
  }

  // MARK: Marks

  private mutating func readMark(isFlow: Bool) {
    if take("set") { return readNewMark(isFlow: isFlow) }
    var mask = UInt32.max
    if take("&") || take("and") {
      guard let number = next().flatMap({ FilterText.number($0) }) else {
        return add(nil, "mark")
      }
      mask = number
    }
    guard let (isNegated, texts) = values(), texts.count == 1,
      let value = FilterText.number(texts[0])
    else { return add(nil, "mark") }
    add(
      isFlow
        ? .connectionMark(value: value, mask: mask, isNegated: isNegated)
        : .mark(value: value, mask: mask, isNegated: isNegated), "mark")
  }

  /// `0x80`, `ct mark`, `ct mark & 0x80`, `meta mark & 0xffffff7f | 0x80`.
  private mutating func readNewMark(isFlow: Bool) {
    var kept: UInt32 = 0
    var turned: UInt32 = 0
    var isFromFlow: Bool?
    if let number = peek().flatMap({ FilterText.number($0) }) {
      index += 1
      turned = number
    } else if ["ct", "meta"].contains(peek()), peek(1) == "mark" {
      isFromFlow = peek() == "ct"
      kept = .max
      index += 2
    } else {
      target = .unknown("mark set")
      return index = words.count
    }
    while let sign = peek(), let number = peek(1).flatMap({ FilterText.number($0) }) {
      switch sign {
      case "&", "and": (kept, turned) = (kept & number, turned & number)
      case "|", "or": (kept, turned) = (kept & ~number, turned & ~number | number)
      case "^", "xor": turned ^= number
      default: return
      }
      index += 2
    }
    setMark(isFlow: isFlow, isFromFlow: isFromFlow, kept: kept, turned: turned)
  }

  private mutating func setMark(isFlow: Bool, isFromFlow: Bool?, kept: UInt32, turned: UInt32) {
    if isFromFlow == nil || isFromFlow == isFlow {
      target =
        isFlow
        ? .connectionMark(value: turned, mask: ~kept) : .mark(value: turned, mask: ~kept)
    } else if turned == 0 {
      target =
        isFlow
        ? .saveMark(connectionMask: .max, packetMask: kept)
        : .restoreMark(packetMask: .max, connectionMask: kept)
    } else {
      target = .unknown("mark set")
    }
  }

  // MARK: NAT

  private mutating func readTranslation(_ word: String) {
    _ = take("ip") || take("ip6")
    guard take("to") else {
      target = word == "redirect" ? .redirect(port: nil) : .unknown(word)
      return
    }
    let text = next() ?? ""
    skipToVerdict()
    guard let range = NATRange(text) else { return target = .unknown("\(word) \(text)") }
    switch word {
    case "snat": target = .sourceNAT(range)
    case "dnat": target = .destinationNAT(range)
    default: target = .redirect(port: range.ports)
    }
  }
}

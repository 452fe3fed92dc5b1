/// A line of `iptables -L`. Columns are told apart by what they hold: their widths are those of the
/// longest names only by chance, targets and options may be empty, and pastes lose blanks.
struct IptablesListLine {
  var match = IptablesRuleText()

  /// `Chain FORWARD (policy DROP 2947 packets, 248K bytes)` or `Chain KUBE-FORWARD (2 references)`.
  static func chain(
    _ line: Bytes
  ) -> (
    name: String, policy: String?, counters: (packets: Int64, bytes: Int64)?, references: Int64?
  )? {
    let words = line.words
    guard words.count >= 3, let open = words[2].first, open == UInt8(ascii: "(") else { return nil }
    let inner = line[words[2].startIndex...].dropFirst().prefix { $0 != UInt8(ascii: ")") }.words
    let name = String(words[1])
    guard let first = inner.first else { return nil }
    guard first.equals("policy") else {
      return (name, nil, nil, first.integer)
    }
    guard inner.count >= 2 else { return nil }
    var counters: (packets: Int64, bytes: Int64)?
    if inner.count >= 6, let packets = number(inner[2]), let bytes = number(inner[4]) {
      counters = (packets, bytes)
    }
    return (name, String(inner[1]), counters, nil)
  }

  /// ` pkts bytes target     prot opt in     out     source               destination`.
  static func isHeader(_ line: Bytes) -> Bool {
    line.contains("target") && line.contains("prot") && line.contains("source")
      && (line.starts("target") || line.starts("pkts") || line.starts("num"))
  }

  /// The counters in front of a rule, and what follows them.
  static func counters(_ line: Bytes) -> (packets: Int64, bytes: Int64, rest: Bytes)? {
    let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
    guard words.count == 3, let packets = number(words[0]), let bytes = number(words[1]) else {
      return nil
    }
    return (packets, bytes, words[2].trimmed)
  }

  /// Whether a line begins as a rule does, though it may be cut.
  static func startsWithCounter(_ line: Bytes) -> Bool {
    line.words.first.map { number($0) != nil } ?? false
  }

  /// `815K`: listings round to thousands without `-x`.
  private static func number(_ word: Bytes) -> Int64? {
    if let value = word.integer { return value }
    let scale: Int64
    switch word.last {
    case UInt8(ascii: "K"): scale = 1000
    case UInt8(ascii: "M"): scale = 1_000_000
    case UInt8(ascii: "G"): scale = 1_000_000_000
    case UInt8(ascii: "T"): scale = 1_000_000_000_000
    case UInt8(ascii: "P"): scale = 1_000_000_000_000_000
    default: return nil
    }
    guard let value = word.dropLast().integer else { return nil }
    let (product, isTooLarge) = value.multipliedReportingOverflow(by: scale)
    return isTooLarge ? nil : product
  }

  /// Reads a rule without its counters; nil if its columns are not there.
  init?(_ line: Bytes, isVerbose: Bool) {
    // Never more than these columns; the rest belongs to matches and the target.
    let words = line.prefix(2048).words
    guard let columns = Self.columns(words, isVerbose: isVerbose) else { return nil }
    match.target = columns.target.map { String(words[$0]) }
    match.proto = Self.negated(words[columns.proto]).flatMap(IptablesRuleText.protocolName)
    var next = columns.next
    if isVerbose {
      match.inInterface = Self.negated(words[next])
      match.outInterface = Self.negated(words[next + 1])
      next += 2
    }
    match.source = Self.address(words[next])
    match.destination = Self.address(words[next + 1])
    let end = words[next + 1].endIndex
    readRest(line[end...])
  }

  /// Where the columns stand: the target, which may be missing, the protocol, and what follows the
  /// options, which IPv6 does not have before 1.8.9.
  private static func columns(
    _ words: [Bytes], isVerbose: Bool
  ) -> (target: Int?, proto: Int, next: Int)? {
    for proto in [1, 0] where words.count > proto && isProtocol(words[proto]) {
      for hasOptions in [true, false] {
        let next = proto + (hasOptions ? 2 : 1)
        guard !hasOptions || (words.count > proto + 1 && isOption(words[proto + 1])) else {
          continue
        }
        let source = next + (isVerbose ? 2 : 0)
        guard words.count > source + 1, isAddress(words[source]), isAddress(words[source + 1])
        else { continue }
        return (proto == 1 ? 0 : nil, proto, next)
      }
    }
    return nil
  }

  private static func isOption(_ word: Bytes) -> Bool {
    word.equals("--") || word.equals("-f") || word.equals("!f")
  }

  private static func isProtocol(_ word: Bytes) -> Bool {
    let name = word.first == UInt8(ascii: "!") ? word.dropFirst() : word
    if let number = name.integer { return (0...255).contains(number) }
    guard let first = name.first else { return false }
    return first >= UInt8(ascii: "a") && first <= UInt8(ascii: "z")
  }

  /// An address, a range, `anywhere`, or the name that a listing without `-n` found for one.
  private static func isAddress(_ word: Bytes) -> Bool {
    let name = word.first == UInt8(ascii: "!") ? word.dropFirst() : word
    guard let first = name.first else { return false }
    return first.isASCIIDigit || first.isASCIILetter || first == UInt8(ascii: ":")
  }

  /// `!vlan+` in the spelling of the other formats: `! vlan+`. Nil for what restricts nothing.
  private static func negated(_ word: Bytes) -> String? {
    if word.equals("*") || word.equals("any") || word.equals("all") || word.equals("0") {
      return nil
    }
    return word.first == UInt8(ascii: "!") ? "! " + String(word.dropFirst()) : String(word)
  }

  /// An address with its prefix length, as `iptables-save` prints it.
  private static func address(_ word: Bytes) -> String? {
    let isNegated = word.first == UInt8(ascii: "!")
    let name = isNegated ? word.dropFirst() : word
    let anything = ["anywhere", "0.0.0.0/0", "::/0"]
    if !isNegated, anything.contains(where: { name.equals($0) }) { return nil }
    return (isNegated ? "! " : "") + IptablesRuleText.withPrefixLength(String(name))
  }
}

extension IptablesListLine {
  /// Matches, then what the target does.
  private mutating func readRest(_ text: Bytes) {
    var rest = text
    if let open = rest.firstRange(of: Array("/* ".utf8)),
      let close = rest.firstRange(of: Array(" */".utf8), from: open.upperBound)
    {
      match.comment = String(rest[open.upperBound..<close.lowerBound])
      rest = rest[..<open.lowerBound] + rest[close.upperBound...]
    }
    let words = rest.words.map { String($0) }
    let options = words.firstIndex { isTargetOption($0) } ?? words.endIndex
    readMatches(words[..<options])
    guard options < words.endIndex else { return }
    let rests = Array(words[options...])
    match.targetOptions = rests.joined(separator: " ")
    match.mark = MarkText(listing: rests)
    match.toAddress = rests.first { $0.hasPrefix("to:") }.map { String($0.dropFirst(3)) }
    match.random = rests.first { $0 == "random-fully" || $0 == "random" }
    if let at = rests.firstIndex(of: "reject-with"), at + 1 < rests.count {
      match.rejectWith = rests[at + 1]
    }
  }

  private func isTargetOption(_ word: String) -> Bool {
    switch match.target {
    case "SNAT", "DNAT", "NETMAP", "MASQUERADE", "REDIRECT":
      return word.hasPrefix("to:") || ["masq", "redir", "random", "random-fully"].contains(word)
    case "REJECT": return word == "reject-with"
    case "MARK", "CONNMARK", "LOG", "CT", "TCPMSS", "NFQUEUE", "TPROXY", "CLASSIFY", "DSCP":
      return word == match.target
    case "NFLOG": return word.hasPrefix("nflog-")
    default: return false
    }
  }

  private mutating func readMatches(_ all: ArraySlice<String>) {
    var words = all
    var other: [String] = []
    func value() -> String? {
      guard let first = words.popFirst() else { return nil }
      guard first == "!" else {
        return first.hasPrefix("!") ? "! " + first.dropFirst() : first
      }
      return words.popFirst().map { "! " + $0 }
    }
    while let word = words.popFirst() {
      switch word {
      case "[goto]": match.isGoto = true
      case "ctstate", "state": match.ctState = value()
      case "mark" where words.first == "match":
        words = words.dropFirst()
        match.markMatch = value()
      case "dst-type":
        match.destinationType = value()
        other.append("dst-type \(match.destinationType ?? "")")
      default:
        if let port = Self.port(word) { match.destinationPort = port }
        if word == "dports" { match.destinationPort = words.first }
        other.append(word)
      }
    }
    // The protocol's own module is named only in front of its ports.
    if !other.isEmpty { match.otherMatch = other.joined(separator: " ") }
  }

  /// `dpt:10250` or `dpts:30000:32767`; a `!` stands behind the colon.
  private static func port(_ word: String) -> String? {
    for prefix in ["dpt:", "dpts:"] where word.hasPrefix(prefix) {
      let port = word.dropFirst(prefix.count)
      return port.hasPrefix("!") ? "! " + port.dropFirst() : String(port)
    }
    return nil
  }
}

/// The matches and the target of one iptables rule.
struct IptablesRuleText {
  var target: String?
  var isGoto = false
  var inInterface: String?
  var outInterface: String?
  var source: String?
  var destination: String?
  var proto: String?
  var comment: String?
  var ctState: String?
  var markMatch: String?
  var destinationPort: String?
  var destinationType: String?
  var otherMatch: String?
  var targetOptions: String?
  var toAddress: String?
  var random: String?
  var rejectWith: String?
  var mark: MarkText?

  /// Whether every packet that reaches the rule matches it.
  var isUnconditional: Bool {
    inInterface == nil && outInterface == nil && source == nil && destination == nil
      && proto == nil && ctState == nil && markMatch == nil && otherMatch == nil
  }

  /// Splits at white space, with `"…"` kept together and `\"` inside; nil if a quote stays open.
  static func words(_ line: Bytes) -> [Bytes]? {
    var words: [Bytes] = []
    var index = line.startIndex
    while index < line.endIndex {
      if line[index].isWhitespace {
        index += 1
        continue
      }
      guard line[index] == UInt8(ascii: "\"") else {
        let start = index
        while index < line.endIndex, !line[index].isWhitespace { index += 1 }
        words.append(line[start..<index])
        continue
      }
      index += 1
      var word: [UInt8] = []
      while index < line.endIndex, line[index] != UInt8(ascii: "\"") {
        if line[index] == UInt8(ascii: "\\"), index + 1 < line.endIndex { index += 1 }
        word.append(line[index])
        index += 1
      }
      guard index < line.endIndex else { return nil }
      index += 1
      words.append(word[...])
    }
    return words
  }

  /// Reads the words after the chain's name.
  mutating func read(_ words: ArraySlice<Bytes>) {
    var index = words.startIndex
    var isNegated = false
    var module: String?
    var isModulePrinted = false
    var other: [String] = []

    /// The value of the option at `index`, with a negation in front or, as old versions print it,
    /// behind the option.
    func value() -> String? {
      guard index + 1 < words.endIndex else { return nil }
      index += 1
      if words[index].equals("!"), index + 1 < words.endIndex {
        isNegated = true
        index += 1
      }
      return (isNegated ? "! " : "") + String(words[index])
    }

    while index < words.endIndex {
      let word = String(words[index])
      defer {
        index += 1
        if word != "!" { isNegated = false }
      }
      switch word {
      case "!": isNegated = true
      case "-i", "--in-interface": inInterface = value()
      case "-o", "--out-interface": outInterface = value()
      case "-s", "--source", "--src": source = value()
      case "-d", "--destination", "--dst": destination = value()
      case "-p", "--protocol", "--proto": proto = value().flatMap(Self.protocolName)
      case "-j", "--jump", "-g", "--goto":
        isGoto = word == "-g" || word == "--goto"
        target = value()
        readTarget(words[min(index + 1, words.endIndex)...])
        index = words.endIndex
      case "-m", "--match":
        Self.close(&other, module, isModulePrinted)
        module = value()
        isModulePrinted = false
      case "--comment" where module == "comment": comment = value()
      case "--ctstate", "--state": ctState = value()
      case "--mark" where module == "mark": markMatch = value()
      default:
        if let module, !isModulePrinted {
          other.append("-m \(module)")
          isModulePrinted = true
        }
        other.append((isNegated ? "! " : "") + Self.quoted(words[index]))
        note(word, behind: words[(index + 1)...], isNegated)
      }
      if ["--comment", "--ctstate", "--state", "--mark"].contains(word) { isModulePrinted = true }
    }
    Self.close(&other, module, isModulePrinted)
    if !other.isEmpty { otherMatch = other.joined(separator: " ") }
  }

  /// A match module without any option is a match all the same.
  private static func close(_ other: inout [String], _ module: String?, _ isPrinted: Bool) {
    if let module, !isPrinted { other.append("-m \(module)") }
  }

  /// Keeps the values of the matches that rules ask for.
  private mutating func note(
    _ option: String, behind words: ArraySlice<Bytes>, _ isNegated: Bool
  ) {
    guard var value = words.first.map({ String($0) }) else { return }
    // Old versions print the negation behind the option.
    if value == "!", let next = words.dropFirst().first { value = "! " + String(next) }
    if isNegated { value = "! " + value }
    switch option {
    case "--dport", "--destination-port", "--dports", "--destination-ports":
      destinationPort = value
    case "--dst-type": destinationType = value
    default: break
    }
  }

  /// Reads what follows the target.
  private mutating func readTarget(_ rest: ArraySlice<Bytes>) {
    guard !rest.isEmpty else { return }
    targetOptions = Self.joined(rest)
    let words = rest.map { String($0) }
    func value(of options: [String]) -> String? {
      guard let at = words.firstIndex(where: { options.contains($0) }), at + 1 < words.count else {
        return nil
      }
      return words[at + 1]
    }
    toAddress = value(of: ["--to-source", "--to-destination", "--to"])
    rejectWith = value(of: ["--reject-with"])
    random =
      words.contains("--random-fully")
      ? "random-fully" : words.contains("--random") ? "random" : nil
    mark = MarkText(options: words)
  }

  /// Names of protocols: some listings print numbers. Nil for 0, which means any.
  static func protocolName(_ text: String) -> String? {
    let isNegated = text.hasPrefix("! ")
    let name = isNegated ? String(text.dropFirst(2)) : text
    let names = [
      "1": "icmp", "2": "igmp", "4": "ipencap", "6": "tcp", "17": "udp", "33": "dccp",
      "41": "ipv6", "47": "gre", "50": "esp", "51": "ah", "58": "ipv6-icmp", "112": "vrrp",
      "132": "sctp", "136": "udplite", "icmpv6": "ipv6-icmp", "icmp6": "ipv6-icmp",
    ]
    if name == "all" || name == "0" { return nil }
    return (isNegated ? "! " : "") + (names[name] ?? name)
  }

  /// An address in the form of `iptables-save`, which always prints a prefix length.
  static func withPrefixLength(_ address: String) -> String {
    guard !address.utf8.contains(UInt8(ascii: "/")), IPRange(address) != nil else { return address }
    return address + (address.utf8.contains(UInt8(ascii: ":")) ? "/128" : "/32")
  }

  private static func joined(_ words: ArraySlice<Bytes>) -> String {
    words.map { quoted($0) }.joined(separator: " ")
  }

  private static func quoted(_ word: Bytes) -> String {
    word.contains(0x20) || word.isEmpty ? "\"\(String(word))\"" : String(word)
  }
}

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
  var otherMatch: String?
  var targetOptions: String?
  var counters: (Int64, Int64)?

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
      case "-p", "--protocol", "--proto": proto = value()
      case "-c", "--set-counters": readCounters(words, &index)
      case "-j", "--jump", "-g", "--goto":
        isGoto = word == "-g" || word == "--goto"
        target = value()
        let rest = words[min(index + 1, words.endIndex)...]
        if !rest.isEmpty { targetOptions = Self.joined(rest) }
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

  private mutating func readCounters(_ words: ArraySlice<Bytes>, _ index: inout Int) {
    guard index + 2 < words.endIndex, let packets = words[index + 1].integer,
      let bytes = words[index + 2].integer
    else { return }
    counters = (packets, bytes)
    index += 2
  }

  private static func joined(_ words: ArraySlice<Bytes>) -> String {
    words.map { quoted($0) }.joined(separator: " ")
  }

  private static func quoted(_ word: Bytes) -> String {
    word.contains(0x20) || word.isEmpty ? "\"\(String(word))\"" : String(word)
  }
}

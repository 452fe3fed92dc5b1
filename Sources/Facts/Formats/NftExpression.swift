/// The statements of a rule of nf_tables, read from JSON and written as the program `nft` prints
/// them.
struct NftExpression {
  /// Every statement but the comment.
  private(set) var text = ""
  /// accept, drop, reject, jump, goto, return, snat, dnat and so on; nil if the rule only continues.
  private(set) var verdict: String?
  /// The chain of jump and goto.
  private(set) var target: String?
  private(set) var packets: Int64?
  private(set) var bytes: Int64?

  private static let verdicts = ["accept", "drop", "return", "continue"]
  private static let translations = ["snat", "dnat", "masquerade", "redirect"]

  init(_ statements: [JSONValue]) {
    text = statements.compactMap { statement in
      guard let (key, value) = statement.object?.members.first else { return nil }
      return read(key, value)
    }.joined(separator: " ")
  }

  /// Reads a rule of the text form, without its handle and its comment.
  init(text: String) {
    self.text = text
    let words = text.split(separator: " ").map { String($0) }
    if let at = words.firstIndex(of: "counter"), at + 4 < words.count, words[at + 1] == "packets" {
      packets = Int64(words[at + 2])
      bytes = Int64(words[at + 4])
    }
    let known = Self.verdicts + Self.translations + ["jump", "goto", "reject", "queue"]
    // A verdict inside braces belongs to an element of a map.
    var depth = 0
    for (index, word) in words.enumerated() {
      if word == "{" { depth += 1 }
      if word == "}" { depth -= 1 }
      // `ct status dnat` is a match.
      let isValue = index > 0 && words[index - 1] == "status"
      guard depth == 0, known.contains(word), !isValue else { continue }
      verdict = word
      if word == "jump" || word == "goto" {
        target = index + 1 < words.count ? words[index + 1] : nil
      }
    }
  }

  private mutating func read(_ key: String, _ value: JSONValue) -> String {
    switch key {
    case "match": return Self.match(value)
    case "counter":
      guard value.object != nil else { return "counter name \"\(value.scalarText ?? "")\"" }
      packets = value["packets"]?.integer
      bytes = value["bytes"]?.integer
      return "counter packets \(packets ?? 0) bytes \(bytes ?? 0)"
    case _ where Self.verdicts.contains(key):
      verdict = key
      return key
    case "jump", "goto":
      verdict = key
      target = value["target"]?.string
      return "\(key) \(target ?? "")"
    case _ where Self.translations.contains(key):
      verdict = key
      return Self.translation(key, value)
    case "reject":
      verdict = key
      return Self.reject(value)
    case "queue":
      verdict = key
      return key
    case "mangle":
      let left = Self.operand(value["key"])
      return "\(left) set \(Self.operand(value["value"], isMark: left.hasSuffix("mark")))"
    case "vmap": return "\(Self.operand(value["key"])) vmap \(Self.operand(value["data"]))"
    case "limit":
      let over = value["inv"]?.bool == true ? "over " : ""
      return "limit rate \(over)\(value["rate"]?.scalarText ?? "")/\(value["per"]?.string ?? "")"
    case "log":
      return value["prefix"]?.string.map { "log prefix \"\($0)\"" } ?? "log"
    case "xt":
      // What `nft` cannot translate; newer releases say which extension it is.
      let words = ["xt", value["type"]?.string, value["name"]?.string].compactMap { $0 }
      return words.joined(separator: " ")
    case "notrack": return key
    default: return "\(key) \(value.json)"
    }
  }

  private static func match(_ value: JSONValue) -> String {
    let left = operand(value["left"])
    let right = operand(
      value["right"], isMark: left.hasSuffix("mark"), isName: left.hasSuffix("name"))
    // `nft` prints no operator for equality, and none for a test of flags.
    let sign = value["op"]?.string ?? "=="
    return sign == "==" || sign == "in" ? "\(left) \(right)" : "\(left) \(sign) \(right)"
  }

  private static func translation(_ key: String, _ value: JSONValue) -> String {
    var words = [key]
    if value["addr"] != nil || value["port"] != nil {
      if let family = value["family"]?.string { words.append(family) }
      let address = value["addr"].map { operand($0) } ?? ""
      let port = value["port"].map { ":" + operand($0) } ?? ""
      words += ["to", address + port]
    }
    switch value["flags"] {
    case .string(let flag): words.append(flag)
    case .array(let flags): words.append(flags.compactMap(\.string).joined(separator: ","))
    default: break
    }
    return words.joined(separator: " ")
  }

  private static func reject(_ value: JSONValue) -> String {
    guard let type = value["type"]?.string else { return "reject" }
    let what = value["expr"].map { " " + operand($0) } ?? ""
    return "reject with \(type)\(what)"
  }

  /// What stands on either side of an operator.
  private static func operand(
    _ value: JSONValue?, isMark: Bool = false, isName: Bool = false
  ) -> String {
    switch value {
    case .number(let text):
      guard isMark, let number = UInt32(text) else { return text }
      let digits = String(number, radix: 16)
      return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    case .string(let text): return isName ? "\"\(text)\"" : text
    case .array(let values):
      return values.map { operand($0, isMark: isMark) }.joined(separator: ",")
    case .object(let object):
      guard let (key, inner) = object.members.first else { return "" }
      return operand(key, inner, isMark: isMark, isName: isName)
    case .bool, .null, .none: return value?.scalarText ?? ""
    }
  }

  private static func operand(
    _ key: String, _ value: JSONValue, isMark: Bool, isName: Bool
  ) -> String {
    switch key {
    case "payload":
      return [value["protocol"], value["field"]].compactMap { $0?.scalarText }.joined(
        separator: " ")
    case "meta":
      let name = value["key"]?.string ?? ""
      return ["iifname", "oifname", "iif", "oif"].contains(name) ? name : "meta \(name)"
    case "ct":
      let direction = value["dir"]?.string.map { $0 + " " } ?? ""
      return "ct \(direction)\(value["key"]?.string ?? "")"
    case "fib":
      let flags = value["flags"]?.array?.compactMap(\.string).joined(separator: " . ")
      return "fib \(flags ?? value["flags"]?.string ?? "") \(value["result"]?.string ?? "")"
    case "prefix": return "\(operand(value["addr"]))/\(value["len"]?.scalarText ?? "")"
    case "range":
      return (value.array ?? []).map { operand($0, isMark: isMark) }.joined(separator: "-")
    case "set":
      let elements = (value.array ?? [value]).map { element($0, isMark: isMark, isName: isName) }
      return "{ \(elements.joined(separator: ", ")) }"
    case "concat": return (value.array ?? []).map { operand($0) }.joined(separator: " . ")
    case "elem": return operand(value["val"], isMark: isMark, isName: isName)
    case "&", "|", "^", "<<", ">>":
      let sides = (value.array ?? []).map { side -> String in
        let text = operand(side, isMark: isMark)
        return text
      }
      let isOfMark = isMark || sides.contains { $0.hasSuffix("mark") }
      let texts = (value.array ?? []).map { operand($0, isMark: isOfMark) }
      return texts.joined(separator: " \(key) ")
    case "map": return "\(operand(value["key"])) map \(operand(value["data"]))"
    case "jump", "goto": return "\(key) \(value["target"]?.string ?? "")"
    case _ where verdicts.contains(key): return key
    default: return "\(key) \(value.json)"
    }
  }

  /// An element of a set, or a pair of a map.
  private static func element(_ value: JSONValue, isMark: Bool, isName: Bool) -> String {
    if let pair = value.array, pair.count == 2 {
      return "\(operand(pair[0], isMark: isMark, isName: isName)) : \(operand(pair[1]))"
    }
    return operand(value, isMark: isMark, isName: isName)
  }
}

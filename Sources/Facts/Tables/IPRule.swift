import BundleModel

/// A policy routing rule.
public struct IPRule: FactTable {
  var family: String
  var priority: Int64
  var source = "all"
  var destination = "all"
  var isNegated = false
  var inInterface: String?
  var outInterface: String?
  var mark: String?
  var mask: String?
  var table: String?
  var action = "lookup"
  var isDetached = false
  var gotoPriority: Int64?
  var suppressedLength: Int64?
  var proto: String?
  var other: String?

  private var sourceRange: IPRange? { IPRange(selector: source, family: family) }
  private var destinationRange: IPRange? { IPRange(selector: destination, family: family) }

  /// The declaration of `ip_rule`.
  public static let schema = Schema<Self>(
    "ip_rule", "Policy routing rules in the order of their priority.",
    from: [.policyRules, .policyRules6],
    columns: [
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("priority", \.priority, "Priority; the smallest is asked first."),
      Column("src", \.source, "Source address or CIDR; `all` without restriction."),
      Column("dst", \.destination, "Destination address or CIDR; `all` without restriction."),
      Column("not_selector", \.isNegated, "1 if the rule applies to what does not match; else 0."),
      Column("iif", \.inInterface, "Interface on which packets come in; NULL for any."),
      Column("oif", \.outInterface, "Interface that the sender is bound to; NULL for any."),
      Column("fwmark", \.mark, "Mark as it is printed, such as 0x80; NULL for any."),
      Column("fwmask", \.mask, "Mask of the mark; NULL if none is printed."),
      Column(
        "tbl", \.table, "Routing table: its number or its name; NULL unless action is lookup."),
      Column("action", \.action, "lookup, goto, unreachable, prohibit, blackhole or nop."),
      Column("detached", \.isDetached, "1 if the rule's interface does not exist; else 0."),
      Column("goto_priority", \.gotoPriority, "Priority that a goto continues at."),
      Column(
        "suppress_prefixlength", \.suppressedLength,
        "Routes with as many bits or fewer do not count; NULL if all count."),
      Column("protocol", \.proto, "Who made the rule; NULL if not printed."),
      Column("src_first_key", { $0.sourceRange?.firstKey }, .addressKey("src", "first")),
      Column("src_last_key", { $0.sourceRange?.lastKey }, .addressKey("src", "last")),
      Column("dst_first_key", { $0.destinationRange?.firstKey }, .addressKey("dst", "first")),
      Column("dst_last_key", { $0.destinationRange?.lastKey }, .addressKey("dst", "last")),
      Column("other", \.other, "Further words of the rule, such as `proto static`."),
    ])

  /// Reads `ip rule`, as text or as JSON.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let family = IPText.family(input)
    while true {
      if rows.count == 0, try input.isAtDocument() {
        let values = try input.readDocument { rows.unreadable($0, line: $1) }
        return readJSON(values?.array ?? [], family, &rows)
      }
      guard let bytes = try input.nextLine() else { break }
      let line = bytes.trimmed
      guard !line.isEmpty, !ShellPrompt.matches(line) else { continue }
      if let rule = Self(line, family) {
        rows.append(rule, line: input.lineNumber)
      } else {
        rows.unreadable("not a policy rule", line: input.lineNumber)
      }
    }
  }

  /// `1536:	from 10.42.12.200 lookup 2`.
  init?(_ line: Bytes, _ family: String) {
    guard let (number, rest) = line.cut(at: UInt8(ascii: ":")), let priority = number.integer,
      priority >= 0
    else { return nil }
    self.family = family
    self.priority = priority
    var words = rest.words.map { String($0) }[...]
    var further: [String] = []
    var hasAction = false
    while let word = words.popFirst() {
      switch word {
      case "not": isNegated = true
      case "from": source = words.popFirst() ?? source
      case "to": destination = words.popFirst() ?? destination
      case "iif", "dev": inInterface = words.popFirst()
      case "oif": outInterface = words.popFirst()
      case "fwmark": readMark(words.popFirst())
      case "lookup", "table":
        table = words.popFirst()
        hasAction = table != nil
      case "goto":
        action = "goto"
        hasAction = true
        if let target = words.popFirst() {
          gotoPriority = Int64(target)
          further.append("goto \(target)")
        }
      case "unreachable", "prohibit", "blackhole", "nop":
        action = word
        hasAction = true
      case "[detached]": isDetached = true
      case "proto", "protocol":
        proto = words.popFirst()
        further.append("proto \(proto ?? "")")
      case "suppress_prefixlength":
        let length = words.popFirst()
        suppressedLength = length.flatMap { Int64($0) }
        further.append("suppress_prefixlength \(length ?? "")")
      default: further.append(word)
      }
    }
    guard hasAction else { return nil }
    if !further.isEmpty { other = further.joined(separator: " ") }
    self.family = IPText.family(
      of: source == "all" ? destination : source, else: family)
  }

  private mutating func readMark(_ text: String?) {
    guard let text else { return }
    let parts = text.split(separator: "/", maxSplits: 1)
    mark = parts.first.map { String($0) }
    mask = parts.count > 1 ? String(parts[1]) : nil
  }

  private static func readJSON(
    _ values: [JSONValue], _ family: String, _ rows: inout RowSink<Self>
  ) {
    for value in values {
      guard let object = value.object, let priority = object["priority"]?.integer else { continue }
      rows.append(Self(object, priority, family), line: object.line)
    }
  }

  private init(_ object: JSONObject, _ priority: Int64, _ family: String) {
    self.family = family
    self.priority = priority
    source = Self.address(object, "src") ?? "all"
    destination = Self.address(object, "dst") ?? "all"
    isNegated = object.members.contains { $0.key == "not" }
    inInterface = object["iif"]?.string
    outInterface = object["oif"]?.string
    mark = object["fwmark"]?.scalarText
    mask = object["fwmask"]?.scalarText
    table = object["table"]?.scalarText
    isDetached = object.members.contains { $0.key == "iif_detached" || $0.key == "oif_detached" }
    proto = object["protocol"]?.scalarText
    gotoPriority = object["goto"]?.integer
    suppressedLength = object["suppress_prefixlen"]?.integer
    if object.members.contains(where: { $0.key == "l3mdev" }) { table = "[l3mdev-table]" }
    if table == nil {
      action = object["action"]?.string ?? (object["goto"] == nil ? "nop" : "goto")
    }
    other = Self.other(object)
    self.family = IPText.family(of: source == "all" ? destination : source, else: family)
  }

  /// The further words in the order in which the text has them.
  private static func other(_ object: JSONObject) -> String? {
    func range(_ name: String, _ key: String) -> String? {
      if let one = object[key]?.scalarText { return "\(name) \(one)" }
      guard let start = object[key + "_start"]?.scalarText,
        let end = object[key + "_end"]?.scalarText
      else { return nil }
      return "\(name) \(start)-\(end)"
    }
    func word(_ name: String, _ key: String) -> String? {
      object[key]?.scalarText.map { "\(name) \($0)" }
    }
    let isUnresolved = object.members.contains { $0.key == "unresolved" }
    let words = [
      word("tos", "tos"), range("uidrange", "uid"), word("ipproto", "ipproto"),
      range("sport", "sport"), range("dport", "dport"), word("goto", "goto"),
      isUnresolved ? "[unresolved]" : nil, word("suppress_prefixlength", "suppress_prefixlen"),
      word("suppress_ifgroup", "suppress_ifgroup"), word("proto", "protocol"),
    ].compactMap { $0 }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  private static func address(_ object: JSONObject, _ key: String) -> String? {
    guard let address = object[key]?.string else { return nil }
    guard let length = object[key + "len"]?.integer, address != "all" else { return address }
    return "\(address)/\(length)"
  }
}

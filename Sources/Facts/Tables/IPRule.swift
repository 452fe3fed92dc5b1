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
  var other: String?

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
      Column("other", \.other, "Further words of the rule, such as `proto static`."),
    ])

  /// Reads `ip rule`, as text or as JSON.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let family = IPText.family(input)
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard !line.isEmpty, !ShellPrompt.matches(line) else { continue }
      if input.lineNumber == 1, IPText.isJSON(line) {
        var all = Array(line)
        all.append(contentsOf: try input.readAll())
        return readJSON(all[...], family, &rows)
      }
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
        if let target = words.popFirst() { further.append("goto \(target)") }
      case "unreachable", "prohibit", "blackhole", "nop":
        action = word
        hasAction = true
      case "[detached]": isDetached = true
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
    _ bytes: Bytes, _ family: String, _ rows: inout RowSink<Self>
  ) {
    let (values, failure) = JSONReader.documents(bytes)
    if let failure { rows.unreadable("not JSON: \(failure.reason)", line: failure.line) }
    for value in values.last?.array ?? [] {
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
    if table == nil {
      action = object["action"]?.string ?? (object["goto"] == nil ? "nop" : "goto")
    }
    other = object["protocol"]?.scalarText.map { "proto \($0)" }
    self.family = IPText.family(of: source == "all" ? destination : source, else: family)
  }

  private static func address(_ object: JSONObject, _ key: String) -> String? {
    guard let address = object[key]?.string else { return nil }
    guard let length = object[key + "len"]?.integer, address != "all" else { return address }
    return "\(address)/\(length)"
  }
}

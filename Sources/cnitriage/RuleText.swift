import ReportModel
import RuleEngine

/// Rules as a terminal shows them.
enum RuleText {
  static func table(_ rules: [RuleDefinition], of all: Int) -> String {
    let width = rules.reduce(4) { max($0, $1.id.count) } + 2
    let scopeWidth = rules.reduce(10) { max($0, scopes($1).count) } + 2
    var text = padded("RULE", width) + padded("SEVERITY", 10) + padded("APPLIES TO", scopeWidth)
    text += "NEEDS\n"
    for rule in rules {
      text += padded(rule.id, width) + padded(rule.severity.rawValue, 10)
      text += padded(scopes(rule), scopeWidth) + needs(rule) + "\n"
    }
    return text + "\(rules.count) of \(all) rules.  Your own: cnitriage rules test DIR\n"
  }

  static func explanation(_ rule: RuleDefinition) -> String {
    var text = "\(rule.id)  \(rule.severity.rawValue)  \(scopes(rule))  \(rule.status.rawValue)\n"
    text += line("What", rule.title + ".")
    text += line("Why", rule.why)
    text += line("Looks at", "items " + needs(rule))
    text += line("Fix", rule.fix.text)
    for command in rule.fix.commands { text += "            \(command)\n" }
    for cause in rule.causes { text += line("Cause", "\(cause.code): \(cause.text)") }
    if let quietIf = rule.quietIf { text += line("Quiet if", quietIf) }
    if !rule.absorbs.isEmpty {
      text += line("Explains", rule.absorbs.map(\.description).joined(separator: ", "))
    }
    text += line("Related", rule.related.isEmpty ? "none" : rule.related.joined(separator: "; "))
    text += line("SQL", "cnitriage rules show \(rule.id) --sql")
    return text + line("Sources", rule.references.joined(separator: "; "))
  }

  private static func scopes(_ rule: RuleDefinition) -> String {
    rule.scopes.map(\.rawValue).joined(separator: ", ")
  }

  private static func needs(_ rule: RuleDefinition) -> String {
    rule.needs.map { $0.map(\.description).joined(separator: ", ") } ?? "those behind its tables"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// A label and prose in lines of at most 80 cells.
  private static func line(_ label: String, _ prose: String) -> String {
    var text = padded(label, 10)
    var used = 10
    for word in prose.split(whereSeparator: \.isWhitespace) {
      if used > 10, used + word.count + 1 > 80 {
        text += "\n" + String(repeating: " ", count: 10)
        used = 10
      }
      if used > 10 {
        text += " "
        used += 1
      }
      text += word
      used += word.count
    }
    return text + "\n"
  }
}

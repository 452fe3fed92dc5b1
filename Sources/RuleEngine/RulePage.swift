import ReportModel

/// The published page of all rules, in Markdown.
public enum RulePage {
  /// The page of a set.
  public static func text(_ rules: [RuleDefinition]) -> String {
    var out =
      "# Rules\n\nEvery built-in rule, written from its file. [How rules work](../rules.md)\n"
    out += "\n| rule | severity | applies to | states |\n|---|---|---|---|\n"
    for rule in rules {
      out += "| [\(rule.id)](#\(anchor(rule.id))) | \(rule.severity.rawValue) | \(scopes(rule)) "
      out += "| \(cell(rule.title)) |\n"
    }
    for rule in rules { out += section(rule) }
    return out
  }

  private static func section(_ rule: RuleDefinition) -> String {
    var out = "\n## \(rule.id)\n\n\(rule.title). \(flow(rule.why))\n\n"
    out += "* severity \(rule.severity.rawValue), unless a finding says otherwise; confidence "
    out += "\(rule.confidence.rawValue); applies to \(scopes(rule)); \(rule.status.rawValue)\n"
    if let needs = rule.needs {
      out += "* needs " + needs.map { "`\($0)`" }.joined(separator: ", ") + "\n"
    }
    if let quiet = rule.quietIf { out += "* quiet if \(flow(quiet))\n" }
    out += "* fix: \(flow(rule.fix.text))\n"
    for cause in rule.causes { out += "* cause `\(cause.code)`: \(flow(cause.text))\n" }
    if !rule.absorbs.isEmpty {
      out += "* explains " + rule.absorbs.map { "`\($0)`" }.joined(separator: ", ") + "\n"
    }
    if !rule.related.isEmpty { out += "* elsewhere: \(rule.related.joined(separator: ", "))\n" }
    return out + "* sources: \(rule.references.joined(separator: ", "))\n"
  }

  private static func scopes(_ rule: RuleDefinition) -> String {
    rule.scopes.map(\.rawValue).joined(separator: ", ")
  }

  private static func flow(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func cell(_ text: String) -> String {
    String(text.flatMap { $0 == "|" ? "\\|" : String($0) })
  }

  /// As Markdown names a heading.
  private static func anchor(_ id: String) -> String { String(id.filter { $0 != "/" }) }
}

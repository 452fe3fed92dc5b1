/// A rule whose condition was damaged on purpose. Examples that can't tell it from the original
/// prove nothing.
public struct RuleMutation: Sendable {
  /// What was done, for messages.
  public let name: String
  /// The damaged rule.
  public let rule: RuleDefinition

  /// The mutants of a rule: its outermost WHERE removed, and negated. Empty without a WHERE.
  public static func mutants(of rule: RuleDefinition) -> [RuleMutation] {
    guard let clause = outermostWhere(rule.query.text) else { return [] }
    let text = rule.query.text
    let before = text[..<clause.lowerBound]
    let condition = text[clause].dropFirst("WHERE".count)
    let after = text[clause.upperBound...]
    return [
      RuleMutation(
        name: "without its WHERE", rule: rule.with(query: "\(before) \(after)")),
      RuleMutation(
        name: "with its WHERE negated",
        rule: rule.with(query: "\(before) WHERE NOT (\(condition)) \(after)")),
    ]
  }

  /// The last WHERE outside of parentheses and quotes, up to the clause that follows it.
  static func outermostWhere(_ sql: String) -> Range<String.Index>? {
    var start: String.Index?
    for (word, range) in outerWords(sql) {
      switch word {
      case "WHERE": start = range.lowerBound
      case "GROUP", "ORDER", "HAVING", "LIMIT", "WINDOW", "UNION":
        if let start { return start..<range.lowerBound }
      default: break
      }
    }
    return start.map { $0..<sql.endIndex }
  }

  private static func outerWords(_ sql: String) -> [(String, Range<String.Index>)] {
    var words: [(String, Range<String.Index>)] = []
    var depth = 0
    var quote: Character?
    var index = sql.startIndex
    while index < sql.endIndex {
      let letter = sql[index]
      if let open = quote {
        if letter == open { quote = nil }
      } else if letter == "'" || letter == "\"" {
        quote = letter
      } else if letter == "-", sql[index...].hasPrefix("--") {
        index = sql[index...].firstIndex(where: \.isNewline) ?? sql.endIndex
        continue
      } else if letter == "(" {
        depth += 1
      } else if letter == ")" {
        depth -= 1
      } else if depth == 0, letter.isLetter {
        let end = sql[index...].firstIndex { !$0.isLetter && $0 != "_" } ?? sql.endIndex
        words.append((sql[index..<end].uppercased(), index..<end))
        index = end
        continue
      }
      index = sql.index(after: index)
    }
    return words
  }
}

extension RuleDefinition {
  /// The rule with another query.
  func with(query text: String) -> RuleDefinition {
    var copy = self
    copy.query = SQLText(text: text, line: query.line)
    return copy
  }
}

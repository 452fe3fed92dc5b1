/// What SQL text may begin with. `query_only` alone is not enough: a PRAGMA switches it off.
enum StatementCheck {
  /// The first word in capitals, behind white space and comments, and where it stands.
  static func firstWord(_ sql: String) -> (word: String, offset: Int) {
    let bytes = Array(sql.utf8)
    var index = 0
    while index < bytes.count {
      let rest = bytes[index...]
      if rest.starts(with: "--".utf8) {
        index = rest.firstIndex(of: 0x0a) ?? bytes.count
      } else if rest.starts(with: "/*".utf8) {
        index += 2
        while index < bytes.count, !bytes[index...].starts(with: "*/".utf8) { index += 1 }
        index += 2
      } else if bytes[index] <= 0x20 {
        index += 1
      } else {
        break
      }
    }
    let start = min(index, bytes.count)
    let word = bytes[start...].prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a }
    return (String(decoding: word, as: UTF8.self).uppercased(), start)
  }

  /// Refuses everything that does not start as a query.
  static func requireQuery(_ sql: String) throws(FactStoreError) {
    let (word, offset) = firstWord(sql)
    guard word == "SELECT" || word == "WITH" else {
      let shown = word.isEmpty ? "it is empty or starts with a sign" : "it starts with \(word)"
      throw FactStoreError(
        .refused, "the statement is not a single SELECT: \(shown)", position: offset)
    }
  }
}

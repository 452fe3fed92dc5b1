import Analysis
import FoundationEssentials

/// The arguments of `query`: inputs, and the question behind them.
struct QueryArguments {
  let inputs: FactInputs
  let sql: String?

  init(_ arguments: [String]) throws(AnalysisError) {
    var names = arguments
    if let command = arguments.dropFirst().firstIndex(where: { DotCommand($0) != nil }) {
      // `.schema TABLE` may be one argument or two.
      sql = arguments[command...].joined(separator: " ")
      names = Array(arguments[..<command])
    } else if let last = arguments.last, arguments.count > 1, Self.isStatement(last) {
      sql = last
      names.removeLast()
    } else {
      sql = nil
    }
    guard !names.isEmpty else {
      throw AnalysisError(
        code: "E101", what: "no bundle was named", why: "facts come out of bundles",
        remedy: "cnitriage query BUNDLE \"SELECT ...\"", exitCode: 2)
    }
    inputs = try FactInputs(names)
  }

  /// Anything that is no file and has more than one word, or starts as a query does.
  private static func isStatement(_ text: String) -> Bool {
    if FileManager.default.fileExists(atPath: text) { return false }
    let first = text.prefix { $0.isLetter }.uppercased()
    return text.contains(where: \.isWhitespace) || ["SELECT", "WITH"].contains(first)
      || text.isEmpty
  }
}

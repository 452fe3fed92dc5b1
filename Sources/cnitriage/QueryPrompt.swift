import Analysis
import CollectCommand
import FactStore
import Glibc

/// Asks for statements until the input ends. The terminal itself edits the line; a wrapper such as
/// rlwrap adds a history.
struct QueryPrompt {
  static let first = "cnitriage> "
  static let further = "      ...> "

  private let session: QuerySession
  private let interruption: Interruption
  private let maxRows: Int

  init(_ session: QuerySession, _ interruption: Interruption, maxRows: Int) {
    self.session = session
    self.interruption = interruption
    self.maxRows = maxRows
  }

  /// Asks and answers. An error ends a statement and not the prompt.
  func run(write: ([UInt8]) throws(AnalysisError) -> Bool) throws(AnalysisError) {
    Console.error(
      "One SELECT at a time, ended with a semicolon.  "
        + ".tables  .schema TABLE  .help TABLE  .quit\n")
    var statement = StatementReader()
    while true {
      Console.error(statement.hasBegun ? Self.further : Self.first)
      // The terminal forgets the line by itself; what was gathered before is forgotten here.
      let (line, wasInterrupted) = interruption.waiting({ Console.error("\n" + Self.first) }) {
        readLine(strippingNewline: true)
      }
      guard let line else { break }
      if wasInterrupted { statement.cancel() }
      guard let text = statement.add(line) else { continue }
      if DotCommand(text)?.verb == .quit { return }
      guard try answer(text, write) else { return }
    }
    Console.error("\n")
  }

  /// Answers one statement; `false` when nobody reads answers any more.
  private func answer(
    _ text: String, _ write: ([UInt8]) throws(AnalysisError) -> Bool
  ) throws(AnalysisError) -> Bool {
    defer { interruption.reset() }
    do throws(AnalysisError) {
      let ending = try session.answer(
        text, isCancelled: interruption.isCancelled, write: write)
      if ending == .rowLimit { Console.report(AnalysisError.rowLimit(maxRows), json: false) }
      return ending != .stopped
    } catch {
      if interruption.signal == SIGTERM { throw .interrupted(SIGTERM) }
      // Where results can't be written, asking on makes no sense.
      if error.exitCode == 6 { throw error }
      Console.report(error, json: false)
      return true
    }
  }
}

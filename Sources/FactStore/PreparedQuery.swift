import GRDB

extension DatabaseQueue {
  /// Runs `body` with one prepared SELECT, and nothing else can be prepared. With a deadline the
  /// statement is interrupted when it has passed.
  func prepared<Result>(
    _ sql: String, deadline: ContinuousClock.Instant? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    _ body: (Statement) throws -> Result
  ) throws(FactStoreError) -> Result {
    try StatementCheck.requireQuery(sql)
    do {
      return try read { database in
        let statement: Statement
        do {
          statement = try database.makeStatement(sql: sql)
        } catch let error as DatabaseError {
          guard error.resultCode != .SQLITE_MISUSE else {
            throw FactStoreError(.refused, "there is more than one statement")
          }
          throw FactStoreError(
            .syntax, FactStore.message(error), position: database.errorOffset)
        }
        guard statement.isReadonly else {
          throw FactStoreError(.refused, "the statement writes")
        }
        guard let deadline else { return try body(statement) }
        return try database.withDeadline(deadline, isCancelled: isCancelled) {
          try body(statement)
        }
      }
    } catch let error as FactStoreError {
      throw error
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_INTERRUPT where isCancelled():
        throw FactStoreError(.cancelled, "the query was interrupted")
      case .SQLITE_INTERRUPT:
        throw FactStoreError(.timeLimit, "the query ran into its time limit")
      case .SQLITE_NOMEM:
        throw FactStoreError(.memoryLimit, "the query ran into its memory limit")
      default: throw FactStoreError(.execution, FactStore.message(error))
      }
    } catch {
      throw FactStoreError(.execution, FactStore.message(error))
    }
  }
}

import BundleModel
import FactRendering
import FactStore
import Facts
import ReportRendering
import Testing

@testable import Analysis

@Suite("Asking about a bundle")
struct QuerySessionTests {
  private func session(_ format: RowFormat = .table, hasHints: Bool = true) throws -> QuerySession {
    let bundle = MemoryBundle([
      (.networkSysctls, "sysctl/net.txt", "net.ipv4.ip_forward = 1\n")
    ])
    return QuerySession(
      try BundleFacts(bundle).reader, limits: QueryLimits(time: .seconds(5), rows: 5),
      format: format, style: TextStyle(), isForTerminal: false, hasHints: hasHints)
  }

  private func answer(_ text: String, _ session: QuerySession) throws -> String {
    var bytes: [UInt8] = []
    _ = try session.answer(text) {
      bytes += $0
      return true
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("a table ends with the number of rows and names the commands")
  func footer() throws {
    let sql = "SELECT key, value FROM sysctl"
    #expect(
      try answer(sql, session()) == """
        key                  value
        net.ipv4.ip_forward  1
        1 row.  Tables: .tables   Columns: .schema TABLE   Docs: .help TABLE

        """)
    #expect(try answer(sql, session(hasHints: false)).hasSuffix("\n1 row.\n"))
    #expect(try answer(sql, session(.csv)) == "key,value\nnet.ipv4.ip_forward,1\n")
  }

  @Test("the commands tell tables, columns and meanings, in every format")
  func commands() throws {
    let tables = try answer(".tables", session())
    #expect(tables.contains("\nsysctl ") && tables.contains("\nbundle_info "))
    #expect(try answer(".schema sysctl", session()).hasPrefix("CREATE TABLE \"sysctl\" (\n"))
    #expect(try answer(".help SYSCTL;", session()).contains("artifact"))
    #expect(try answer(".help", session()).contains(".schema [TABLE]"))
    let rows = try answer(".help sysctl", session(.csv)).split(separator: "\n")
    #expect(rows.first == "table,column,type,is_nullable,meaning")
    #expect(rows.count == 1 + 8)
    #expect(try answer(".tables", session(.json)).hasPrefix("[\n{\"table\":"))
  }

  @Test(
    "a wrong name is answered with the nearest one",
    arguments: [
      ("SELECT kex FROM sysctl", "no such column `kex`", "nearest: `key`; .schema sysctl"),
      (
        "SELECT s.valu FROM sysctl s", "no such column `s.valu`", "nearest: `value`; .schema sysctl"
      ),
      ("SELECT 1 FROM sysctls", "no such table `sysctls`", "nearest: `sysctl`; .tables"),
      (".schema iprule", "no such table `iprule`", "nearest: `ip_rule`; .tables"),
      ("SELECT zzzzzzzzzzzzzz FROM sysctl", "no such column `zzzzzzzzzzzzzz`", ".schema sysctl"),
      (
        "SELECT 1\nFROM sysctl WHERE", "incomplete input",
        "correct it there; names: .tables, .schema TABLE"
      ),
      (
        "SELECT key\n  FROM FROM sysctl", "near \"FROM\": syntax error (at line 2, column 8)",
        "correct it there; names: .tables, .schema TABLE"
      ),
    ])
  func advice(_ sql: String, _ what: String, _ remedy: String) throws {
    let session = try session()
    let error = #expect(throws: AnalysisError.self) { try answer(sql, session) }
    #expect(error?.code == "E401" && error?.exitCode == 2)
    #expect(error?.what == what)
    #expect(error?.remedy == remedy)
  }

  @Test("what is no single SELECT is refused, and a bound is told as one")
  func refused() throws {
    let session = try session()
    for (sql, code, exit) in [
      ("DROP TABLE sysctl", "E404", Int32(2)), ("SELECT 1; SELECT 2", "E404", 2), ("", "E404", 2),
      ("SELECT abs(-9223372036854775808)", "E407", 2),
    ] {
      let error = #expect(throws: AnalysisError.self) { try answer(sql, session) }
      #expect(error?.code == code && error?.exitCode == exit, "\(sql)")
    }
    let ending = try session.answer(
      "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"
    ) { _ in true }
    #expect(ending == .rowLimit)
  }

  @Test("a reader that goes away ends the query")
  func stopped() throws {
    var session = try session(.jsonl)
    session.limits.rows = .max
    var calls = 0
    let ending = try session.answer(
      "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"
    ) { _ in
      calls += 1
      return calls < 3
    }
    #expect(ending == .stopped && calls == 3)
  }

  @Test(
    "lines make a statement at the semicolon outside of quotes and comments",
    arguments: [
      (["SELECT 1;"], ["SELECT 1;\n"]), (["SELECT", "1", ";"], ["SELECT\n1\n;\n"]),
      (["", "  ", ".tables"], [".tables"]), (["SELECT ';", "';"], ["SELECT ';\n';\n"]),
      (["SELECT 1 -- ;", ";"], ["SELECT 1 -- ;\n;\n"]),
      (["/* ;", "*/ SELECT 1; "], ["/* ;\n*/ SELECT 1; \n"]),
      (["SELECT 1; -- done"], ["SELECT 1; -- done\n"]), (["SELECT \";\""], []),
    ])
  func statements(_ lines: [String], _ expected: [String]) {
    var reader = StatementReader()
    #expect(lines.compactMap { reader.add($0) } == expected)
  }
}

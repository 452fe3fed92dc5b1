import BundleModel
import Facts
import Foundation
import Testing

@testable import FactStore

private let origin = FactOrigin(
  bundleID: "b'1", cluster: "prod", nodeID: "i-0a", collectedAtUs: 1_932_887_722_418_000)

private func reader(_ text: String = "a.b = 1\nc.d = 2\n") throws -> PublishedFacts {
  let store = try FactStore()
  var input = ArtifactInput(
    artifact: .networkSysctls, path: "sysctl/net.txt", bytes: Array(text.utf8))
  try store.load(&input)
  try store.record(BundleInfoRow(collectedAtUs: 1_932_887_722_418_000, layout: "native"))
  return try store.publish(as: origin)
}

private func rows(_ reader: PublishedFacts, _ sql: String) throws -> [[FactValue]] {
  var rows: [[FactValue]] = []
  _ = try reader.forEachRow(of: sql, columns: { _ in }) {
    rows.append($0)
    return true
  }
  return rows
}

@Suite("Published facts")
struct PublishedFactsTests {
  @Test("rows carry their bundle, readable times, and what the table has")
  func published() throws {
    let reader = try reader()
    #expect(
      try rows(reader, "SELECT bundle_id, cluster, node_id, collected_at, key, line FROM sysctl")
        == [("a.b", 1), ("c.d", 2)].map { key, line in
          [
            .text("b'1"), .text("prod"), .text("i-0a"), .text("2031-04-02T09:15:22.418Z"),
            .text(key), .integer(line),
          ]
        })
    #expect(
      try rows(reader, "SELECT rfc3339(0), rfc3339(NULL), address_key('::1'), address_key(7)")
        == [
          [
            .text("1970-01-01T00:00:00.000Z"), .null,
            .text("00000000000000000000000000000001"), .null,
          ]
        ])
    #expect(
      try rows(reader, "SELECT rfc3339(9223372036854775807), rfc3339(-9223372036854775808)")
        == [[.null, .null]])
  }

  @Test(
    "nothing but one SELECT runs",
    arguments: [
      "", ";", "PRAGMA query_only = 0", "ATTACH ':memory:' AS x", "ATTACH '/tmp/x' AS x",
      "INSERT INTO main.sysctl VALUES ('a', 1, 'k', 'v')", "DELETE FROM main.sysctl",
      "UPDATE main.sysctl SET value = '9'", "DROP VIEW sysctl", "DROP TABLE main.sysctl",
      "VACUUM INTO '/tmp/x'", "VACUUM", "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE main.sysctl",
      "WITH x AS (SELECT 1) DELETE FROM main.sysctl", "/* */ PRAGMA user_version",
      "-- x\nREINDEX", "EXPLAIN SELECT 1", "CREATE TEMP TABLE t(a)", "BEGIN", "COMMIT", "ROLLBACK",
      "SAVEPOINT x", "DETACH main", "ANALYZE", "ALTER TABLE main.sysctl RENAME TO x",
      "WITH x AS (SELECT 1) INSERT INTO main.sysctl SELECT 'a', 1, 'k', 'v'",
      "REPLACE INTO main.sysctl VALUES ('a', 1, 'k', 'v')", "SELECT load_extension('x')",
      "SELECT writefile('/tmp/x', 'y')", "SELECT readfile('/etc/passwd')",
      "SELECT * FROM fts3tokenize('x')", "SELECT edit('x')", "\u{0}SELECT 1", "SELECT",
    ])
  func refused(_ sql: String) throws {
    let reader = try reader()
    #expect(throws: FactStoreError.self) { try rows(reader, sql) }
    #expect(
      try rows(reader, "SELECT count(*), group_concat(value, ' ') FROM sysctl")
        == [[.integer(2), .text("1 2")]])
  }

  @Test("a second statement is refused as such, a semicolon is not a second one")
  func semicolon() throws {
    let reader = try reader()
    let error = #expect(throws: FactStoreError.self) { try rows(reader, "SELECT 1; SELECT 2") }
    #expect(error?.kind == .refused)
    #expect(try rows(reader, "SELECT 1 ; -- done\n") == [[.integer(1)]])
  }

  static let endless =
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"

  @Test("a query that grows without end meets its bounds")
  func bounds() throws {
    let reader = try reader()
    var count = 0
    let ending = try reader.forEachRow(
      of: Self.endless, limits: QueryLimits(rows: 10), columns: { _ in },
      row: { _ in
        count += 1
        return true
      })
    #expect(ending == .rowLimit && count == 10)
    let slow = #expect(throws: FactStoreError.self) {
      try reader.forEachRow(
        of: Self.endless, limits: QueryLimits(time: .milliseconds(50), rows: .max),
        columns: { _ in }, row: { _ in true })
    }
    #expect(slow?.kind == .timeLimit)
  }

  @Test("exactly as many rows as the limit are all rows")
  func exactLimit() throws {
    let ending = try reader().forEachRow(
      of: "SELECT key FROM sysctl", limits: QueryLimits(rows: 2), columns: { _ in },
      row: { _ in true })
    #expect(ending == .complete)
  }

  @Test("somebody may give up, and a receiver may want no more")
  func stopping() throws {
    let reader = try reader()
    let error = #expect(throws: FactStoreError.self) {
      try reader.forEachRow(
        of: "SELECT max(n) FROM (\(Self.endless))", isCancelled: { true }, columns: { _ in },
        row: { _ in true })
    }
    #expect(error?.kind == .cancelled)
    #expect(
      try reader.forEachRow(of: Self.endless, columns: { _ in }, row: { _ in false }) == .stopped)
  }
}

extension PublishedFactsTests {
  private func temporary(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "cnitriage-reader-\(UUID().uuidString).db"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test("several bundles in one database are told apart, in memory's stead and in a file")
  func fleet() throws {
    try temporary { path in
      for place in [nil, path] {
        let fleet = try FleetDatabase(at: place, tables: try FactStore().publishedTables)
        #expect(try fleet.add(reader()) == 3)
        let store = try FactStore()
        try store.record(BundleInfoRow(bundleID: "2", layout: "native"))
        #expect(try fleet.add(store.publish(as: FactOrigin(bundleID: "2"))) == 1)
        let sql =
          "SELECT bundle_id, (SELECT count(*) FROM sysctl s WHERE s.bundle_id = b.bundle_id)"
          + " FROM bundle_info b ORDER BY bundle_id"
        let expected: [[FactValue]] = [[.text("2"), .integer(0)], [.text("b'1"), .integer(2)]]
        #expect(try rows(fleet.reader, sql) == expected)
        try fleet.close()
        guard place != nil else { continue }
        let file = try PublishedFacts(file: path)
        #expect(try rows(file, sql) == expected)
        #expect(file.tables == fleet.tables)
        #expect(throws: FactStoreError.self) { try rows(file, "DELETE FROM sysctl") }
      }
    }
  }

  @Test("giving up leaves nothing of the bundle")
  func cancelledCopy() throws {
    let lines = (0..<3000).map { "a.k\($0) = 1\n" }.joined()
    let fleet = try FleetDatabase(tables: try FactStore().publishedTables)
    let error = #expect(throws: FactStoreError.self) {
      try fleet.add(try reader(lines), isCancelled: { true })
    }
    #expect(error?.kind == .cancelled)
    #expect(try rows(fleet.reader, "SELECT count(*) FROM sysctl") == [[.integer(0)]])
  }

  @Test("a database that an analysis kept shows the same tables")
  func kept() throws {
    try temporary { path in
      let store = try FactStore(at: path)
      try store.record(
        BundleInfoRow(bundleID: "7", collectedAtUs: 0, layout: "native", host: "node-1"))
      let file = try PublishedFacts(file: path)
      #expect(
        try rows(file, "SELECT bundle_id, node_id, collected_at FROM bundle_info")
          == [[.text("7"), .text("node-1"), .text("1970-01-01T00:00:00.000Z")]])
    }
  }

  @Test("a file that holds no facts of this version is refused")
  func foreign() throws {
    try temporary { path in
      #expect(throws: FactStoreError.self) { try PublishedFacts(file: path) }
      try Data("SQLite format 3\u{0}and then rubbish".utf8).write(to: URL(filePath: path))
      #expect(throws: FactStoreError.self) { try PublishedFacts(file: path) }
    }
    try temporary { path in
      try FleetDatabase(at: path, tables: []).close()
      let error = #expect(throws: FactStoreError.self) { try PublishedFacts(file: path) }
      #expect(error?.reason.hasSuffix("holds no facts") == true)
    }
  }
}

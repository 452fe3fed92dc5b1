import BundleModel
import Facts
import ReportRendering
import TestSupport
import Testing

@testable import FactRendering

@Suite("Places and definitions of an export")
struct ExportLayoutTests {
  @Test(
    "names out of a bundle can't leave the folder",
    arguments: [
      ("prod-a", "prod-a"), ("", "__HIVE_DEFAULT_PARTITION__"), ("../../etc", "%2E.%2F..%2Fetc"),
      ("a/b", "a%2Fb"), (".hidden", "%2Ehidden"), ("_x", "%5Fx"), ("a=b c", "a%3Db%20c"),
      ("漢", "%E6%BC%A2"), ("a\u{0}b", "a%00b"), ("..", "%2E."),
    ])
  func component(_ name: String, _ expected: String) {
    #expect(ExportLayout.component(name) == expected)
  }

  @Test(
    "a long name is cut, and never in the middle of an escape", arguments: [119, 120, 121, 5000])
  func length(_ count: Int) {
    let plain = ExportLayout.component(String(repeating: "a", count: count))
    #expect(plain.utf8.count == min(count, 120))
    let escaped = ExportLayout.component(String(repeating: "/", count: count))
    #expect(escaped.utf8.count % 3 == 0 && escaped.utf8.count <= 120)
  }

  @Test("the folder names table, cluster and day")
  func folder() {
    #expect(
      ExportLayout.folder(
        table: "ip_rule", cluster: "prod-a", collectedAt: "2031-04-02T09:15:22.418Z")
        == "v1/ip_rule/cluster=prod-a/dt=2031-04-02")
    #expect(
      ExportLayout.folder(table: "ip_rule", cluster: nil, collectedAt: nil)
        == "v1/ip_rule/cluster=__HIVE_DEFAULT_PARTITION__/dt=__HIVE_DEFAULT_PARTITION__")
  }

  /// A table with every kind of column.
  static let sample = PublishedTable(
    TableDescription(
      name: "sample", summary: "A sample.", artifacts: [.iptablesSave],
      columns: [
        ColumnDescription(
          name: "time_us", type: .integer, isNullable: true, summary: "When, since 1970 UTC."),
        ColumnDescription(
          name: "address", type: .text, isNullable: false, summary: "Where `x` is; a|b."),
        ColumnDescription(name: "share", type: .real, isNullable: true, summary: "How much."),
      ]), hasEvidence: true)

  @Test("definitions for each engine look as their golden files", arguments: QueryEngine.allCases)
  func definitions(_ engine: QueryEngine) throws {
    let location = engine == .clickhouse ? "https://example.org/it's" : engine.defaultLocation
    try expectGolden(
      engine.script(for: [Self.sample], location: location), "rows/\(engine.rawValue).sql")
  }

  @Test("help, schema and page look as their golden files")
  func help() throws {
    let text =
      TableHelp.text(Self.sample, style: TextStyle(width: 60)) + "\n"
      + TableHelp.schema(Self.sample) + "\n" + TableHelp.page([Self.sample])
    try expectGolden(text, "rows/help.txt")
  }
}

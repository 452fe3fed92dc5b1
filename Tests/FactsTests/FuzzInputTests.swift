import BundleModel
import Facts
import TestSupport
import Testing

@Suite struct FuzzInputTests {
  @Test("inputs that are made to break parsers give few rows in every item's tables")
  func survives() throws {
    let files = try Fixture.files(in: "fuzz/facts", suffix: "")
    #expect(files.count >= 2)
    for file in files {
      let bytes = try Fixture.bytes("fuzz/facts/" + file)
      for artifact in Catalog.all {
        let parsed = try ParsedRows.of(artifact.id, bytes, path: artifact.path + "/etc/a.link")
        let rows = parsed.tables.reduce(0) { $0 + $1.rows.count }
        #expect(rows <= bytes.count, "\(file) as \(artifact.id)")
        #expect(parsed.issues.count <= FactLimits.issuesPerMember * FactCatalog.all.count)
      }
    }
  }
}

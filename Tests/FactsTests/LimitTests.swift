import BundleModel
import Facts
import Testing

@Suite struct LimitTests {
  private func input(_ text: String, lineLimit: Int = FactLimits.lineBytes) -> ArtifactInput {
    ArtifactInput(
      artifact: .networkSysctls, path: "p", bytes: Array(text.utf8), lineLimit: lineLimit)
  }

  @Test(
    "a line is kept to its limit and marked as cut beyond it", arguments: [(8, false), (9, true)])
  func lineLength(_ length: Int, _ isCut: Bool) throws {
    var input = input(String(repeating: "a", count: length) + "\nnext\n", lineLimit: 8)
    #expect(try input.nextLine()?.count == 8)
    #expect(input.lineWasCut == isCut)
    #expect(input.damage.cutLines == (isCut ? 1 : 0))
    #expect(try input.nextLine().map { String(decoding: $0, as: UTF8.self) } == "next")
    #expect(!input.lineWasCut)
  }

  @Test("a document is kept to its limit", arguments: [(8, false), (9, true)])
  func documentLength(_ length: Int, _ isCut: Bool) throws {
    var input = input(String(repeating: "a", count: length))
    #expect(try input.readAll(limit: 8).count == 8)
    #expect(input.damage.isCut == isCut)
  }

  @Test("rows are taken to the limit, and the rest is reported once", arguments: [(3, 0), (5, 1)])
  func rowCount(_ lines: Int, _ issues: Int) throws {
    var input = input(String(repeating: "a.b = 1\n", count: lines))
    var received = 0
    var sink = RowSink<Sysctl>(path: "p", limit: 3) { _ in received += 1 }
    try Sysctl.parse(&input, into: &sink)
    #expect(received == 3)
    #expect(sink.issueCount == issues)
    #expect(sink.isFull == (issues == 1))
  }

  @Test("issues are kept word by word to their limit and counted beyond it", arguments: [100, 101])
  func issueCount(_ count: Int) throws {
    #expect(FactLimits.issuesPerMember == 100)
    var input = input(String(repeating: "nonsense\n", count: count))
    var sink = RowSink<Sysctl>(path: "p") { _ in }
    try Sysctl.parse(&input, into: &sink)
    #expect(sink.issues.count == 100)
    #expect(sink.issueCount == count)
  }

  @Test("marks of omitted bytes are skipped and counted; other comments are lines")
  func omissions() throws {
    var input = input("a\n### cnitriage: 12 bytes omitted ###\n### cnitriage: x\n")
    #expect(try input.nextLine().map { String(decoding: $0, as: UTF8.self) } == "a")
    #expect(try input.nextLine()?.count == 16)
    #expect(input.lineNumber == 3)
    #expect(input.damage.omissions == 1)
  }

  @Test("what copies and terminals left in the bytes is taken out and named")
  func cleaned() throws {
    var input = input("\u{feff}a\r\n\u{1b}[1;31mb\u{1b}[0m\n\u{0}\u{0}c\r\n")
    for text in ["a", "b", "c"] {
      #expect(try input.nextLine().map { String(decoding: $0, as: UTF8.self) } == text)
    }
    #expect(try input.nextLine() == nil)
    #expect(
      input.damage.reasons == [
        "1 lines held zero bytes", "1 lines held colours of a terminal",
        "2 lines ended in a carriage return", "a byte order mark stood in front",
      ])
  }

  @Test("a stream that is kept can be read twice")
  func rewinds() throws {
    var chunks: [[UInt8]] = [Array("a\nb".utf8), Array("c\n".utf8)]
    var input = ArtifactInput(artifact: .networkSysctls, path: "p") {
      chunks.isEmpty ? nil : chunks.removeFirst()[...]
    }
    try input.makeRewindable()
    for _ in 0..<2 {
      #expect(try input.nextLine()?.count == 1)
      #expect(try input.nextLine()?.count == 2)
      #expect(try input.nextLine() == nil)
      input.rewind()
    }
  }

  @Test("names, columns and documents of all tables are in order")
  func declarations() {
    let tables = FactCatalog.descriptions
    #expect(Set(tables.map(\.name)).count == tables.count)
    for table in tables {
      let columns = (TableDescription.evidenceColumns + table.columns).map(\.name)
      #expect(Set(columns).count == columns.count, "\(table.name) names a column twice")
      #expect(!table.artifacts.isEmpty)
      for column in table.columns {
        #expect(column.summary.hasSuffix("."), "\(table.name).\(column.name)")
        #expect(column.name.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber })
      }
    }
  }
}

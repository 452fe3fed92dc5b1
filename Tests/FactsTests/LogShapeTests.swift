import BundleModel
import Facts
import TestSupport
import Testing

/// A message of a component and the event that it stands for, as a line of a table of fixtures.
struct ShapeCase: Sendable {
  var event: String
  var level: String
  var message: String

  static func all(_ file: String) throws -> [ShapeCase] {
    let text = String(decoding: try Fixture.bytes("logs/" + file), as: UTF8.self)
    return text.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t", maxSplits: 2)
      let level = ["T": "trace", "D": "debug", "I": "info", "W": "warn", "E": "error"][parts[1]]
      return ShapeCase(
        event: String(parts[0]), level: level ?? "?",
        message: String(parts[2]).replacing("\\n", with: "\n").replacing("\\t", with: "\t"))
    }
  }

  /// The record as a release since 1.6.1 writes it, a second after the one before.
  func json(_ number: Int) -> String {
    let quoted = message.flatMap { character -> String in
      switch character {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n": "\\n"
      case "\t": "\\t"
      default: String(character)
      }
    }
    return #"{"level":"\#(level)","ts":"\#(Self.time(number)).000Z","caller":"a/b.go:1","msg":""#
      + quoted + #""}"#
  }

  /// The record as older releases write it.
  func text(_ number: Int) -> String {
    Self.time(number) + "Z [" + level.uppercased() + "] " + message
  }

  private static func time(_ number: Int) -> String {
    func two(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
    return "2031-04-02T\(two(number / 3600)):\(two(number / 60 % 60)):\(two(number % 60))"
  }
}

@Suite struct LogShapeTests {
  private func events(_ log: String, _ artifact: ArtifactID, _ table: String) throws -> [Int:
    String]
  {
    let parsed = try ParsedRows.of(artifact, Array(log.utf8))
    let (description, rows) = try #require(parsed.tables.first { $0.table.name == table })
    let column = try #require(description.columns.firstIndex { $0.name == "event" })
    return Dictionary(
      uniqueKeysWithValues: rows.compactMap { row in
        row.line.map { ($0, row.row[column].text) }
      })
  }

  @Test(
    "every shape of the catalogue gives its event, as JSON and as text",
    arguments: [
      ("ipamd-shapes.tsv", ArtifactID.ipamdLog, "ipamd_event"),
      ("plugin-shapes.tsv", .pluginLog, "plugin_event"),
    ])
  func catalogue(_ file: String, _ artifact: ArtifactID, _ table: String) throws {
    let cases = try ShapeCase.all(file)
    #expect(cases.count > 70)
    let json = cases.enumerated().map { $1.json($0) }.joined(separator: "\n")
    let found = try events(json, artifact, table)
    for (index, shape) in cases.enumerated() {
      #expect(found[index + 1] == shape.event, "\(shape.message)")
    }
    // Text has no way to write a line break but a line that starts with a tab.
    let simple = cases.filter { !$0.message.contains("\n") }
    let text = simple.enumerated().map { $1.text($0) }.joined(separator: "\n")
    let foundInText = try events(text, artifact, table)
    for (index, shape) in simple.enumerated() {
      #expect(foundInText[index + 1] == shape.event, "\(shape.message)")
    }
  }
}

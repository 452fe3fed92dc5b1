import ConformanceKit
import FoundationEssentials
import Testing

@Suite("recorded scenarios of the real program")
struct ConformanceTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/conformance").path

  static var files: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted()
  }

  @Test("there are twelve of them")
  func count() {
    #expect(Self.files.count == 12)
  }

  @Test("every step agrees, reads included", arguments: files)
  func agrees(file: String) throws {
    let result = try Conformance.run(file: "\(Self.folder)/\(file)", comparesCalls: true)
    #expect(result.steps > 0)
    let first = result.failures.first
    #expect(first == nil, "step \(first?.index ?? 0): \(first?.mismatches ?? [])")
  }
}

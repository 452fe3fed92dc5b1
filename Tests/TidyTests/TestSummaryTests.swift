import Foundation
import Testing

/// The last words of `scripts/test`, by which a failure in continuous integration is found.
@Suite("The summary of test runs")
struct TestSummaryTests {
  private static let begin = "↳ Testing Library Version: 6.3.1\n◇ Test run started.\n"

  private static let failing =
    begin + """
      ◇ Test "one" started.
      \u{1B}[91m✘\u{1B}[0m Test "one" recorded an issue at File.swift:12:3: Expectation failed: (a → 1) == (b → 2)
      ↳ what it means
      ✘ Test "one" failed after 0.1 seconds with 1 issue.
      ◇ Test "names with (odd) words failed after all" started.
      ✔ Test "names with (odd) words failed after all" passed after 0.1 seconds.
      ◇ Test case passing 1 argument x → "bad" to "two" started.
      ✘ Test "two" recorded an issue with 1 argument x → "bad" at File.swift:14:3: Expectation failed: "a
      b" == ""
      ✘ Test case passing 1 argument x → "bad" to "two" failed after 0.1 seconds with 1 issue.
      ✘ Test "two" with 3 test cases failed after 9.1 seconds with 1 issue.
      ➜ Test "three" skipped: "needs root"
      ✔ Test four() passed after 0.1 seconds.
      ✘ Suite "A" failed after 1 seconds with 2 issues.
      ✘ Test run with 5 tests in 1 suite failed after 9 seconds with 2 issues.

      """

  private static let sound =
    begin + """
      ◇ Test "five" started.
      ✔ Test "five" passed after 0.1 seconds.
      ✔ Test run with 1 test in 1 suite passed after 0.1 seconds.

      """

  private static let crashed =
    begin + """
      ◇ Test "six" started.
      ✔ Test "six" passed after 0.1 seconds.
      ◇ Test seven() started.
      File.swift:3: Fatal error: Index out of range

      """

  private func summary(_ logs: [String]) throws -> (code: Int32, lines: [String]) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "summary-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = SourceTree.root.appending(path: "scripts/test-summary")
    process.arguments = try logs.enumerated().map { index, log in
      let file = folder.appending(path: "\(index)")
      try Data(log.utf8).write(to: file)
      return file.path
    }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: bytes, as: UTF8.self)
    return (process.terminationStatus, text.split(separator: "\n").map(String.init))
  }

  @Test("failed tests stand at the end with their first errors, and skipped ones by name")
  func failures() throws {
    let (code, lines) = try summary([Self.failing, Self.sound])
    #expect(code == 1)
    #expect(
      lines == [
        #"➜ Test "three" skipped: "needs root""#,
        #"failed: "one""#,
        "    at File.swift:12:3: Expectation failed: (a → 1) == (b → 2)",
        "      ↳ what it means",
        #"failed: "two""#,
        #"    with 1 argument x → "bad" at File.swift:14:3: Expectation failed: "a"#,
        #"      b" == """#,
        "3 passed, 2 failed, 1 skipped",
      ])
  }

  @Test("a run in which all is well is one line")
  func success() throws {
    let (code, lines) = try summary([Self.sound])
    #expect(code == 0 && lines == ["1 passed, 0 failed, 0 skipped"])
  }

  @Test("a run that breaks off says in which test")
  func crash() throws {
    let (code, lines) = try summary([Self.crashed, Self.sound])
    #expect(code == 1)
    #expect(lines.contains("    while seven() ran"))
    #expect(lines.contains("      File.swift:3: Fatal error: Index out of range"))
    #expect(lines.last == "1 passed, 1 failed, 0 skipped")
  }
}

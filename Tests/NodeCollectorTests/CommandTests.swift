import BundleModel
import Foundation
import Testing

@testable import NodeCollector

@Suite("Running programs of a node")
struct CommandTests {
  @Test("output and exit code of a program that works are kept")
  func works() async throws {
    let node = try FakeNode()
    try node.program("tool", "echo \"$1\"; echo hint >&2")
    let result = try await node.run(.test(.command("tool", ["hello"])))[0]
    #expect(result.item.status == .ok)
    #expect(result.item.exitCode == 0)
    #expect(result.text == "hello\n")
  }

  @Test("a program that is not there is missing, by name")
  func missing() async throws {
    let result = try await FakeNode().run(.test(.command("nothing-here", [])))[0]
    #expect(result.item.status == .missing)
    #expect(result.item.reason?.contains("nothing-here") == true)
    #expect(result.item.path == nil)
  }

  @Test("a program that fails keeps its output and says why")
  func fails() async throws {
    let node = try FakeNode()
    try node.program("tool", "echo part; echo 'lock is held' >&2; exit 4")
    let result = try await node.run(.test(.command("tool", [])))[0]
    #expect(result.item.status == .failed)
    #expect(result.item.exitCode == 4)
    #expect(result.item.reason == "exit code 4: lock is held")
    #expect(result.text == "part\n")
  }

  @Test("a program that hangs is stopped with its children; what it wrote before is kept")
  func hangs() async throws {
    let node = try FakeNode()
    let mark = node.root.appending(path: "alive").path
    // The child ignores the polite signal and would live for a quarter of an hour.
    try node.program(
      "tool", "echo before; (trap '' TERM; echo $BASHPID > \(mark); sleep 900) & sleep 900")
    let start = ContinuousClock.now
    let result = try await node.run(.test(.command("tool", []), seconds: 3))[0]
    #expect(result.item.status == .timeout)
    #expect(result.text == "before\n")
    // However busy the machine is, far below the quarter of an hour that the program would take.
    #expect(ContinuousClock.now - start < .seconds(300))
    let pid = try String(contentsOfFile: mark, encoding: .utf8).split(separator: "\n")[0]
    for _ in 0..<300 where isRunning(String(pid)) {
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(!isRunning(String(pid)), "the child \(pid) survived")
  }

  private func isRunning(_ pid: String) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
      return false
    }
    return !status.contains(") Z ")
  }

  @Test("endless output stops at the cap")
  func floods() async throws {
    let node = try FakeNode()
    try node.program("tool", "exec yes")
    let result = try await node.run(.test(.command("tool", []), cap: 100_000))[0]
    #expect(result.item.status == .partial)
    #expect(result.text?.utf8.count == 100_000)
    #expect(result.item.truncation?.mode == .head)
  }

  @Test("the beginning and the newest lines of long output are kept, with a marked cut")
  func keepsTail() async throws {
    let node = try FakeNode()
    try node.program("tool", "seq 1 400000")
    let cap = Spool.headBytes + 200_000
    let result = try await node.run(.test(.command("tool", []), cap: cap, keeps: .headAndTail))[0]
    let text = try #require(result.text)
    #expect(result.item.status == .partial)
    #expect(text.hasPrefix("1\n2\n3\n"))
    #expect(text.hasSuffix("\n399999\n400000\n"))
    let lines = text.split(separator: "\n")
    let marker = try #require(lines.firstIndex { $0.hasPrefix("### cnitriage: ") })
    let before = try #require(Int(lines[marker - 1]))
    let after = try #require(Int(lines[marker + 1]))
    #expect(after > before)
    // The marker tells exactly how many bytes are gone.
    let gone = (before + 1..<after).reduce(0) { $0 + String($1).utf8.count + 1 }
    #expect(lines[marker] == "### cnitriage: \(gone) bytes omitted ###")
  }

  @Test("binary output passes unchanged")
  func binary() async throws {
    let node = try FakeNode()
    try node.program("tool", #"printf '\x00\xff\x1b[31m'"#)
    let result = try await node.run(.test(.command("tool", [])))[0]
    #expect(result.item.bytesSource == 7)
  }

  @Test("nothing of the user's environment reaches a program")
  func environment() async throws {
    let node = try FakeNode()
    try node.program("tool", "env | grep -vE '^(PWD|SHLVL|_|PATH)='")
    let result = try await node.run(.test(.command("tool", [])))[0]
    #expect(result.text == "LC_ALL=C\n")
  }
}

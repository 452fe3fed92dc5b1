import BundleModel
import Foundation
import Testing

@testable import NodeCollector

@Suite("Reading files of a node")
struct FileTests {
  @Test("the first file that exists is taken")
  func first() async throws {
    let node = try FakeNode()
    try node.file("/etc/second", "b\n")
    let result = try await node.run(.test(.file(["/etc/first", "/etc/second"])))[0]
    #expect(result.item.status == .ok)
    #expect(result.item.source.origin == "/etc/second")
    #expect(result.text == "b\n")
  }

  @Test("a file that is not there is missing, an empty one is empty")
  func missingAndEmpty() async throws {
    let node = try FakeNode()
    try node.file("/etc/empty", "")
    #expect(try await node.run(.test(.file(["/etc/none"])))[0].item.status == .missing)
    #expect(try await node.run(.test(.file(["/etc/empty"])))[0].item.status == .empty)
  }

  @Test("every file below a folder and every match of a pattern is a member of its own")
  func group() async throws {
    let node = try FakeNode()
    try node.file("/etc/net/a.conf", "a")
    try node.file("/etc/net/deep/b.conf", "b")
    try node.file("/var/log/x-1.log", "1")
    try node.file("/var/log/y.log", "2")
    let results = try await node.run(.test(.files(["/etc/net", "/var/log/x*.log"])))
    #expect(
      results.map(\.item.source.origin) == [
        "/etc/net/a.conf", "/etc/net/deep/b.conf", "/var/log/x-1.log",
      ])
    #expect(results.map(\.text) == ["a", "b", "1"])
    #expect(results[1].item.path == "test/item.txt/etc/net/deep/b.conf")
  }

  @Test("a FIFO with a file's name does not block the run")
  func fifo() async throws {
    let node = try FakeNode()
    try node.file("/etc/real", "x")
    _ = unsafe mkfifo(node.root.appending(path: "etc/pipe").path, 0o600)
    let result = try await node.run(.test(.file(["/etc/pipe"]), seconds: 2))[0]
    #expect(result.item.status == .unsupported)
  }

  @Test("a link to /dev/null, which masks a unit, is an empty file")
  func mask() async throws {
    let node = try FakeNode()
    try node.file("/etc/real", "x")
    try FileManager.default.createSymbolicLink(
      atPath: node.root.appending(path: "etc/masked").path, withDestinationPath: "/dev/null")
    #expect(try await node.run(.test(.file(["/etc/masked"])))[0].item.status == .empty)
  }

  @Test("of a log over its cap the first MiB and the newest lines are kept")
  func longLog() async throws {
    let node = try FakeNode()
    let lines = (1...200_000).map { "line \($0)" }.joined(separator: "\n") + "\n"
    try node.file("/var/log/long.log", lines)
    let cap = Spool.headBytes + 100_000
    let result = try await node.run(
      .test(.file(["/var/log/long.log"]), cap: cap, keeps: .headAndTail))[0]
    let text = try #require(result.text)
    #expect(result.item.status == .partial)
    #expect(text.utf8.count <= cap)
    #expect(text.hasPrefix("line 1\n"))
    #expect(text.hasSuffix("line 199999\nline 200000\n"))
    let dropped = try #require(result.item.truncation?.droppedBytes)
    #expect(text.contains("\n### cnitriage: \(dropped) bytes omitted ###\nline "))
    let marker = "### cnitriage: \(dropped) bytes omitted ###\n".utf8.count
    #expect(text.utf8.count - marker + dropped == lines.utf8.count)
  }

  @Test("a rootless run marks what needs root as denied instead of trying")
  func rootless() async throws {
    let node = try FakeNode()
    var host = node.host
    host.effectiveUserID = 1000
    let runner = ItemRunner(
      context: RunContext(host: host, limits: .test, spoolFolder: node.root.path))
    let artifact = Artifact(
      "test.item", "A test.", source: .file(["/etc/x"]), path: "x", needsRoot: true)
    let item = await runner.run(artifact)[0].item
    #expect(item.status == .denied)
    #expect(item.reason == "needs root")
  }
}

import BundleArchive
import BundleModel
import Foundation
import SystemPackage
import Testing

@testable import NodeCollector

@Suite("Packing a bundle")
struct PackingTests {
  @Test("bytes that nothing masks go from the node's file into the archive, whole and once")
  func inPlace() async throws {
    let node = try FakeNode()
    let text = (0..<20_000).map { "line \($0)\n" }.joined()
    try node.file("/var/log/x.gz", text)
    let item = Artifact(
      "t.raw", "A test.", source: .file(["/var/log/x.gz"]), path: "t/x.gz", capBytes: 1 << 20,
      redaction: .none)
    let result = try await node.run(item)[0]
    #expect(result.text == text)
    let summary = try await node.collect([item])
    #expect(summary.manifest.items.map(\.status) == [.ok])
    #expect(summary.manifest.items.map(\.bytesStored) == [text.utf8.count])
    #expect(summary.isVerified)
  }

  @Test("a file that shrinks before it is packed keeps its size in the archive, and says so")
  func shrinking() throws {
    let node = try FakeNode()
    try node.file("/x", String(repeating: "a", count: 100_000))
    let path = FilePath(node.root.path).appending("x")
    let origin = TemporaryFile(taking: try FileDescriptor.open(path, .readOnly))
    let spool = Spool(origin: origin, segments: [.stored(0..<100_000)])
    let code = unsafe truncate(path.string, 40_000)
    #expect(code == 0)
    let archive = FilePath(node.root.path).appending("out/a.tar")
    let descriptor = try FileDescriptor.open(
      archive, .writeOnly, options: .create, permissions: .ownerReadWrite)
    defer { try? descriptor.close() }
    var writer = try BundleWriter(descriptor, compression: .none, top: "t", totalLimit: .max)
    var member = CollectedMember(
      ManifestItem(id: "t.x", source: .init(kind: .file), startedAt: ""), modified: 0)
    member.item.path = "x"
    member.spool = spool
    try writer.add(member)
    try writer.end()
    #expect(writer.items.map(\.status) == [.partial])
    #expect(writer.items.first?.truncation?.droppedBytes == 60_000)
    let input = try FileDescriptor.open(archive, .readOnly)
    defer { try? input.close() }
    var reader = try ArchiveReader(input)
    #expect(try reader.next()?.size == 100_000)
    var bytes: [UInt8] = []
    while let chunk = try reader.nextChunk() { bytes += chunk }
    #expect(bytes.count == 100_000)
    #expect(bytes[39_999] == UInt8(ascii: "a") && bytes[40_000] == 0)
  }

  @Test("what reads back differently is found")
  func readBack() async throws {
    let node = try FakeNode()
    try node.program("tool", "echo hello")
    let summary = try await node.collect([
      Artifact(
        "t.tool", "A test.", source: .command("tool", []), path: "t.txt", timeoutSeconds: 10)
    ])
    let path = try #require(summary.path)
    var manifest = summary.manifest
    let check = { (manifest: Manifest) in
      try ReadBack(manifest: manifest, limit: PackingLimit(clock: .system)).check(path)
    }
    guard case .agrees = try check(manifest) else { return #expect(Bool(false)) }
    manifest.items[0].sha256 = String(repeating: "0", count: 64)
    guard case .differs("t.txt") = try check(manifest) else { return #expect(Bool(false)) }
  }

  @Test("no member is begun once the time for packing is over")
  func outOfTime() throws {
    let node = try FakeNode()
    let limit = PackingLimit(clock: .system)
    limit.set(secondsFromNow: -1)
    let path = FilePath(node.root.path).appending("out/a.tar")
    let descriptor = try FileDescriptor.open(
      path, .writeOnly, options: .create, permissions: .ownerReadWrite)
    defer { try? descriptor.close() }
    var writer = try BundleWriter(
      ArchiveOutput(descriptor), compression: .none, top: "t", totalLimit: .max, limit: limit)
    var member = CollectedMember(
      ManifestItem(id: "t.x", source: .init(kind: .file), startedAt: ""), modified: 0)
    member.item.path = "x"
    member.spool = Spool(capBytes: 10, keeps: .head, memoryBytes: 10, folder: "/tmp")
    try writer.add(member)
    try writer.end()
    #expect(writer.items.map(\.status) == [.aborted])
    #expect(writer.items.map(\.path) == [nil])
  }

  @Test(
    "times of the command line are read as they are written",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2031-04-02T09:15:22.418Z", 1_932_887_722_418_000),
      ("2031-04-02T11:15:22+02:00", 1_932_887_722_000_000),
      ("2000-02-29T12:00:00Z", 951_825_600_000_000),
      ("yesterday", nil), ("2031-13-02T09:15:22Z", nil), ("2031-04-02T09:15:22", nil),
    ] as [(String, Int64?)])
  func times(_ text: String, _ expected: Int64?) {
    #expect(RFC3339.microseconds(of: text) == expected)
  }

  @Test("a plan file keeps what it names, in the order of the catalogue and within its bounds")
  func planFile() throws {
    let catalog: [Artifact] = [.test(.file(["/a"]), id: "t.a"), .test(.file(["/b"]), id: "t.b")]
    let text = #"{"items":[{"id":"t.b","timeout_s":3,"cap_bytes":7},{"id":"t.a"}],"skipped":[]}"#
    let plan = try PlanFile.parse(Array(text.utf8), path: "p", catalog: catalog)
    #expect(plan.items.map(\.id.rawValue) == ["t.a", "t.b"])
    #expect(plan.items[1].capBytes == 7 && plan.items[1].timeoutSeconds == 3)
    let bad = #"{"items":[{"id":"t.c"}]}"#
    #expect {
      try PlanFile.parse(Array(bad.utf8), path: "p", catalog: catalog)
    } throws: { error in
      (error as? CollectError)?.remedy.contains("nearest: t.") == true
    }
  }
}

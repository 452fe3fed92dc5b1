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
    #expect(summary.isVerified)
    let path = try #require(summary.path)
    let digest = try #require(try FileDigest(of: path))
    #expect(summary.sha256 == digest.sha256 && summary.archiveBytes == digest.bytes)
    let limit = PackingLimit(clock: .system)
    let back = ReadBack(written: digest, limit: limit)
    #expect(try back.check(path) == .agrees)
    let whole = try Data(contentsOf: URL(filePath: path.string))
    var damaged = whole
    damaged[damaged.count / 2] ^= 1
    try damaged.write(to: URL(filePath: path.string))
    #expect(try back.check(path) == .differs("its bytes are others"))
    try whole.dropLast().write(to: URL(filePath: path.string))
    #expect(
      try back.check(path)
        == .differs("it has \(whole.count - 1) bytes instead of \(whole.count)"))
    limit.set(secondsFromNow: -1)
    #expect(try back.check(path) == .noTime)
  }

  @Test("the digest of what was written is that of the file, and of no other")
  func runningDigest() throws {
    let node = try FakeNode()
    let path = FilePath(node.root.path).appending("out/a.tar")
    let descriptor = try FileDescriptor.open(
      path, .writeOnly, options: .create, permissions: .ownerReadWrite)
    defer { try? descriptor.close() }
    let written = RunningDigest()
    var writer = try BundleWriter(
      ArchiveOutput(descriptor, written: { written.add($0) }), compression: .zstd(level: 3),
      top: "t", totalLimit: .max)
    try writer.add(Array("hello\n".utf8), at: "a", modified: 0)
    try writer.end()
    #expect(try FileDigest(of: path) == written.value)
    try descriptor.seek(offset: 9, from: .start)
    try descriptor.writeAll([0xFF])
    let check = ReadBack(written: written.value, limit: PackingLimit(clock: .system))
    #expect(try check.check(path) == .differs("its bytes are others"))
  }

  @Test("two files of one path both stay in the bundle, under paths of their own")
  func samePath() throws {
    let node = try FakeNode()
    let path = FilePath(node.root.path).appending("out/a.tar")
    let descriptor = try FileDescriptor.open(
      path, .readWrite, options: .create, permissions: .ownerReadWrite)
    defer { try? descriptor.close() }
    var writer = try BundleWriter(descriptor, compression: .none, top: "t", totalLimit: .max)
    for text in ["old", "new"] {
      var member = CollectedMember(
        ManifestItem(id: "t.x", source: .init(kind: .file), startedAt: ""), modified: 0)
      member.item.path = "x.log"
      var spool = Spool(capBytes: 10, keeps: .head, memoryBytes: 10, folder: "/tmp")
      try spool.append(Array(text.utf8)[...])
      member.spool = spool
      try writer.add(member)
    }
    try writer.end()
    #expect(writer.items.map(\.path) == ["x.log", "x.log.2"])
    try descriptor.seek(offset: 0, from: .start)
    var reader = try ArchiveReader(descriptor)
    var found: [String: String] = [:]
    while let member = try reader.next() {
      found[member.path] = String(decoding: try reader.nextChunk() ?? [], as: UTF8.self)
    }
    #expect(found == ["t/x.log": "old", "t/x.log.2": "new"])
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

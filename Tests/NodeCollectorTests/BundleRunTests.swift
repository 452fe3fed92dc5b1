import BundleArchive
import BundleModel
import Crypto
import Foundation
import SystemPackage
import Testing

@testable import NodeCollector

@Suite("A whole run")
struct BundleRunTests {
  @Test("the checksum of every member agrees with the manifest, which comes last")
  func checksums() async throws {
    let node = try FakeNode()
    try node.file("/etc/os-release", "ID=amzn\n")
    try node.program("tool", "seq 1 20000")
    let summary = try await node.collect([
      .test(.file(["/etc/os-release"]), id: "a.file"),
      Artifact(
        "b.tool", "A test.", source: .command("tool", []), path: "b/tool.txt",
        timeoutSeconds: 10),
    ])
    let members = try read(summary)
    #expect(members.first?.path.hasSuffix("/bundle.json") == true)
    #expect(members.last?.path.hasSuffix("/manifest.json") == true)
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(try #require(members.last?.bytes)))
    #expect(manifest == summary.manifest)
    #expect(manifest.complete)
    for item in manifest.items {
      let path = try #require(item.path)
      let bytes = try #require(members.first { $0.path.hasSuffix("/" + path) }).bytes
      let sum = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
      #expect(item.sha256 == sum)
      #expect(item.bytesStored == bytes.count)
    }
  }

  @Test("members stand in the order of the plan, however long each one takes")
  func order() async throws {
    let node = try FakeNode()
    try node.program("slow", "sleep 0.4; echo slow")
    try node.program("fast", "echo fast")
    let items = [("slow", "z.slow"), ("fast", "a.fast")].map { name, id in
      Artifact(
        ArtifactID(rawValue: id), "A test.", source: .command(name, []), path: "\(name).txt",
        timeoutSeconds: 10)
    }
    let summary = try await node.collect(items)
    #expect(summary.manifest.items.map(\.id.rawValue) == ["z.slow", "a.fast"])
  }

  @Test("items that hold one resource never run at the same time")
  func locks() async throws {
    let node = try FakeNode()
    let lock = node.root.appending(path: "busy").path
    try node.program("tool", "mkdir \(lock) || exit 9; sleep 0.1; rmdir \(lock)")
    let items = (0..<6).map { index in
      Artifact(
        ArtifactID(rawValue: "t.item\(index)"), "A test.", source: .command("tool", []),
        path: "t/\(index).txt", holds: .xtables, timeoutSeconds: 10)
    }
    let summary = try await node.collect(items)
    #expect(summary.manifest.items.allSatisfy { $0.exitCode == 0 })
  }

  @Test("at the time limit the bundle is finished with what is there")
  func deadline() async throws {
    let node = try FakeNode()
    try node.file("/etc/os-release", "ID=amzn\n")
    try node.program("tool", "echo part; sleep 60")
    var limits = CollectLimits.test
    limits.runSeconds = 3
    let summary = try await node.collect(
      [
        .test(.file(["/etc/os-release"]), id: "a.file"),
        Artifact(
          "b.tool", "A test.", source: .command("tool", []), path: "b.txt", timeoutSeconds: 60),
      ], limits: limits)
    #expect(summary.manifest.endReason == .deadline)
    #expect(!summary.manifest.complete)
    #expect(summary.manifest.items.map(\.status) == [.ok, .aborted])
    #expect(try read(summary).last?.path.hasSuffix("manifest.json") == true)
  }

  @Test("an interruption ends the run in an orderly way")
  func interruption() async throws {
    let node = try FakeNode()
    try node.program("tool", "sleep 60")
    let (stream, continuation) = AsyncStream.makeStream(of: Collector.Interruption.self)
    Task {
      try await Task.sleep(for: .milliseconds(500))
      continuation.yield(.interrupt)
    }
    let summary = try await node.collect(
      [.test(.command("tool", []), seconds: 60)], interruptions: stream)
    #expect(summary.manifest.endReason == .sigint)
    #expect(summary.manifest.items.map(\.status) == [.aborted])
  }

  @Test("the bundle has mode 0600, its final name only when whole, and replaces nothing")
  func outputFile() async throws {
    let node = try FakeNode()
    let summary = try await node.collect([])
    let path = try #require(summary.path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let folder = path.removingLastComponent().string
    let name = try #require(path.lastComponent?.string)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        == [name, "\(name).sha256"])
  }

  @Test("every computed item of the catalogue has its computation")
  func computations() {
    for artifact in Catalog.all {
      guard case .derived(let derivation) = artifact.source else { continue }
      #expect(DerivedSource.computations[derivation] != nil, "\(artifact.id)")
    }
  }

  @Test("a selection keeps, leaves out and says why")
  func selection() throws {
    let plan = Plan(only: ["net", "logs.ipamd"], skip: ["net.*6"], metadata: false)
    #expect(plan.items.contains { $0.id == .iptablesSave })
    #expect(plan.items.contains { $0.id == .ipamdLog })
    #expect(!plan.items.contains { $0.id == .policyRules6 })
    #expect(plan.skipped.contains { $0.id == .policyRules6 && $0.reason.contains("net.*6") })
    #expect(plan.items.count + plan.skipped.count == Catalog.all.count)
  }

  private func read(_ summary: CollectSummary) throws -> [(path: String, bytes: [UInt8])] {
    let path = try #require(summary.path)
    let descriptor = try FileDescriptor.open(path, .readOnly)
    defer { try? descriptor.close() }
    var reader = try ArchiveReader(descriptor)
    var members: [(path: String, bytes: [UInt8])] = []
    while let member = try reader.next() {
      var bytes: [UInt8] = []
      while let chunk = try reader.nextChunk() { bytes += chunk }
      members.append((member.path, bytes))
    }
    return members
  }
}

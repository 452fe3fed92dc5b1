import BundleArchive
import BundleModel
import BundleReader
import Foundation
import SystemPackage
import Testing

@testable import NodeCollector

@Suite("Rewriting a bundle")
struct RewriterTests {
  /// Makes every letter of one file's text a capital one.
  struct Capitals: ByteFilter {
    var masked: [String: Int] { ["R1": 1] }
    mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
      output += bytes.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }
    }
    mutating func finish(into output: inout [UInt8]) { output += Array("END\n".utf8) }
  }

  struct Change: BundleChange {
    mutating func path(_ path: String) -> String? {
      path == "collect.log" ? nil : path.replacingOccurrences(of: "fake", with: "masked")
    }
    mutating func filter(for file: RewrittenFile) -> (any ByteFilter)? {
      file.item?.id == "a.file" ? Capitals() : nil
    }
    mutating func describe(_ item: inout ManifestItem) { item.reason = "changed" }
    mutating func describe(_ manifest: inout Manifest) { manifest.redaction = .names }
  }

  private func bundle(_ node: FakeNode) async throws -> CollectSummary {
    try node.file("/etc/os-release", "ID=amzn\n")
    return try await node.collect([
      .test(.file(["/etc/os-release"]), id: "a.file"),
      Artifact("b.none", "A test.", source: .file(["/none"]), path: "b/none.txt"),
    ])
  }

  @Test("files, names and the manifest change together, and the result is a bundle again")
  func changes() async throws {
    let node = try FakeNode()
    let old = try #require(try await bundle(node).path)
    let new = old.removingLastComponent().appending("new.tar.gz")
    var change = Change()
    let addition = CollectedMember(
      ManifestItem(id: "c.new", source: .init(kind: .derived), startedAt: ""), modified: 0)
    let summary = try BundleRewriter(.path(old.string)).rewrite(
      &change, adding: [addition], to: .file(new), format: .gzip)
    let bundle = try SupportBundle.open(.path(new.string))
    let manifest = try #require(bundle.manifest)
    #expect(manifest == summary.manifest)
    #expect(manifest.redaction == .names)
    #expect(manifest.items.map(\.id.rawValue) == ["a.file", "b.none", "c.new"])
    #expect(manifest.items[0].reason == "changed")
    #expect(manifest.items[0].redaction == ["R1": 1])
    #expect(!bundle.members.contains { $0.path == "collect.log" })
    var texts: [String: String] = [:]
    try bundle.forEachMember { member, next in
      var bytes: [UInt8] = []
      while let chunk = try next() { bytes += chunk }
      texts[member.path] = String(decoding: bytes, as: UTF8.self)
    }
    #expect(texts["test/item.txt"] == "ID=AMZN\nEND\n")
    #expect(manifest.items[0].bytesStored == 12)
    let attributes = try FileManager.default.attributesOfItem(atPath: new.string)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test("nothing is replaced unless that is wanted")
  func replaces() async throws {
    let node = try FakeNode()
    let path = try #require(try await bundle(node).path)
    let rewriter = try BundleRewriter(.path(path.string))
    var change = NoChange()
    #expect(throws: CollectError.self) {
      try rewriter.rewrite(&change, to: .file(path), format: .zstd)
    }
    let summary = try rewriter.rewrite(&change, to: .file(path), replaces: true, format: .zstd)
    #expect(summary.manifest?.items.count == 2)
    #expect(try SupportBundle.open(.path(path.string)).manifest == summary.manifest)
  }

  @Test("an archive with a path that leaves it is refused, and nothing is written")
  func hostile() throws {
    let node = try FakeNode()
    let path = FilePath(node.root.path).appending("out/evil.tar")
    let descriptor = try FileDescriptor.open(
      path, .writeOnly, options: [.create], permissions: .ownerReadWrite)
    var writer = try ArchiveWriter(descriptor, compression: .none)
    try writer.beginFile(path: "a/../../x", size: 1, modified: 0)
    try writer.write([1])
    try writer.finish()
    try descriptor.close()
    #expect(throws: BundleError.self) { try BundleRewriter(.path(path.string)) }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: node.root.path + "/out") == ["evil.tar"])
  }
}

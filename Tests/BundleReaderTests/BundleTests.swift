import BundleArchive
import BundleModel
import BundleReader
import Foundation
import SystemPackage
import Testing

@Suite("Opening bundles")
struct BundleTests {
  @Test("a native archive gives its manifest and its members with their items")
  func nativeArchive() throws {
    let scratch = try Scratch()
    let path = try scratch.archive(Scratch.bundle)
    let bundle = try SupportBundle.open(.path(path))
    #expect(bundle.kind == .native)
    #expect(bundle.manifest?.bundleID == "b1")
    let save = try #require(bundle.members.first { $0.artifact == .iptablesSave })
    #expect(save.path == "net/iptables-save.txt")
    #expect(try scratch.contents(bundle)["net/iptables-save.txt"] == "*filter\nCOMMIT\n")
  }

  @Test("an unpacked bundle gives the same members as its archive")
  func unpackedFolder() throws {
    let scratch = try Scratch()
    let archive = try SupportBundle.open(.path(scratch.archive(Scratch.bundle)))
    let folder = try SupportBundle.open(.path(scratch.folder(Scratch.bundle)))
    #expect(try scratch.contents(folder) == scratch.contents(archive))
    #expect(
      folder.members.sorted { $0.path < $1.path } == archive.members.sorted { $0.path < $1.path })
  }

  @Test("members of an interrupted bundle are recognised by their paths")
  func withoutManifest() throws {
    let scratch = try Scratch()
    let path = try scratch.archive(Scratch.bundle.filter { !$0.0.hasSuffix("manifest.json") })
    let bundle = try SupportBundle.open(.path(path))
    #expect(bundle.manifest == nil)
    #expect(bundle.notes == ["no manifest: the collector was interrupted"])
    #expect(bundle.members.contains { $0.artifact == .iptablesSave })
  }

  @Test(
    "a member that leaves the archive is refused",
    arguments: ["../../x", "/etc/passwd", "top/../../x", "a/.."])
  func traversal(_ name: String) throws {
    let scratch = try Scratch()
    let path = try scratch.archive(Scratch.bundle + [(name, "x")])
    #expect(throws: (BundleError.self).self) { try SupportBundle.open(.path(path)) }
    #expect(code { try SupportBundle.open(.path(path)) } == "E304")
  }

  @Test("what is no bundle is refused with a reason that names it")
  func notABundle() throws {
    let scratch = try Scratch()
    let cases: [(String, Data, String)] = [
      ("empty.tar.gz", Data(), "it is empty"),
      ("photo.zip", Data([0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 600)), "a zip archive"),
      ("notes.txt", Data("just text\n".utf8), "neither a tar archive"),
    ]
    for (name, bytes, why) in cases {
      let path = try scratch.file(name, bytes)
      let error = #expect(throws: BundleError.self) { try SupportBundle.open(.path(path)) }
      #expect(error?.code == "E302")
      #expect(error?.what == "\(name) is not a bundle")
      #expect(error?.why.contains(why) == true, "\(error?.why ?? "")")
    }
    let other = try scratch.archive([("some/file", "x"), ("some/other", "y")])
    #expect(code { try SupportBundle.open(.path(other)) } == "E302")
    let folder = try scratch.folder([("some/file", "x")])
    #expect(code { try SupportBundle.open(.path(folder)) } == "E302")
    #expect(code { try SupportBundle.open(.path("/nonexistent/bundle")) } == "E306")
  }

  @Test("a truncated archive says after how many bytes it ends; with --partial its start is read")
  func truncated() throws {
    let scratch = try Scratch()
    var noise = SystemRandomNumberGenerator()
    let filler = String(
      decoding: (0..<2_000_000).map { _ in UInt8.random(in: 33...126, using: &noise) },
      as: UTF8.self)
    let path = try scratch.archive(
      Array(Scratch.bundle.dropLast()) + [("top/logs/aws-routed-eni/ipamd.log", filler)])
    let whole = try Data(contentsOf: URL(filePath: path))
    let cut = try scratch.file("cut.tar.zst", whole.prefix(whole.count / 2))
    let error = #expect(throws: BundleError.self) { try SupportBundle.open(.path(cut)) }
    #expect(error?.code == "E301")
    let partial = try SupportBundle.open(.path(cut), acceptsDamage: true)
    #expect(try scratch.contents(partial)["net/iptables-save.txt"] == "*filter\nCOMMIT\n")
  }

  @Test("a format of a newer release is refused by name")
  func newerFormat() throws {
    let scratch = try Scratch()
    let path = try scratch.archive([("top/bundle.json", #"{"schema":"cnitriage.bundle/9"}"#)])
    let error = #expect(throws: BundleError.self) { try SupportBundle.open(.path(path)) }
    #expect(error?.code == "E303")
    #expect(error?.what.contains("cnitriage.bundle/9") == true)
  }

  @Test("links and devices are ignored with a note, never followed")
  func links() throws {
    let scratch = try Scratch()
    let folder = try scratch.folder(Scratch.bundle)
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/top/secret", withDestinationPath: "/etc/passwd")
    let bundle = try SupportBundle.open(.path(folder))
    #expect(bundle.notes == ["ignored top/secret: it is no regular file"])
  }

  @Test("each limit lets its own size pass and refuses one more")
  func limits() throws {
    let scratch = try Scratch()
    let path = try scratch.archive(Scratch.bundle)
    let count = Scratch.bundle.count
    #expect(code { try SupportBundle.open(.path(path), limits: ReadLimits(members: count)) } == nil)
    #expect(
      code { try SupportBundle.open(.path(path), limits: ReadLimits(members: count - 1)) } == "E305"
    )
    let largest = Scratch.bundle.map { $0.1.utf8.count }.max() ?? 0
    #expect(
      code { try SupportBundle.open(.path(path), limits: ReadLimits(memberBytes: largest)) } == nil)
    #expect(
      code { try SupportBundle.open(.path(path), limits: ReadLimits(memberBytes: largest - 1)) }
        == "E305")
    let longest = Scratch.bundle.map { $0.0.utf8.count }.max() ?? 0
    #expect(
      code { try SupportBundle.open(.path(path), limits: ReadLimits(pathBytes: longest)) } == nil)
    #expect(
      code { try SupportBundle.open(.path(path), limits: ReadLimits(pathBytes: longest - 1)) }
        == "E305")
  }

  @Test("an archive that unpacks to far more than its size is refused")
  func bomb() throws {
    let scratch = try Scratch()
    let zeros = String(repeating: "0", count: 4 << 20)
    let path = try scratch.archive(
      Scratch.bundle + [("top/net/zeros.txt", zeros), ("top/after", "x")])
    let limits = ReadLimits(ratio: 50, ratioFloorBytes: 1 << 20)
    let bundle = try SupportBundle.open(.path(path))
    #expect(!bundle.members.isEmpty)
    #expect(throws: BundleError.self) {
      try SupportBundle.open(.path(path), limits: limits)
    }
  }
}

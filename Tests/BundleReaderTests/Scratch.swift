import BundleArchive
import BundleModel
import BundleReader
import Foundation
import SystemPackage
import Testing

/// A folder for one test's files.
final class Scratch {
  private let root: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "bundle-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: root)
  }

  static let bundle: [(String, String)] = [
    ("top/bundle.json", #"{"schema":"cnitriage.bundle/1","bundle_id":"b1"}"#),
    ("top/net/iptables-save.txt", "*filter\nCOMMIT\n"),
    ("top/net/rules4.txt", "32766:\tfrom all lookup main\n"),
    ("top/manifest.json", manifest),
  ]

  private static let manifest: String = {
    var item = ManifestItem(
      id: .iptablesSave, source: .init(kind: .command, argv: ["iptables-save", "-c"]),
      startedAt: "2031-04-02T09:15:22.418Z")
    item.path = "net/iptables-save.txt"
    let manifest = Manifest(
      bundleID: "b1", complete: true, endReason: .done, tool: .current,
      startedAt: "2031-04-02T09:15:22.418Z", endedAt: "2031-04-02T09:15:25.000Z",
      platform: .init(
        osID: "amzn", osVersion: "2023", kernel: "6.1", architecture: "x86_64", hostName: "n",
        instanceID: nil, effectiveUserID: 0, hostRoot: "/"), items: [item])
    return String(decoding: (try? JSONEncoder().encode(manifest)) ?? Data(), as: UTF8.self)
  }()

  func path(_ name: String) -> String { root.appending(path: name).path }

  func archive(
    _ members: [(String, String)], named name: String? = nil, modified: Int64 = 0
  ) throws -> String {
    let path = root.appending(path: name ?? "\(UUID().uuidString).tar.zst").path
    let descriptor = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: [.create], permissions: .ownerReadWrite)
    defer { try? descriptor.close() }
    var writer = try ArchiveWriter(descriptor, compression: .zstd(level: 3))
    for (name, text) in members {
      try writer.beginFile(path: name, size: text.utf8.count, modified: modified)
      try writer.write(Array(text.utf8)[...])
    }
    try writer.finish()
    return path
  }

  func folder(_ members: [(String, String)], named name: String? = nil) throws -> String {
    let folder = root.appending(path: name ?? UUID().uuidString)
    for (name, text) in members {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return folder.path
  }

  func file(_ name: String, _ bytes: Data) throws -> String {
    let url = root.appending(path: name)
    try bytes.write(to: url)
    return url.path
  }

  func contents(_ bundle: SupportBundle) throws -> [String: String] {
    var texts: [String: String] = [:]
    try bundle.forEachMember { member, next in
      var bytes: [UInt8] = []
      while let chunk = try next() { bytes += chunk }
      texts[member.path] = String(decoding: bytes, as: UTF8.self)
    }
    return texts
  }

  /// The bytes of a file, compressed by the system's gzip.
  func gzip(_ bytes: Data) throws -> Data {
    let plain = try file(UUID().uuidString, bytes)
    try run("/bin/gzip", ["-n", plain])
    return try Data(contentsOf: URL(filePath: plain + ".gz"))
  }

  /// Runs a program of the system, which must succeed.
  func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = root
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) \(arguments)")
  }
}

/// The code of the error with which opening fails; `nil` when it succeeds.
func code(_ body: () throws -> SupportBundle) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? BundleError)?.code ?? "other: \(error)"
  }
}

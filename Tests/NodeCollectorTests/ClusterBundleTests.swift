import BundleArchive
import BundleModel
import BundleReader
import Crypto
import Foundation
import SystemPackage
import Testing

@testable import NodeCollector

@Suite("A cluster's items in a bundle")
struct ClusterBundleTests {
  /// A member as it stands in an archive.
  private struct Member: Equatable {
    var bytes: [UInt8]
    var modified: Int64
  }

  private func members(_ path: FilePath) throws -> (order: [String], byPath: [String: Member]) {
    let descriptor = try FileDescriptor.open(path, .readOnly)
    defer { try? descriptor.close() }
    var reader = try ArchiveReader(descriptor)
    var order: [String] = []
    var table: [String: Member] = [:]
    while let member = try reader.next() {
      var bytes: [UInt8] = []
      while let chunk = try reader.nextChunk() { bytes += chunk }
      let name = String(member.path.drop { $0 != "/" }.dropFirst())
      order.append(name)
      #expect(
        table.updateValue(Member(bytes: bytes, modified: member.modified), forKey: name) == nil)
    }
    return (order, table)
  }

  private func manifest(_ path: FilePath) throws -> Manifest {
    let bytes = try #require(try members(path).byPath["manifest.json"]).bytes
    return try JSONDecoder().decode(Manifest.self, from: Data(bytes))
  }

  private func check(_ path: FilePath) throws {
    let (order, table) = try members(path)
    #expect(order.first == "bundle.json" && order.last == "manifest.json")
    for item in try manifest(path).items {
      guard let place = item.path else { continue }
      let bytes = try #require(table[place], "\(place)").bytes
      #expect(item.sha256 == SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined())
      #expect(item.bytesStored == bytes.count)
    }
  }

  private func nodeBundle(_ cluster: FakeCluster) async throws -> (FilePath, FakeNode) {
    let node = try FakeNode()
    try node.file("/etc/os-release", "ID=amzn\n")
    try node.program("tool", "seq 1 5000")
    let summary = try await node.collect([
      .test(.file(["/etc/os-release"]), id: "host.os_release"),
      Artifact(
        "b.tool", "A test.", source: .command("tool", []), path: "b/tool.txt", timeoutSeconds: 10),
    ])
    return (try #require(summary.path), node)
  }

  @Test("a bundle of its own is whole, of mode 0600, named after the cluster, and holds no node")
  func ownBundle() async throws {
    let cluster = try await FakeCluster()
    let evidence = await cluster.gather()
    try await cluster.server.stop()
    #expect(evidence.bundleName.hasPrefix("cnitriage-cluster-shop-2"))
    let path = cluster.output.appending("\(evidence.bundleName).tar.zst")
    let summary = try evidence.write(to: .file(path), format: .zstd, tool: .current)
    try check(path)
    let found = try manifest(path)
    #expect(found == summary.manifest)
    #expect(found.complete && !found.holdsNode)
    #expect(found.cluster?.name == "shop" && found.cluster?.context == "shop-admin")
    let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let bundle = try SupportBundle.open(.path(path.string))
    #expect(bundle.members.contains { $0.artifact == .agentDaemonSet })
    let all = try members(path).byPath.values.flatMap(\.bytes)
    #expect(!String(decoding: all, as: UTF8.self).contains(FakeCluster.secret))
  }

  @Test(
    "into a node's bundle: what was there stays byte for byte, the cluster's items join it",
    arguments: [0o600, 0o640])
  func into(_ mode: Int) async throws {
    let cluster = try await FakeCluster()
    let (path, node) = try await nodeBundle(cluster)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path.string)
    let before = try members(path)
    let oldManifest = try manifest(path)
    let evidence = await cluster.gather()
    try await cluster.server.stop()
    let summary = try evidence.add(to: NodeBundle(path.string))
    #expect(summary.path == path)
    try check(path)
    let after = try members(path)
    for (name, member) in before.byPath where name != "manifest.json" {
      #expect(after.byPath[name] == member, "\(name)")
    }
    let merged = try manifest(path)
    #expect(Array(merged.items.prefix(oldManifest.items.count)) == oldManifest.items)
    #expect(merged.items.count == oldManifest.items.count + evidence.items.count)
    #expect(merged.bundleID == oldManifest.bundleID && merged.platform == oldManifest.platform)
    #expect(merged.holdsNode && merged.cluster?.name == "shop")
    let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
    #expect(attributes[.posixPermissions] as? Int == mode)
    // Nothing but the bundle and its checksum, which is true again.
    let name = try #require(path.lastComponent).string
    let folder = path.removingLastComponent().string
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names == [name, "\(name).sha256"])
    let checksum = try String(contentsOfFile: "\(path).sha256", encoding: .utf8)
    #expect(checksum == "\(try #require(summary.sha256))  \(name)\n")
    _ = node
  }

  @Test("a second time the cluster's items are replaced, not doubled")
  func twice() async throws {
    let cluster = try await FakeCluster()
    let (path, node) = try await nodeBundle(cluster)
    let oldCount = try manifest(path).items.count
    let full = await cluster.gather(Plan(Catalog.cluster, tier: .full))
    _ = try full.add(to: NodeBundle(path.string))
    // Fewer answers the second time: what they replace must not stay behind.
    try cluster.answers("eks describe-addon", #"{"addon":{"addonVersion":"v1.21.0"}}"#)
    let second = await cluster.gather(Plan(Catalog.cluster, tier: .minimum), nodes: [])
    try await cluster.server.stop()
    _ = try second.add(to: NodeBundle(path.string))
    try check(path)
    let merged = try manifest(path)
    #expect(merged.items.count == oldCount + second.items.count)
    let order = try members(path).order
    #expect(!order.contains { $0.hasPrefix("aws/") })
    #expect(order.contains("kube/ds-aws-node.json"))
    _ = node
  }

  @Test("what is no bundle, was interrupted or conceals more is refused before anything is asked")
  func refused() async throws {
    let cluster = try await FakeCluster()
    let (path, node) = try await nodeBundle(cluster)
    try await cluster.server.stop()
    let text = cluster.output.appending("notes.txt")
    try Data("notes".utf8).write(to: URL(filePath: text.string))
    for name in [text.string, cluster.output.string, cluster.output.appending("none").string] {
      #expect(throws: BundleError.self, "\(name)") { try NodeBundle(name) }
    }
    var change = Masked()
    let masked = cluster.output.appending("masked.tar.gz")
    _ = try BundleRewriter(.path(path.string)).rewrite(
      &change, to: .file(masked), format: .gzip)
    let error = #expect(throws: BundleError.self) { try NodeBundle(masked.string) }
    #expect(error?.code == "E308")
    _ = node
  }

  private struct Masked: BundleChange {
    mutating func describe(_ manifest: inout Manifest) { manifest.redaction = .names }
  }

  @Test("the bundle tells which node and instance to ask for, by the name of the node's object")
  func nodeOfBundle() async throws {
    let node = try FakeNode()
    try node.program(
      "kubectl", #"echo '{"kind":"Node","metadata":{"name":"ip-10-0-1-7.internal"}}'"#)
    let plain = try await node.collect([])
    #expect(try NodeBundle(try #require(plain.path).string).nodeName == "fake")
    let known = try await node.collect([try #require(Catalog.artifact(.nodeObject))])
    #expect(try NodeBundle(try #require(known.path).string).nodeName == "ip-10-0-1-7.internal")
  }
}

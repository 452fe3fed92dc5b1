import BundleArchive
import BundleModel
import Foundation
import SystemPackage

@testable import NodeCollector

/// A node made of a folder: files below a root, programs in a folder of scripts, closed ports.
final class FakeNode {
  let root: URL
  private let programs: URL
  /// Ports that stand in for the declared ones; nothing listens on port 1.
  var ports = [61678: 1, 61679: 1]

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "node-\(UUID().uuidString)")
    programs = root.appending(path: "programs")
    try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      at: root.appending(path: "out"), withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: root)
  }

  var host: NodeCollector.Host {
    NodeCollector.Host(
      root: FilePath(root.path), commandPath: [programs.path],
      ports: ports, metadata: .init(address: "127.0.0.1", port: 1),
      clock: .system, effectiveUserID: 0)
  }

  func file(_ path: String, _ text: String) throws {
    let url = root.appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func program(_ name: String, _ script: String) throws {
    let url = programs.appending(path: name)
    try Data("#!/bin/bash\nPATH=/usr/bin:/bin\n\(script)\n".utf8).write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
  }

  /// Runs items and gives their members and bytes.
  func run(_ artifact: Artifact, limits: CollectLimits = .test) async throws -> [(
    item: ManifestItem, text: String?
  )] {
    let runner = ItemRunner(
      context: RunContext(
        host: host, limits: limits, spoolFolder: root.appending(path: "out").path))
    return try await runner.run(artifact).map { member in
      (member.item, try member.spool.map(text))
    }
  }

  private func text(_ spool: Spool) throws -> String {
    var bytes: [UInt8] = []
    for segment in try spool.segments() {
      switch segment {
      case .marker(let marker): bytes += marker
      case .stored(let range): bytes += try spool.read(range)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Collects a plan into a bundle.
  func collect(
    _ items: [Artifact], limits: CollectLimits = .test,
    interruptions: AsyncStream<Collector.Interruption> = AsyncStream { _ in }
  ) async throws -> CollectSummary {
    let platform = Manifest.Platform(
      osID: nil, osVersion: nil, kernel: "6.1", architecture: "x86_64", hostName: "fake",
      instanceID: nil, effectiveUserID: 0, hostRoot: root.path)
    let identity = BundleIdentity(
      bundleID: "b", time: 1_900_000_000_000_000, platform: platform)
    var plan = Plan([])
    plan.items = items
    let path = FilePath(root.path).appending("out/\(UUID().uuidString).tar.zst")
    return try await Collector(host: host, limits: limits, tool: .current).run(
      plan, identity: identity, to: .file(path), format: .zstd, interruptions: interruptions,
      report: { _ in })
  }
}

extension CollectLimits {
  static let test = CollectLimits(runSeconds: 20, spoolMemoryBytes: 4096, graceSeconds: 0.3)
}

extension Artifact {
  /// An item for tests.
  static func test(
    _ source: Source, id: ArtifactID = "test.item", seconds: Double = 10, cap: Int = 1 << 20,
    keeps: Kept = .head, needs: [Need] = []
  ) -> Artifact {
    Artifact(
      id, "A test.", source: source, path: "test/item.txt", needs: needs, timeoutSeconds: seconds,
      capBytes: cap, keeps: keeps)
  }
}

import BundleModel
import Foundation

@testable import NodeCollector

extension FakeNode {
  /// A context, for items that share what a run has found.
  func context(
    settings: CollectSettings = CollectSettings(), limits: CollectLimits = .test
  ) -> RunContext {
    RunContext(
      host: host, limits: limits, settings: settings,
      spoolFolder: root.appending(path: "out").path)
  }

  /// Runs an item of the catalogue in a context.
  func run(
    _ id: ArtifactID, in context: RunContext
  ) async throws -> [(item: ManifestItem, text: String)] {
    guard let artifact = Catalog.artifact(id) else { return [] }
    return try await ItemRunner(context: context).run(artifact).map { member in
      let bytes = try member.spool.map { try $0.read(0..<min($0.offered, artifact.capBytes)) }
      return (member.item, String(decoding: bytes ?? [], as: UTF8.self))
    }
  }

  /// Runs an item of the catalogue that gives one member.
  func one(
    _ id: ArtifactID, in context: RunContext? = nil
  ) async throws -> (item: ManifestItem, text: String) {
    let results = try await run(id, in: context ?? self.context())
    return results[0]
  }

  /// The samples of a probe.
  func samples(
    _ id: ArtifactID, in context: RunContext? = nil
  ) async throws -> (item: ManifestItem, samples: [Sample]) {
    let (item, text) = try await one(id, in: context)
    let samples = try text.split(separator: "\n").map { line in
      try JSONDecoder().decode(Sample.self, from: Data(line.utf8))
    }
    return (item, samples)
  }

  /// A sample as it stands in a bundle.
  struct Sample: Decodable {
    var seq: Int
    var target: String
    var t_start_ns: UInt64
    var dur_ns: UInt64
    var phase_ns: [String: UInt64]?
    var outcome: String
    var code: String?
    var address: String?
    var `private`: Bool?
    var stderr: String?

    /// Whether it only ended because the time of all probes did: on a busy machine any try may.
    var wasCut: Bool { code == "cut short by the time of all probes" }
  }

  /// A running process of the node.
  func process(
    _ pid: Int, _ name: String, arguments: [String] = [], environment: [String] = []
  ) throws {
    try file("/proc/\(pid)/comm", "\(name.prefix(15))\n")
    try file("/proc/\(pid)/cmdline", arguments.map { $0 + "\0" }.joined())
    try file("/proc/\(pid)/environ", environment.map { $0 + "\0" }.joined())
  }
}

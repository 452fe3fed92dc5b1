import Foundation
import Synchronization
import Testing

/// The suites whose tests look at whole nodes. What several tests only read is made once for all of them.
@Suite(
  "Whole nodes", .serialized, .sharedNodes,
  .enabled(if: Programs.canMakeNodes, "needs root and network namespaces"))
enum WholeNodes {}

/// Nodes and bundles of the variants, each made when it is asked for first. Tests that change a node, or
/// break it, make one of their own.
final class SharedNodes: Sendable {
  @TaskLocal fileprivate static var current: SharedNodes?

  /// One variant as it was found.
  struct Evidence: Sendable {
    let code: Int32
    let summary: LabNode.Summary
    let report: ReportDocument
    var path: String { summary.path }
  }

  private struct State {
    var nodes: [String: LabNode] = [:]
    var evidence: [String: Evidence] = [:]
  }

  /// The nodes that are entered as well; of the others the bundle is enough.
  private static let lasting: Set = ["healthy", "forward-drop", "leaked-ip"]

  private let scratch: Scratch
  private let state = Mutex(State())

  fileprivate init() throws {
    scratch = try Scratch()
  }

  /// A node that is up; nobody may change it.
  static func node(_ variant: String) throws -> LabNode {
    try #require(current).node(variant)
  }

  /// A node's bundle, gathered without probes, and the report about it.
  static func evidence(_ variant: String) throws -> Evidence {
    try #require(current).evidence(variant)
  }

  private func node(_ variant: String) throws -> LabNode {
    try state.withLock { state in
      if let known = state.nodes[variant] { return known }
      let node = try LabNode(variant)
      state.nodes[variant] = node
      return node
    }
  }

  private func evidence(_ variant: String) throws -> Evidence {
    if let known = state.withLock({ $0.evidence[variant] }) { return known }
    let node = try Self.lasting.contains(variant) ? node(variant) : LabNode(variant)
    let collected = try node.collect(into: scratch)
    let evidence = Evidence(
      code: collected.code, summary: collected.summary,
      report: try ReportDocument.of(collected.path))
    state.withLock { $0.evidence[variant] = evidence }
    return evidence
  }
}

/// Keeps ``SharedNodes`` for the time of a suite.
struct SharedNodesTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await SharedNodes.$current.withValue(SharedNodes()) { try await function() }
  }
}

extension Trait where Self == SharedNodesTrait {
  static var sharedNodes: Self { Self() }
}

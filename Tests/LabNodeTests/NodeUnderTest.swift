import Foundation
import Testing

@testable import LabNode

// Asked once, synchronously for Swift Testing's conditions.
func builtLab() -> String? {
  let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("cnitriage-lab").path
  let candidates = [
    program, FileManager.default.currentDirectoryPath + "/.build/debug/cnitriage-lab",
  ]
  return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// A way to run lines of shell inside a node.
struct Inside: Sendable {
  /// The start of a command line that enters the node.
  let enter: String

  func callAsFunction(_ line: String) async -> (succeeded: Bool, output: String) {
    let quoted = line.replacing("'", with: "'\\''")
    return await LabHost.shell("\(enter) bash -c '\(quoted)'")
  }
}

/// Makes a node, lets `body` use it, and takes it away whatever happens.
func withNode(
  _ variant: String, faults: [String] = [], serverFaults: [String] = [],
  _ body: (Inside) async throws -> Void
) async throws {
  let program = try #require(builtLab())
  let lab = Lab(program: program)
  let name = "test-\(variant)-\(Int.random(in: 0..<1_000_000))"
  try await lab.up(
    name, variant: #require(Variant.named(variant)), faults: faults.compactMap { ToolFault($0) },
    serverFaults: serverFaults.compactMap { ServerFault($0) })
  do {
    try await body(Inside(enter: "'\(program)' exec \(name) --"))
  } catch {
    await lab.down(name)
    throw error
  }
  #expect(await lab.down(name))
  #expect(lab.find(name) == nil)
  #expect(!lab.names().contains(name))
}

/// A healthy node for the tests of a suite that change nothing.
struct SharedNodeTrait: SuiteTrait, TestScoping {
  @TaskLocal fileprivate static var node: Inside?

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withNode("healthy") { inside in
      try await Self.$node.withValue(inside) { try await function() }
    }
  }
}

extension Trait where Self == SharedNodeTrait {
  static var sharedNode: Self { Self() }
}

/// Lets `body` use the suite's node; it must leave the node as it was.
func withSharedNode(_ body: (Inside) async throws -> Void) async throws {
  try await body(#require(SharedNodeTrait.node))
}

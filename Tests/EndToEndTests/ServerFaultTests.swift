import Foundation
import Testing

@Suite(
  "Servers of a node that misbehave", .serialized,
  .enabled(if: Programs.canMakeNodes, "needs root and network namespaces"))
struct ServerFaultTests {
  /// A fault, the item that it hits, the statuses that tell of it, and words of the reason.
  struct Fault: Sendable {
    let name: String
    let item: String
    let statuses: Set<String>
    var words = ""
  }

  /// A node whose servers misbehave each in a way of its own.
  struct Node: CustomTestStringConvertible, Sendable {
    let faults: [Fault]
    var testDescription: String { faults.map(\.name).joined(separator: " ") }
  }

  static let nodes = [
    Node(faults: [
      Fault(name: "hanging:imds", item: "imds.basic", statuses: ["missing"], words: "silent"),
      Fault(name: "garbage:introspection", item: "ipamd.enis", statuses: ["failed"]),
    ]),
    Node(faults: [
      Fault(name: "refusing:imds", item: "imds.basic", statuses: ["missing"], words: "refused"),
      Fault(name: "hanging:introspection", item: "ipamd.enis", statuses: ["timeout"]),
      Fault(name: "refusing:ipamd-grpc", item: "ipamd.grpc_health", statuses: ["missing"]),
    ]),
    Node(faults: [
      Fault(name: "garbage:imds", item: "imds.basic", statuses: ["failed"], words: "no HTTP"),
      Fault(name: "refusing:introspection", item: "ipamd.enis", statuses: ["missing"]),
    ]),
    Node(faults: [
      Fault(name: "endless:imds", item: "imds.basic", statuses: ["failed"], words: "no token"),
      Fault(name: "endless:introspection", item: "ipamd.enis", statuses: ["partial", "timeout"]),
    ]),
    Node(faults: [
      Fault(name: "slow:imds", item: "imds.basic", statuses: ["missing"], words: "silent"),
      Fault(name: "hanging:ipamd-grpc", item: "ipamd.grpc_health", statuses: ["timeout"]),
    ]),
  ]

  @Test("a server's fault costs its own items, in bounded time", arguments: nodes)
  func fault(_ test: Node) throws {
    let scratch = try Scratch()
    let node = try LabNode("healthy", serverFaults: test.faults.map(\.name))
    let start = ContinuousClock.now
    let collected = try node.collect(
      into: scratch,
      ["--no-probes", "--only", "imds,ipamd.enis,ipamd.grpc_health,net.rules,logs.ipamd"])
    #expect(ContinuousClock.now - start < .seconds(60))
    #expect([0, 4].contains(collected.code))
    for fault in test.faults {
      let item = try collected.item(fault.item)
      let reason = item.reason ?? ""
      #expect(fault.statuses.contains(item.status), "\(fault.name) \(item.status): \(reason)")
      #expect(!reason.isEmpty && (fault.words.isEmpty || reason.contains(fault.words)), "\(reason)")
    }
    let hit = test.faults.map(\.item)
    for sound in ["net.rules", "logs.ipamd", "ipamd.enis", "ipamd.grpc_health"]
    where !hit.contains(sound) {
      #expect(try collected.item(sound).status == "ok", "\(sound)")
    }
    #expect(collected.summary.manifest.complete)
  }
}

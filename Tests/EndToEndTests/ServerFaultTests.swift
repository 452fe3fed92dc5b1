import Foundation
import Testing

@Suite(
  "Servers of a node that misbehave", .serialized,
  .enabled(if: Programs.canMakeNodes, "needs root and network namespaces"))
struct ServerFaultTests {
  /// A fault, the item that it hits, and the statuses that tell of it.
  struct Fault: CustomTestStringConvertible, Sendable {
    let name: String
    let item: String
    let statuses: Set<String>
    var testDescription: String { name }
  }

  static let faults = [
    Fault(name: "hanging:imds", item: "imds.basic", statuses: ["timeout", "missing"]),
    Fault(name: "refusing:imds", item: "imds.basic", statuses: ["missing"]),
    Fault(name: "garbage:imds", item: "imds.basic", statuses: ["missing", "failed"]),
    Fault(name: "hanging:introspection", item: "ipamd.enis", statuses: ["timeout"]),
    Fault(name: "refusing:introspection", item: "ipamd.enis", statuses: ["missing"]),
    Fault(name: "garbage:introspection", item: "ipamd.enis", statuses: ["failed"]),
    Fault(name: "endless:introspection", item: "ipamd.enis", statuses: ["partial", "timeout"]),
    Fault(name: "hanging:ipamd-grpc", item: "ipamd.grpc_health", statuses: ["timeout"]),
  ]

  @Test("a server's fault costs its own items, in bounded time", arguments: faults)
  func fault(_ fault: Fault) throws {
    let scratch = try Scratch()
    let node = try LabNode("healthy", serverFaults: [fault.name])
    let start = ContinuousClock.now
    let collected = try node.collect(
      into: scratch,
      ["--no-probes", "--only", "imds,ipamd.enis,ipamd.grpc_health,net.rules,logs.ipamd"])
    #expect(ContinuousClock.now - start < .seconds(60))
    #expect([0, 4].contains(collected.code))
    let item = try collected.item(fault.item)
    #expect(fault.statuses.contains(item.status), "\(item.status): \(item.reason ?? "")")
    #expect(item.status == "ok" || item.reason?.isEmpty == false)
    for sound in ["net.rules", "logs.ipamd"] {
      #expect(try collected.item(sound).status == "ok")
    }
    #expect(collected.summary.manifest.complete)
  }
}

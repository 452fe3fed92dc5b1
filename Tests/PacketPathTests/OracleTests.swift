import Foundation
import Glibc
import PathOracle
import Testing

/// The kernel as the judge, for a few nodes; `scripts/path-oracle` tries any number.
@Suite("packets through real namespaces", .enabled(if: geteuid() == 0, "namespaces need root"))
struct OracleTests {
  @Test("what is claimed is what happens, and most is claimed")
  func agreement() throws {
    let environment = ProcessInfo.processInfo.environment
    let first = environment["ORACLE_SEED"].flatMap { UInt64($0) } ?? 1
    let count = environment["ORACLE_NODES"].flatMap { UInt64($0) } ?? 40
    var oracle = try PathOracle("cnipath-test-\(getpid())")
    var tally = PathOracle.Tally()
    for seed in first..<first + count { try oracle.run(seed: seed, into: &tally) }
    #expect(tally.disagreements.isEmpty, "\(tally.disagreements.joined(separator: "\n"))")
    #expect(tally.packets > Int(count) * 5)
    #expect(tally.claimed * 100 >= tally.packets * 95, "\(tally.summary(nodes: Int(count)))")
  }
}

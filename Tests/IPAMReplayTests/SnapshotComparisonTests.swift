import IPAMEngine
import IPAMReplay
import Testing

@Suite("the pool beside what others know of it")
struct SnapshotComparisonTests {
  @Test("what the pool has and the metadata service has not is a difference")
  func metadata() throws {
    var log = WrittenLog()
    log.start()
    log.add("a", address: 10)
    log.ticks(2)
    func differences(_ last: [Int]) throws -> [Divergence] {
      var replay = LogReplay([try log.journal()])
      let given = Set(last.compactMap { CIDR("10.0.0.\($0)") })
      return replay.compare(withMetadata: [ENIID("eni-0a"): given])
    }
    let all = try #require(log.pool()["eni-0a"])
    #expect(try differences(all).isEmpty)
    #expect(try differences(all + [200]).isEmpty)
    let found = try differences(Array(all.dropLast()))
    #expect(found.map(\.event) == ["metadata"])
    #expect(found.first?.said.contains("10.0.0.\(all[all.count - 1])") ?? false)
  }
}

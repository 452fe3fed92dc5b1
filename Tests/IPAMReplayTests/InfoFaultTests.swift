import BundleModel
import Facts
import IPAMReplay
import Testing

/// Faults of logs of level info, in which nothing tells what ipamd decides.
@Suite("faults at level info")
struct InfoFaultTests {
  private func faults(_ log: WrittenLog) throws -> [Fault] {
    let lines = log.text.split(separator: "\n").filter { !$0.contains(#""level":"debug""#) }
    var input = ArtifactInput(
      artifact: .ipamdLog, path: "ipamd.log",
      bytes: Array((lines.joined(separator: "\n") + "\n").utf8))
    var replay = LogReplay([try IPAMDJournal.read(&input)])
    return replay.finish().faults.filter { $0.id == .removedOutside }
  }

  @Test("F-13: an address that a pod had goes with its CIDR, unless the pod gave it back")
  func removedOutside() throws {
    var taken = WrittenLog()
    taken.start()
    taken.add("a", address: 10)
    taken.now += 60
    taken.line(
      "unassignPodIPAddressUnsafe: Unassign IP 10.0.0.10 from sandbox aws-cni/c-a/eth0",
      level: "info")
    taken.removeAddress(10, from: "eni-0a")
    #expect(try faults(taken).map(\.confidence) == [.strong])
    #expect(try faults(taken).first?.subject == "10.0.0.10")

    var given = WrittenLog()
    given.start()
    given.add("a", address: 10)
    given.delete("a")
    given.now += 60
    given.removeAddress(10, from: "eni-0a")
    #expect(try faults(given).isEmpty)

    var other = WrittenLog()
    other.start()
    other.add("a", address: 10)
    other.line(
      "unassignPodIPAddressUnsafe: Unassign IP 10.0.0.10 from sandbox aws-cni/c-a/eth0",
      level: "info")
    other.removeAddress(11, from: "eni-0a")
    #expect(try faults(other).isEmpty)
  }
}

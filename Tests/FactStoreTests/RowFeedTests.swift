import BundleModel
import Dispatch
import FactStore
import Facts
import Synchronization
import Testing

@Suite struct RowFeedTests {
  private func load(_ lines: Int, thenFails: Bool = false) throws -> FactStore {
    struct Broken: Error {}
    let store = try FactStore()
    var next = 0
    var input = ArtifactInput(artifact: .networkSysctls, path: "sysctl/net.txt") {
      if next == lines, thenFails { throw Broken() }
      guard next < lines else { return nil }
      defer { next += 1 }
      return Array("net.n\(next) = \(next)\n".utf8)[...]
    }
    if thenFails {
      let error = #expect(throws: FactStoreError.self) { try store.load(&input) }
      #expect(error?.kind == .input)
    } else {
      #expect(try store.load(&input).rows == lines)
    }
    return store
  }

  @Test(
    "all rows of a member arrive once and in order, however many there are",
    arguments: [0, 1, 511, 512, 513, 1024, 20_000])
  func allRows(_ lines: Int) throws {
    let store = try load(lines)
    #expect(
      try store.query(
        "SELECT count(*), count(DISTINCT key), COALESCE(sum(line = rowid), 0) FROM sysctl"
      ).rows == [[.integer(Int64(lines)), .integer(Int64(lines)), .integer(Int64(lines))]])
  }

  @Test("a source that breaks after many rows leaves them", arguments: [100, 5000])
  func brokenSource(_ lines: Int) throws {
    let store = try load(lines, thenFails: true)
    #expect(try store.query("SELECT count(*) FROM sysctl").rows == [[.integer(Int64(lines))]])
  }

  @Test("many rows that another table is computed from are there when it is computed")
  func derived() throws {
    let store = try FactStore()
    let text = "[Service]\n" + (0..<2000).map { "ExecStartPre=/bin/n\($0)\n" }.joined()
    var input = ArtifactInput(
      artifact: .unitFiles, path: "system/unit-files/etc/systemd/system/kubelet.service",
      origin: "/etc/systemd/system/kubelet.service", bytes: Array(text.utf8))
    try store.load(&input)
    #expect(
      try store.query("SELECT count(*) FROM unit_exec").rows == [[.integer(2000)]])
  }

  @Test("a queue hands values over in order, and never holds more than its capacity")
  func queue() {
    let queue = BoundedQueue<Int>(capacity: 3)
    let put = Mutex(0)
    DispatchQueue.global().async {
      for number in 0..<1000 where queue.put(number) { put.withLock { $0 = number + 1 } }
    }
    for number in 0..<1000 {
      #expect(queue.take() == number)
      #expect(put.withLock { $0 } <= number + 1 + 3)
    }
  }

  @Test("whoever hands over to a queue that nobody takes from is not kept waiting")
  func stopped() {
    let queue = BoundedQueue<Int>(capacity: 1)
    let ended = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      while queue.put(1) {}
      ended.signal()
    }
    #expect(queue.take() == 1)
    queue.stop()
    ended.wait()
    #expect(!queue.put(2))
  }
}

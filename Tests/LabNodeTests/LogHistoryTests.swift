import Testing

@testable import LabNode

@Suite("The history of a log")
struct LogHistoryTests {
  private let node: NodeModel
  private let log: [UInt8]
  private let history: String

  init() throws {
    let now = Moment(microseconds: 1_932_887_722_418_000)
    node = NodeModel(
      variant: try #require(Variant.named("healthy")), now: now, bootID: Invented.bootID("x"))
    var daemon = node.history
    log = Array(daemon.log.drain(upTo: now).utf8)
    history = Self.written(log, days: 3, node)
  }

  private static func written(_ log: [UInt8], days: Int, _ node: NodeModel) -> String {
    var text: [UInt8] = []
    LogHistory(log, of: node).write(bytes: log.count * days) { buffer in
      text += buffer
      buffer.removeAll()
    }
    return String(decoding: text, as: UTF8.self)
  }

  private func values(_ pattern: some RegexComponent<(Substring, Substring)>) -> [String] {
    history.matches(of: pattern).map { String($0.output.1) }
  }

  @Test("it is as long as asked for, ends with the log itself, and is the same every time")
  func length() {
    // Addresses that change places differ in length.
    #expect(abs(history.utf8.count - log.count * 4) < log.count / 1000)
    #expect(history.utf8.suffix(log.count).elementsEqual(log))
    #expect(history == Self.written(log, days: 3, node))
  }

  @Test("times rise over all days")
  func times() {
    let times = values(#/"ts":"([^"]*)"/#)
    #expect(times.count == 4 * log.count { $0 == UInt8(ascii: "\n") })
    #expect(times == times.sorted())
    #expect(Set(times.map { $0.prefix(10) }).count >= 4)
  }

  @Test("every day has sandboxes of its own, and each as often as the log has its sandboxes")
  func sandboxes() {
    let ids = values(#/Sandbox ([0-9a-f]{64})/#)
    let today = Dictionary(grouping: ids.suffix(ids.count / 4)) { $0 }.mapValues(\.count)
    let all = Dictionary(grouping: ids) { $0 }.mapValues(\.count)
    #expect(!today.isEmpty)
    #expect(all.count == today.count * 4)
    #expect(all.values.sorted() == (0..<4).flatMap { _ in today.values }.sorted())
  }

  @Test("interfaces of the node stay, and pods keep the beginning of their names")
  func names() {
    let cards = Set(values(#/(eni-[0-9a-f]{17})/#))
    #expect(cards.isSubset(of: node.instance.enis.map(\.id)))
    let pods = Set(values(#/K8S_POD_NAME:\\"([^\\]*)\\"/#))
    let starts = Set(pods.map { $0.dropLast(5) })
    #expect(starts.isSubset(of: node.pods.map { $0.name.dropLast(5) }))
    #expect(pods.count > starts.count * 2)
  }
}

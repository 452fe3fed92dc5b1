import FactStore
import Facts
import ReportModel

/// What a report says about the packets of the standard set.
struct PacketSummary {
  /// Ways that a report draws at most.
  static let mostWays = 12

  private let store: FactStore

  init(_ store: FactStore) {
    self.store = store
  }

  /// The answers; nil if nothing was asked.
  func packets() throws -> Report.Packets? {
    let questions = try questions()
    guard !questions.isEmpty else { return nil }
    let ends = try rows(
      """
      SELECT min(question), direction, count(*) FROM path_verdict WHERE verdict <> 'delivered'
      GROUP BY name, direction, verdict, artifact, line
      ORDER BY verdict = 'cannot tell', min(question), direction
      """)
    return Report.Packets(
      questions: questions, ways: try ends.prefix(Self.mostWays).compactMap { try way($0) },
      omittedWays: max(0, ends.count - Self.mostWays))
  }

  private func questions() throws -> [Report.Question] {
    let sql = """
      SELECT name, direction, verdict, count(*) FROM path_verdict
      GROUP BY name, direction, verdict ORDER BY min(question), direction
      """
    var questions: [Report.Question] = []
    for row in try rows(sql) {
      guard let name = row.text(0), let direction = row.text(1), let count = row.number(3) else {
        continue
      }
      var index = questions.firstIndex { $0.name == name && $0.direction == direction }
      if index == nil {
        index = questions.count
        questions.append(Report.Question(name: name, direction: direction))
      }
      guard let index else { continue }
      switch row.text(2) {
      case "delivered": questions[index].delivered += count
      case "dropped": questions[index].dropped += count
      case "rejected": questions[index].rejected += count
      case "rerouted": questions[index].rerouted += count
      default: questions[index].unknown += count
      }
    }
    return questions
  }

  private func way(_ end: FactRowValues) throws -> Report.Way? {
    guard let question = end.number(0), let direction = end.text(1), let count = end.number(2)
    else { return nil }
    let place = "question = \(question) AND direction = '\(direction)'"
    let sql = """
      SELECT name, verdict, detail, protocol, source, source_port, destination, destination_port,
        artifact, line
      FROM path_verdict WHERE \(place) AND verdict <> 'delivered'
      """
    guard let row = try rows(sql).first, let name = row.text(0), let verdict = row.text(1) else {
      return nil
    }
    let packet =
      Self.end(row.text(4), row.number(5)) + " > " + Self.end(row.text(6), row.number(7))
    let cause = Self.location(row.text(8), row.number(9))
    return Report.Way(
      question: name, direction: direction, packets: count,
      packet: "\(row.text(3) ?? "") \(packet)", verdict: verdict, detail: row.text(2) ?? "",
      steps: try steps(place, packet: packet, cause: cause))
  }

  private func steps(
    _ place: String, packet: String, cause: String?
  ) throws -> [Report.WayStep] {
    let sql = """
      SELECT place, text, packet, mark, artifact, line FROM path_step WHERE \(place) ORDER BY step
      """
    var before = (packet: packet, mark: "0x0")
    var steps = try rows(sql).map { row in
      var changes: [String] = []
      if let now = row.text(2), now != before.packet {
        changes.append("now \(now)")
        before.packet = now
      }
      if let mark = row.text(3), mark != before.mark {
        changes.append("mark \(mark)")
        before.mark = mark
      }
      return Report.WayStep(
        place: row.text(0) ?? "", text: row.text(1) ?? "",
        change: changes.isEmpty ? nil : changes.joined(separator: ", "),
        location: Self.location(row.text(4), row.number(5)), isCause: false)
    }
    if let cause, let index = steps.lastIndex(where: { $0.location == cause }) {
      steps[index].isCause = true
    }
    return steps
  }

  private static func end(_ address: String?, _ port: Int?) -> String {
    guard let address else { return "" }
    guard let port else { return address }
    return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
  }

  private static func location(_ artifact: String?, _ line: Int?) -> String? {
    guard let artifact, !artifact.isEmpty else { return nil }
    return artifact + (line.map { ":\($0)" } ?? "")
  }

  private func rows(_ sql: String) throws -> [FactRowValues] {
    try store.query(sql, limits: QueryLimits(time: .seconds(10), rows: 100_000)).rows.map {
      FactRowValues(values: $0)
    }
  }
}

import FactStore
import Facts
import IPAMReplay

/// What the plugin's log says about the requests that ipamd was slow to answer: one process of its
/// own writes it, and each of its lines names the sandbox.
struct PluginWitness {
  private let store: FactStore

  init(_ store: FactStore) {
    self.store = store
  }

  /// Raises the confidence of slow requests whose span the plugin saw as well.
  func confirm(_ faults: [Fault]) throws -> [Fault] {
    guard faults.contains(where: { $0.id == .slowRequest }) else { return faults }
    let spans = try slowSpans()
    return faults.map { fault in
      guard fault.id == .slowRequest, let subject = fault.subject, let firstUs = fault.firstUs,
        let lastUs = fault.lastUs, let seen = spans[subject],
        seen.contains(where: { $0.overlaps(min(firstUs, lastUs)...lastUs) })
      else { return fault }
      var confirmed = fault
      confirmed.confidence = .strong
      return confirmed
    }
  }

  /// By sandbox: from a request to what the plugin wrote next about it, where that took long.
  private func slowSpans() throws -> [String: [ClosedRange<Int64>]] {
    let sql = """
      WITH step AS (
        SELECT container_id, event, time_us,
          lead(time_us) OVER (PARTITION BY container_id ORDER BY time_us) AS next_us
        FROM plugin_event WHERE container_id IS NOT NULL AND time_us IS NOT NULL)
      SELECT container_id, time_us, next_us FROM step
      WHERE event = 'P_REQ' AND next_us - time_us > 5000000
      """
    let limits = QueryLimits(time: .seconds(20), rows: 100_000)
    var spans: [String: [ClosedRange<Int64>]] = [:]
    for row in try store.query(sql, limits: limits).rows {
      guard case .text(let container) = row[0], case .integer(let from) = row[1],
        case .integer(let to) = row[2]
      else { continue }
      spans[container, default: []].append(from...to)
    }
    return spans
  }
}

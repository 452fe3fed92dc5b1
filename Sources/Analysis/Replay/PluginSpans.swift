import FactStore
import Facts
import IPAMReplay

/// Requests of the plugin that went wrong, from their first line to what came of them: lines of one
/// sandbox in the plugin's log belong together, whichever of its processes wrote them.
struct PluginSpans {
  private let store: FactStore

  init(_ store: FactStore) {
    self.store = store
  }

  /// Most spans that are listed.
  private static let most = 5000

  /// Spans that failed, had no answer, or took longer than the probes wait, as events of the
  /// processes in whose lives they fall.
  func events(_ epochs: [Epoch]) throws -> [Located<ReplayPoolEvent>] {
    let sql = """
      WITH step AS (
        SELECT artifact, line, container_id, event, time_us, message, namespace, pod,
          lead(event) OVER w AS next_event, lead(time_us) OVER w AS next_us
        FROM plugin_event WHERE container_id IS NOT NULL AND time_us IS NOT NULL
        WINDOW w AS (PARTITION BY container_id ORDER BY time_us, line))
      SELECT artifact, line, container_id, time_us, next_us, next_event,
        message LIKE 'Received CNI add%', namespace, pod
      FROM step
      WHERE event = 'P_REQ' AND (next_event IS NULL OR next_us - time_us > 5000000
        OR next_event IN ('P_ADD_NOIP', 'P_RPC_ERR', 'P_CONN_ERR', 'P_DEL_FAIL', 'P_SETUP_FAIL',
          'P_TEARDOWN_FAIL', 'P_RELEASE_FAIL'))
      ORDER BY time_us, line LIMIT \(Self.most)
      """
    let limits = QueryLimits(time: .seconds(30), rows: Self.most)
    return try store.query(sql, limits: limits).rows.map { values in
      let row = FactRowValues(values: values)
      let fromUs = Int64(row.number(3) ?? 0)
      let epoch = epochs.last { $0.startUs.map { $0 <= fromUs } ?? false } ?? epochs.first
      var event = ReplayPoolEvent(
        epoch: epoch?.number ?? 0, timeUs: fromUs,
        event: row.number(6) == 1 ? "cni_add" : "cni_del",
        count: 1, isInferred: false)
      event.lastUs = row.number(4).map { Int64($0) } ?? fromUs
      event.pod = row.text(8).map { "\(row.text(7) ?? "")/\($0)" }
      let outcome = Self.outcome(row.text(5), (event.lastUs ?? fromUs) - fromUs)
      event.detail = "\(outcome), sandbox \(row.text(2) ?? "")"
      return Located(path: row.text(0) ?? "", line: row.number(1), row: event)
    }
  }

  private static func outcome(_ event: String?, _ spanUs: Int64) -> String {
    switch event {
    case nil: "no answer"
    case "P_ADD_NOIP": "no address"
    case "P_RPC_ERR": "ipamd answered with an error"
    case "P_CONN_ERR": "ipamd was not reached"
    case "P_DEL_FAIL", "P_TEARDOWN_FAIL", "P_RELEASE_FAIL": "taking down failed"
    case "P_SETUP_FAIL": "setting up failed"
    default: "took \(spanUs / 1_000_000) s"
    }
  }
}

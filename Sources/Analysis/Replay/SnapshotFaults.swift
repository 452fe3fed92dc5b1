import BundleModel
import FactStore
import Facts
import IPAMReplay
import RuleEngine

/// Faults that show in the state at one moment rather than in the history.
struct SnapshotFaults {
  private let store: FactStore
  private let items: ItemStates

  init(_ store: FactStore, _ items: ItemStates) {
    self.store = store
    self.items = items
  }

  /// A fault and the question that finds it.
  private struct Question {
    var id: Fault.ID
    /// Items of which each must have been gathered, in any of its spellings: absence needs proof.
    var needs: [[ArtifactID]]
    /// Returns artifact, line, subject, cause, detail and confidence of each finding.
    var sql: String
  }

  /// All faults, each with its evidence.
  func found() throws -> [Located<ReplayFault>] {
    var faults: [Located<ReplayFault>] = []
    for question in Self.questions where question.needs.allSatisfy({ isUsable($0) }) {
      let limits = QueryLimits(time: .seconds(20), rows: 1000)
      for row in try store.query(question.sql, limits: limits).rows {
        faults.append(Self.fault(question.id, row))
      }
    }
    // The question that knows most about an address comes first.
    var told: Set<String> = []
    return faults.filter { fault in
      guard fault.row.fault == Fault.ID.leakedAddress.rawValue, let subject = fault.row.subject
      else { return true }
      return told.insert(subject).inserted
    }
  }

  private func isUsable(_ spellings: [ArtifactID]) -> Bool {
    spellings.contains { items[$0]?.status.isUsable ?? false }
  }

  private static func fault(_ id: Fault.ID, _ row: [FactValue]) -> Located<ReplayFault> {
    func text(_ index: Int) -> String? {
      guard case .text(let text) = row[index] else { return nil }
      return text
    }
    var fault = ReplayFault(
      fault: id.rawValue, name: id.name, confidence: text(5) ?? "C", epoch: 0, count: 1,
      detail: text(4) ?? "")
    fault.subject = text(2)
    fault.cause = text(3)
    var line: Int?
    if case .integer(let number) = row[1] { line = Int(exactly: number) }
    return Located(path: text(0) ?? "", line: line, row: fault)
  }

  private static let questions = [
    Question(
      id: .leakedAddress, needs: [[.checkpoint], [.pluginLog]],
      sql: """
        WITH ended AS (
          SELECT artifact, line, container_id, max(time_us) AS time_us FROM plugin_event
          WHERE event = 'P_DEL_PREV' GROUP BY container_id)
        SELECT e.artifact, e.line, c.address, 'delete_lost',
          c.address || ' is still held for ' || COALESCE(c.namespace || '/' || c.pod, 'a pod')
            || ', which the plugin took down while it could not reach ipamd', 'A'
        FROM checkpoint_allocation AS c JOIN ended AS e USING (container_id)
        WHERE c.address IS NOT NULL AND c.artifact NOT LIKE '%.tmp%'
          AND e.time_us <= (SELECT collected_at_us FROM bundle_info) - 120000000
          AND EXISTS (SELECT 1 FROM plugin_event AS p
            WHERE p.container_id = e.container_id AND p.event IN ('P_CONN_ERR', 'P_RPC_ERR')
              AND p.time_us BETWEEN e.time_us - 60000000 AND e.time_us)
        ORDER BY c.address
        """),
    Question(
      id: .leakedAddress, needs: [[.checkpoint, .ipamdENIs], [.links], [.routes]],
      sql: """
        WITH held AS (
          SELECT artifact, line, address, namespace, pod, veth_suffix, allocated_us AS since_us
          FROM checkpoint_allocation
          UNION ALL
          SELECT artifact, line, address, namespace, pod, veth_suffix, assigned_us
          FROM ipam_address WHERE reading = 1 AND is_assigned = 1
            AND NOT EXISTS (SELECT 1 FROM checkpoint_allocation))
        SELECT artifact, line, address, 'no_veth',
          address || ' is held for ' || namespace || '/' || pod
            || ', which has neither a veth nor a route on the host', 'A'
        FROM held WHERE veth_suffix IS NOT NULL
          AND since_us <= (SELECT collected_at_us FROM bundle_info) - 120000000
          AND NOT EXISTS (SELECT 1 FROM link WHERE substr(ifname, -11) = held.veth_suffix)
          AND NOT EXISTS (SELECT 1 FROM ip_route
            WHERE dst IN (held.address, held.address || '/32', held.address || '/128'))
        ORDER BY address
        """),
    Question(
      id: .leakedAddress, needs: [[.checkpoint]],
      sql: """
        SELECT artifact, line, address, 'older_sandbox',
          address || ' is held for an older sandbox of ' || namespace || '/' || pod, 'B'
        FROM checkpoint_allocation AS c
        WHERE namespace IS NOT NULL AND pod IS NOT NULL AND address IS NOT NULL
          AND artifact NOT LIKE '%.tmp%' AND COALESCE(interfaces, 1) <= 1
          AND (SELECT collected_at_us FROM bundle_info) - 120000000 >= (
            SELECT max(n.allocated_us) FROM checkpoint_allocation AS n
            WHERE n.namespace = c.namespace AND n.pod = c.pod AND n.artifact = c.artifact
              AND n.container_id <> c.container_id AND n.allocated_us > c.allocated_us)
        ORDER BY address
        """),
    Question(
      id: .leakedAddress, needs: [[.checkpoint], [.sandboxes]],
      sql: """
        SELECT artifact, line, address, 'no_sandbox',
          address || ' is held for a sandbox that does not exist, of a pod without a name', 'B'
        FROM checkpoint_allocation AS c
        WHERE pod IS NULL AND address IS NOT NULL AND container_id IS NOT NULL
          AND artifact NOT LIKE '%.tmp%' AND EXISTS (SELECT 1 FROM sandbox)
          AND COALESCE(allocated_us, 0) <= (SELECT collected_at_us FROM bundle_info) - 120000000
          AND NOT EXISTS (SELECT 1 FROM sandbox AS s WHERE s.id = c.container_id)
        ORDER BY address
        """),
    Question(
      id: .assignedTwice, needs: [[.checkpoint]],
      sql: """
        SELECT max(artifact), max(line), address, 'checkpoint',
          address || ' is held by ' || count(*) || ' sandboxes: ipamd does not start with such a file',
          'A'
        FROM checkpoint_allocation AS c WHERE address IS NOT NULL
          AND artifact NOT LIKE '%.tmp%'
        GROUP BY network_card, address HAVING count(DISTINCT container_id) > 1 ORDER BY address
        """),
    Question(
      id: .assignedTwice, needs: [[.routes]],
      sql: """
        SELECT max(artifact), max(line), dst, 'routes',
          dst || ' has routes to ' || count(DISTINCT device) || ' interfaces of pods', 'A'
        FROM ip_route WHERE tbl = 'main' AND gateway IS NULL AND scope = 'link'
          AND (device LIKE 'eni%' OR device LIKE 'vlan%') AND dst NOT LIKE '%/0'
        GROUP BY dst HAVING count(DISTINCT device) > 1 ORDER BY dst
        """),
    Question(
      id: .unknownPod, needs: [[.ipamdENIs], [.policyRules], [.routes], [.links]],
      sql: """
        SELECT r.artifact, r.line, p.dst, 'kernel_only',
          p.dst || ' is routed to ' || p.device || ', but ipamd holds it for nobody', 'A'
        FROM ip_route AS p JOIN ip_rule AS r
          ON r.priority = 512 AND r.dst IN (p.dst, p.dst || '/32') AND r.tbl = 'main'
        WHERE p.tbl = 'main' AND p.scope = 'link' AND p.device LIKE 'eni%'
          AND EXISTS (SELECT 1 FROM link WHERE ifname = p.device)
          AND EXISTS (SELECT 1 FROM ipam_pool WHERE reading = 1)
          AND NOT EXISTS (SELECT 1 FROM ipam_address AS a
            WHERE a.is_assigned = 1 AND a.address = replace(p.dst, '/32', ''))
          AND NOT EXISTS (SELECT 1 FROM ip_rule AS s
            WHERE s.priority = 1536 AND s.src IN (p.dst, p.dst || '/32')
              AND CAST(s.tbl AS INTEGER) > 100)
          AND NOT EXISTS (SELECT 1 FROM ipamd_event AS e
            WHERE e.address = replace(p.dst, '/32', '')
              AND e.time_us >= (SELECT collected_at_us FROM bundle_info) - 120000000)
        ORDER BY p.dst
        """),
    Question(
      id: .checkpointDiffers, needs: [[.checkpoint], [.ipamdENIs]],
      sql: """
        WITH stored AS (
          SELECT artifact, line, address FROM checkpoint_allocation
          WHERE address IS NOT NULL AND artifact NOT LIKE '%.tmp%'),
        shown AS (
          SELECT artifact, line, address FROM ipam_address WHERE reading = 1 AND is_assigned = 1),
        moving AS (
          SELECT address FROM ipamd_event WHERE address IS NOT NULL
            AND event IN ('ASSIGN', 'UNASSIGN', 'UNASSIGN_DONE')
            AND time_us >= (SELECT collected_at_us FROM bundle_info) - 120000000)
        SELECT artifact, line, address, 'checkpoint_only',
          address || ' stands in the checkpoint and not in introspection', 'A' FROM stored
        WHERE address NOT IN (SELECT address FROM shown)
          AND address NOT IN (SELECT address FROM moving)
          AND EXISTS (SELECT 1 FROM ipam_pool WHERE reading = 1)
        UNION ALL
        SELECT artifact, line, address, 'introspection_only',
          address || ' is held in introspection and missing in the checkpoint', 'A' FROM shown
        WHERE address NOT IN (SELECT address FROM stored)
          AND address NOT IN (SELECT address FROM moving)
          AND EXISTS (SELECT 1 FROM checkpoint)
        ORDER BY 3
        """),
    Question(
      id: .countersDrifted, needs: [[.ipamdENIs]],
      sql: """
        SELECT artifact, line, 'card ' || network_card, 'quirk Q-1',
          'ipamd counts ' || total || ' addresses, its CIDRs hold ' || counted_total, 'A'
        FROM ipam_pool WHERE reading = 1 AND total IS NOT NULL AND counted_total IS NOT NULL
          AND total <> counted_total AND counted_total < 1000000000
        """),
    Question(
      id: .primaryInPool, needs: [[.ipamdENIs]],
      sql: """
        SELECT c.artifact, c.line, c.cidr, 'quirk Q-14',
          c.cidr || ' is the primary address of ' || c.eni || ' and in the pool', 'A'
        FROM ipam_cidr AS c JOIN ipamd_event AS e
          ON e.event = 'ENI_PRIMARY_IP' AND e.eni = c.eni AND e.address || '/32' = c.cidr
        WHERE c.is_prefix = 0 GROUP BY c.cidr
        """),
    Question(
      id: .routingMismatch, needs: [[.ipamdENIs], [.policyRules], [.routes]],
      sql: """
        SELECT a.artifact, a.line, a.address,
          CASE WHEN NOT EXISTS (SELECT 1 FROM ip_rule AS r WHERE r.priority = 512
            AND r.dst IN (a.address, a.address || '/32')) THEN 'rule_512_missing'
          ELSE 'route_missing' END,
          a.address || ' is held by ' || COALESCE(a.namespace || '/' || a.pod, 'a pod')
            || ', and its rule or route is missing on the host', 'A'
        FROM ipam_address AS a
        WHERE a.reading = 1 AND a.is_assigned = 1 AND a.family = 'ipv4'
          AND a.assigned_us <= (SELECT collected_at_us FROM bundle_info) - 120000000
          AND EXISTS (SELECT 1 FROM ip_rule WHERE priority = 512)
          AND (NOT EXISTS (SELECT 1 FROM ip_rule AS r WHERE r.priority = 512
                AND r.dst IN (a.address, a.address || '/32'))
            OR NOT EXISTS (SELECT 1 FROM ip_route AS p WHERE p.tbl = 'main'
                AND p.dst IN (a.address, a.address || '/32')))
        ORDER BY a.address
        """),
    Question(
      id: .routingMismatch, needs: [[.ipamdENIs], [.policyRules]],
      sql: """
        SELECT r.artifact, r.line, replace(r.src, '/32', ''), 'wrong_table',
          'traffic of ' || r.src || ' uses table ' || r.tbl || ', its ENI has table '
            || e.route_table, 'A'
        FROM ip_rule AS r JOIN ipam_address AS a
          ON a.reading = 1 AND a.is_assigned = 1 AND r.src IN (a.address, a.address || '/32')
        JOIN ipam_eni AS e ON e.reading = 1 AND e.eni = a.eni
        WHERE r.priority = 1536 AND r.dst = 'all' AND e.route_table IS NOT NULL
          AND r.tbl NOT IN (CAST(e.route_table AS TEXT), 'main')
          AND CAST(r.tbl AS INTEGER) > 0
        ORDER BY r.src
        """),
  ]
}

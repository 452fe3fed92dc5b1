import BundleModel
import BundleReader
import FactStore
import Facts
import ReportModel
import RuleEngine

/// What the head of a report says about its input, and what a reader should know about it.
struct InputDescription {
  let input: Report.Input
  let notices: [String]

  init(_ facts: LoadedFacts, source: some EvidenceSource, sha256: String?) throws {
    let items = Self.items(of: source)
    let from = try LoadedFacts.oldestTime(in: facts.store)
    input = Report.Input(
      id: "b1", kind: source.layout, name: source.name, sha256: sha256,
      node: try Self.node(facts.store, source.manifest),
      window: Report.Window(
        from: from.map { Timestamp.rfc3339($0) },
        to: facts.collectedAtUs.map { Timestamp.rfc3339($0) }),
      redaction: source.manifest.map { _ in "secrets" }, items: items)
    notices =
      Self.origin(source) + source.notes + Self.scope(source.manifest) + Self.notices(items)
  }

  private static func items(of source: some EvidenceSource) -> [Report.Item] {
    guard let manifest = source.manifest else {
      return source.members.compactMap { member in
        let state = source.state(of: member)
        return member.artifact.map {
          Report.Item(
            id: $0.rawValue, path: member.path, status: state.status.rawValue,
            reason: state.reason, bytes: member.size, milliseconds: nil, droppedBytes: nil)
        }
      }
    }
    return manifest.items.map { item in
      Report.Item(
        id: item.id.rawValue, path: item.path, status: item.status.rawValue, reason: item.reason,
        bytes: item.path == nil ? nil : item.bytesStored,
        milliseconds: item.durationMilliseconds, droppedBytes: item.truncation?.droppedBytes)
    }
  }

  /// What a reader must know of an input that our collector didn't make.
  private static func origin(_ source: some EvidenceSource) -> [String] {
    guard source.layout != BundleKind.native.rawValue, let collector = source.collector else {
      return []
    }
    if source.layout == BundleKind.rootFileSystem.rawValue {
      return ["this is a root file system: rules that need a running node are not evaluated"]
    }
    let version = collector.version.map { " \($0)" } ?? " of unknown version"
    return [
      "gathered by \(collector.name)\(version): rules that need what it doesn't gather are not "
        + "evaluated"
    ]
  }

  /// What a bundle of a cluster alone can't answer.
  private static func scope(_ manifest: Manifest?) -> [String] {
    guard let manifest, !manifest.holdsNode else { return [] }
    return [
      "this bundle holds a cluster's objects and no node, so that rules about a node are not "
        + "evaluated: collect on the node, then collect --cluster --into its bundle"
    ]
  }

  /// Sources that were lost or cut: never findings, but nobody may overlook them.
  private static func notices(_ items: [Report.Item]) -> [String] {
    let quiet: Set<String> = ["ok", "empty", "missing", "unsupported", "skipped"]
    return items.filter { !quiet.contains($0.status) }.map { item in
      let reason = item.reason.map { ": \($0)" } ?? ""
      return "\(item.path ?? item.id) is not complete (\(item.status)\(reason))"
    }
  }

  static func node(_ store: FactStore, _ found: Manifest?) throws -> Report.Node {
    let manifest = found?.holdsNode == false ? nil : found
    var properties: [String: String] = [:]
    if store.tables.contains(where: { $0.name == "node_property" }) {
      for row in try store.query("SELECT name, value FROM node_property ORDER BY name").rows {
        if case .text(let name) = row[0], case .text(let value) = row[1] {
          properties[name] = value
        }
      }
    }
    var node = Report.Node()
    node.id = properties["instance_id"] ?? manifest?.platform.instanceID
    node.type = properties["instance_type"]
    node.host = properties["hostname"] ?? manifest?.platform.hostName
    node.zone = properties["zone"]
    node.kernel = properties["kernel"] ?? manifest?.platform.kernel
    let os = [
      properties["os_id"] ?? manifest?.platform.osID,
      properties["os_version"] ?? manifest?.platform.osVersion,
    ].compactMap { $0 }
    node.os = os.isEmpty ? nil : os.joined(separator: " ")
    node.kubelet = properties["kubelet_version"]
    node.cni = try text(
      store, "cni_image",
      "SELECT version FROM cni_image WHERE container = 'aws-node' AND version IS NOT NULL LIMIT 1")
    let backend = try text(
      store, "iptables_chain",
      "SELECT backend FROM iptables_chain WHERE artifact IN "
        + "(SELECT path FROM bundle_item WHERE item = 'net.iptables_save') LIMIT 1")
    node.iptables = backend.map { "iptables-\($0)" }
    return node
  }

  private static func text(_ store: FactStore, _ table: String, _ sql: String) throws -> String? {
    guard store.tables.contains(where: { $0.name == table }),
      case .text(let text) = try store.query(sql).rows.first?.first
    else { return nil }
    return text
  }
}

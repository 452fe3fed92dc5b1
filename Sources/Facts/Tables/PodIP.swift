import BundleModel

/// An address that ipamd has assigned to a pod that runs.
public struct PodIP: DerivedTable {
  var address: String
  var family: String
  var pod: String
  var namespace: String?
  var podName: String?
  var eni: String
  var vethSuffix: String?
  var assignedUs: Int64?

  /// The declaration of `pod_ip`.
  public static let schema = Schema<Self>(
    "pod_ip",
    "Addresses of the pool that running pods hold. A pod runs if the container runtime has a ready sandbox of it; where the runtime was not asked, if its host interface exists.",
    from: IPAMAddress.schema.artifacts,
    columns: [
      Column("address", \.address, "The address."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("pod", \.pod, "namespace/name, or the address where that is not known."),
      Column("namespace", \.namespace, "Namespace of the pod; NULL before 1.11."),
      Column("name", \.podName, "Name of the pod; NULL before 1.11."),
      Column("eni", \.eni, "The ENI that the address belongs to."),
      Column(
        "veth_suffix", \.vethSuffix,
        "What the pod's host interface is called behind its prefix; NULL for pods with several."),
      Column("assigned_us", \.assignedUs, "When it was assigned, microseconds since 1970 UTC."),
    ])

  /// The pool, and what tells whether its holders run.
  public static var sources: [any FactRow.Type] { [IPAMAddress.self, Sandbox.self, Link.self] }

  /// Takes the addresses of the first reading whose pods run.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    let sandboxes = facts.rows(Sandbox.self).map(\.row)
    let links = Set(facts.rows(Link.self).map(\.row.link.ifname))
    var ready: Set<String> = []
    for sandbox in sandboxes where sandbox.state == "ready" {
      if let address = sandbox.address { ready.insert(address) }
      if let pod = sandbox.pod { ready.insert("\(sandbox.namespace ?? "")/\(pod)") }
    }
    let suffixes = Set(links.map { $0.suffix(11) })
    for entry in facts.rows(IPAMAddress.self) {
      let row = entry.row
      guard row.reading == 1, row.state == .assigned, let address = row.address,
        let family = row.family
      else { continue }
      let name = row.pod.map { "\(row.namespace ?? "")/\($0)" }
      if !sandboxes.isEmpty {
        guard ready.contains(address) || name.map(ready.contains) ?? false else { continue }
      } else if !links.isEmpty, let suffix = row.vethSuffix, (row.interfaces ?? 1) <= 1 {
        guard suffixes.contains(Substring(suffix)) else { continue }
      }
      rows.append(
        Self(
          address: address, family: family, pod: name ?? address, namespace: row.namespace,
          podName: row.pod, eni: row.eni,
          vethSuffix: (row.interfaces ?? 1) <= 1 ? row.vethSuffix : nil,
          assignedUs: row.assignedUs), path: entry.path, line: entry.line)
    }
  }
}

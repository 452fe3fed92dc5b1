import BundleModel

/// A setting of a container of the CNI's pod, from the one place that tells best what is in force.
public struct CNISetting: DerivedTable {
  var env: ContainerEnv

  /// The declaration of `cni_setting`.
  public static let schema = Schema<Self>(
    "cni_setting",
    "Settings of the CNI's containers, each container's from the one place that tells best what is in force.",
    from: ContainerEnv.schema.artifacts,
    columns: [
      Column("container", \.env.container, "Name of the container, such as aws-node."),
      Column("name", \.env.name, "Name of the variable."),
      Column("value", \.env.value, "Its value; NULL if it is withheld or comes from elsewhere."),
      Column("is_redacted", \.env.isRedacted, "1 if the value is withheld; else 0."),
      Column(
        "origin", \.env.origin,
        "process, runtime, pod_spec, daemonset or introspection; the last is not complete."),
    ])

  /// Every setting that is known.
  public static var sources: [any FactRow.Type] { [ContainerEnv.self] }

  /// Takes all variables of the strongest place, so that what is not set there counts as not set.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    let all = facts.rows(ContainerEnv.self)
    for container in CNIImage.containers {
      let known = all.filter { $0.row.container == container }
      guard let best = known.lazy.map({ rank($0.row) }).min(by: <) else { continue }
      var seen = Set<String>()
      for found in known where rank(found.row) == best && seen.insert(found.row.name).inserted {
        rows.append(Self(env: found.row), path: found.path, line: found.line)
      }
    }
  }

  private static func rank(_ row: ContainerEnv) -> (Int, Int64) {
    let order = ["process", "runtime", "pod_spec", "ended", "daemonset", "introspection"]
    let place = row.hasEnded ? "ended" : row.origin
    return (order.firstIndex(of: place) ?? order.count, -(row.createdUs ?? 0))
  }
}

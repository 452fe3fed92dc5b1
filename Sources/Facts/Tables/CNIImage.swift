import BundleModel

/// The image of a container of the CNI's pod, from the place that tells best what runs.
public struct CNIImage: DerivedTable {
  var container: String
  var image: String
  var version: String?
  var origin: String

  /// The declaration of `cni_image`.
  public static let schema = Schema<Self>(
    "cni_image", "Images of the CNI's containers: what runs, or else what last ran or should run.",
    from: ContainerImage.schema.artifacts,
    columns: [
      Column(
        "container", \.container,
        "aws-node, aws-vpc-cni-init, aws-eks-nodeagent, or what older manifests call the last."),
      Column("image", \.image, "Image as it was asked for."),
      Column("version", \.version, "vX.Y.Z of the image's tag, without suffix; NULL without one."),
      Column("origin", \.origin, "pod_spec, runtime or daemonset, as in container_image."),
    ])

  /// Every image that is known.
  public static var sources: [any FactRow.Type] { [ContainerImage.self] }

  /// The containers of the CNI's pod.
  static let containers = [
    "aws-node", "aws-vpc-cni-init", "aws-eks-nodeagent", "aws-network-policy-agent",
  ]

  /// Takes the pod's specification before the runtime, what runs before what ended, the newest
  /// before older ones, and the DaemonSet last: pods may not have followed it yet.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    let images = facts.rows(ContainerImage.self)
    for container in containers {
      let known = images.filter { $0.row.container == container }
      guard let best = known.min(by: { rank($0.row) < rank($1.row) }) else { continue }
      rows.append(
        Self(
          container: container, image: best.row.image, version: best.row.version,
          origin: best.row.origin), path: best.path, line: best.line)
    }
  }

  private static func rank(_ row: ContainerImage) -> (Int, Int64) {
    switch row.origin {
    case "pod_spec": (0, 0)
    case "runtime": (row.isRunning == false ? 2 : 1, -(row.createdUs ?? 0))
    default: (3, 0)
    }
  }
}

import BundleModel
import NodeCollector

/// Something that costs evidence and is no error: the run goes on.
struct CollectWarning: ExplainedError {
  let code: String
  let what: String
  let why: String
  let remedy: String

  static let silentMetadata = CollectWarning(
    code: "E501", what: "IMDS did not answer within 2 s",
    why: "a firewall, a hop limit of 1 in a container, or no EC2 instance",
    remedy: "run on the host, or --no-imds; instance facts will be missing")

  static let fullMap = CollectWarning(
    code: "E503", what: MapFile.incompleteness,
    why: "the node's logs and tables name more pods and addresses than a map holds",
    remedy: "--since or --only for less, and a map of all of it")

  /// Warnings that the items of a finished run give reason to.
  static func all(of manifest: Manifest) -> [CollectWarning] {
    let refused = manifest.items.first {
      $0.id.category == "ipamd" && $0.source.kind == .http && $0.status == .missing
    }
    guard let refused, manifest.platform.eks != NodeKind.Membership.no.rawValue else { return [] }
    return [
      CollectWarning(
        code: "E502",
        what: "ipamd introspection refused on \(refused.source.url ?? "127.0.0.1:61679")",
        why: "aws-node is down or DISABLE_INTROSPECTION=true",
        remedy: "nothing to do; checkpoint and logs are used instead")
    ]
  }
}

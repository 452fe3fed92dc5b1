import ArgumentParser
import BundleModel
import NodeCollector

/// Asks the cluster instead of a node, through the user's own kubectl and aws.
struct ClusterOptions: ParsableArguments {
  @Flag(
    name: .customLong("cluster"),
    help: "Ask the cluster instead of this node, through your own kubectl and aws; needs no root.")
  var isWanted = false

  @Option(
    name: .customLong("into"),
    help: ArgumentHelp(
      "With --cluster: a node's bundle that the items are added to.", valueName: "bundle"))
  var bundle: String?

  @Option(help: ArgumentHelp("With --cluster: kubectl's context.", valueName: "name"))
  var context: String?

  @Option(help: ArgumentHelp("With --cluster: kubectl's configuration.", valueName: "file"))
  var kubeconfig: String?

  @Option(help: ArgumentHelp("With --cluster: AWS's region.", valueName: "region"))
  var region: String?

  @Option(help: ArgumentHelp("With --cluster: the profile of the AWS CLI.", valueName: "name"))
  var awsProfile: String?

  @Option(
    help: ArgumentHelp(
      "With --cluster: the cluster's name in EKS; usually the context tells.", valueName: "name"))
  var clusterName: String?

  @Option(
    help: ArgumentHelp(
      "With --cluster: nodes whose instances are described, comma-separated.", valueName: "list"))
  var nodes: [String] = []

  func validate() throws {
    guard isWanted else {
      let isGiven =
        !nodes.isEmpty
        || ![bundle, context, kubeconfig, region, awsProfile, clusterName].allSatisfy { $0 == nil }
      guard !isGiven else {
        throw ValidationError(
          "--into, --context, --kubeconfig, --region, --aws-profile, --cluster-name and --nodes "
            + "go with --cluster.")
      }
      return
    }
    guard nodeNames.count <= ClusterTarget.nodeLimit else {
      throw ValidationError("--nodes takes \(ClusterTarget.nodeLimit) names at most.")
    }
    for name in nodeNames where !ClusterTarget.isNodeName(name) {
      throw ValidationError(
        "--nodes `\(name)` is no name of a node: lower-case letters, digits, dashes and dots.")
    }
    if let clusterName, !ClusterTarget.isClusterName(clusterName) {
      throw ValidationError("--cluster-name `\(clusterName)` is no name of a cluster.")
    }
  }

  private var nodeNames: [String] {
    nodes.flatMap { $0.split(separator: ",").map(String.init) }
  }

  /// What is asked; without named nodes those of the bundle.
  func target(for bundle: NodeBundle?) -> ClusterTarget {
    var target = ClusterTarget(
      context: context, kubeconfig: kubeconfig, region: region, profile: awsProfile,
      clusterName: clusterName, nodes: nodeNames)
    if let bundle, nodeNames.isEmpty {
      target.nodes = [bundle.nodeName].compactMap(\.self).filter(ClusterTarget.isNodeName)
      target.instances = [bundle.instanceID].compactMap(\.self)
    }
    return target
  }
}

/// Which ENIs and subnets belong to ipamd.
///
/// Source: amazon-vpc-cni-k8s v1.23.1, `pkg/ipamd/ipamd.go` and `pkg/awsutils/awsutils.go`.
public enum ENIClassification {
  /// Tag that ipamd writes on its ENIs: the instance id.
  public static let instanceTag = "node.k8s.amazonaws.com/instance_id"
  /// Tag by which a user keeps ipamd away from an ENI.
  public static let noManageTag = "node.k8s.amazonaws.com/no_manage"
  /// Tag that ipamd writes on its ENIs: the cluster.
  public static let clusterTag = "cluster.k8s.amazonaws.com/name"
  /// Tag that ipamd writes on its ENIs: the owner.
  public static let ownerTag = "eks:eni:owner"
  /// Tag that decides whether a subnet takes new ENIs.
  public static let subnetRoleTag = "kubernetes.io/role/cni"
  /// Prefix of the tags that reserve a subnet for certain clusters.
  public static let subnetClusterTagPrefix = "cni.networking.k8s.aws/cluster/"

  /// Whether ipamd leaves an ENI alone.
  ///
  /// - Parameter managesUntagged: `MANAGE_UNTAGGED_ENI`.
  public static func isUnmanaged(
    isPrimary: Bool, tags: [ENITag], instanceID: String, managesUntagged: Bool
  ) -> Bool {
    if isPrimary { return false }
    if let tag = tags.first(where: { $0.key == noManageTag }) { return tag.value == "true" }
    if tags.contains(ENITag(key: instanceTag, value: instanceID)) { return false }
    return !managesUntagged
  }

  /// The tags ipamd wants on its ENIs, in the order in which it writes them.
  public static func ownTags(instanceID: String, configuration: Configuration) -> [ENITag] {
    var tags = [ENITag(key: instanceTag, value: instanceID)]
    if !configuration.clusterName.isEmpty {
      tags.append(ENITag(key: clusterTag, value: configuration.clusterName))
      tags.append(ENITag(key: ownerTag, value: "amazon-vpc-cni"))
    }
    return tags + configuration.additionalTags
  }

  /// Whether new ENIs may be created in a subnet of the node's VPC and zone.
  public static func isValid(
    _ subnet: Subnet, nodeSubnet: String, clusterName: String, profile: BehaviourProfile
  ) -> Bool {
    if profile.subnetDiscovery == .ownAlwaysValid, subnet.id == nodeSubnet { return true }
    guard let role = role(of: subnet) else { return subnet.id == nodeSubnet }
    if role == "0" { return false }
    guard profile.subnetDiscovery == .taggedPerCluster else { return true }
    return !isForeign(subnet, clusterName: clusterName)
  }

  /// Whether the ENIs of a subnet are excluded from giving addresses.
  public static func isExcluded(
    _ subnet: Subnet, clusterName: String, profile: BehaviourProfile
  ) -> Bool {
    guard let role = role(of: subnet) else { return false }
    if role == "0" { return true }
    return profile.subnetDiscovery == .taggedPerCluster
      && isForeign(subnet, clusterName: clusterName)
  }

  private static func role(of subnet: Subnet) -> String? {
    subnet.tags.first { $0.key == subnetRoleTag }?.value
  }

  private static func isForeign(_ subnet: Subnet, clusterName: String) -> Bool {
    let clusters = subnet.tags.filter { $0.key.hasPrefix(subnetClusterTagPrefix) }
    guard !clusters.isEmpty else { return false }
    return !clusters.contains { $0.key == subnetClusterTagPrefix + clusterName }
  }
}

extension ArtifactID {
  /// The API server's version, as the user's credential sees it.
  public static let clusterVersion: Self = "kube.cluster_version"
  /// The DaemonSet of the CNI, with the owners of its fields.
  public static let agentDaemonSet: Self = "kube.ds_aws_node"
  /// The DaemonSet of kube-proxy.
  public static let proxyDaemonSet: Self = "kube.ds_kube_proxy"
  /// kube-proxy's configuration.
  public static let proxyConfiguration: Self = "kube.cm_kube_proxy"
  /// The service account of the CNI.
  public static let agentServiceAccount: Self = "kube.sa_aws_node"
  /// The CNI's settings outside its DaemonSet.
  public static let agentConfigMap: Self = "kube.cm_vpc_cni"
  /// Subnets and security groups of custom networking.
  public static let eniConfigs: Self = "kube.eniconfigs"
  /// Features of nodes that the resource controller works with.
  public static let cniNodes: Self = "kube.cninode"
  /// Which pods get security groups of their own.
  public static let securityGroupPolicies: Self = "kube.sgp"
  /// The deployment of CoreDNS.
  public static let coreDNS: Self = "kube.coredns"
  /// The cluster's nodes.
  public static let clusterNodes: Self = "kube.nodes"
  /// The nodes that the user named.
  public static let namedNodes: Self = "kube.named_nodes"
  /// Network policies as their authors wrote them.
  public static let networkPolicies: Self = "kube.policies"
  /// Network policies as the agents on the nodes get them.
  public static let policyEndpoints: Self = "kube.policy_endpoints"
  /// Events of the cluster's own pods.
  public static let systemEvents: Self = "kube.system_events"
  /// The account and role behind the user's credential for AWS.
  public static let awsCaller: Self = "aws.caller"
  /// The cluster as EKS describes it.
  public static let awsCluster: Self = "aws.cluster"
  /// The CNI's add-on and its configuration.
  public static let awsAddon: Self = "aws.addon"
  /// Which versions of the add-on go with which versions of Kubernetes.
  public static let awsAddonVersions: Self = "aws.addon_versions"
  /// Whether the CNI has a role of its own through Pod Identity.
  public static let awsPodIdentities: Self = "aws.pod_identities"
  /// The role of this association.
  public static let awsPodIdentityDetails: Self = "aws.pod_identity_details"
  /// The nodes' instances: metadata options, interfaces, profile.
  public static let awsInstances: Self = "aws.instances"
  /// The nodes' network interfaces with their addresses and prefixes.
  public static let awsInterfaces: Self = "aws.interfaces"
  /// The subnets of nodes, pods and cluster, with their free addresses.
  public static let awsSubnets: Self = "aws.subnets"
  /// The nodes' instance profiles, which name their role.
  public static let awsInstanceProfiles: Self = "aws.instance_profiles"
  /// Who may take the roles of nodes and CNI.
  public static let awsRoles: Self = "aws.roles"
  /// The managed policies of the roles of nodes and CNI.
  public static let awsRolePolicies: Self = "aws.role_policies"
  /// The names of the policies that only these roles have.
  public static let awsInlinePolicies: Self = "aws.inline_policies"
}

extension Catalog {
  /// What an operator's own credentials read about a cluster: no part of a node's plan. Every
  /// command only gets, lists or describes.
  ///
  /// An argument may hold marks such as `{node}`: a value that the user named or that an earlier
  /// answer held. With a mark of one value, the command runs once for each and `path` is a folder.
  public static let cluster: [Artifact] =
    Artifact.clusterObjects + Artifact.clusterAddon + Artifact.clusterInstances
    + Artifact.clusterRoles
}

extension Artifact {
  /// An object or list of the API server.
  private static func object(
    _ id: ArtifactID, _ summary: String, _ request: String, at path: String,
    tier: Tier = .standard, capBytes: Int = 1 << 20
  ) -> Artifact {
    Artifact(
      id, summary, source: .command("kubectl", ["get", "--raw", request]), path: path, tier: tier,
      timeoutSeconds: 30, capBytes: capBytes, redaction: .kubernetesObjects)
  }

  /// An answer of AWS.
  private static func answer(
    _ id: ArtifactID, _ summary: String, _ arguments: [String], at path: String,
    tier: Tier = .standard, capBytes: Int = 1 << 20
  ) -> Artifact {
    Artifact(
      id, summary, source: .command("aws", arguments), path: path, tier: tier, timeoutSeconds: 60,
      capBytes: capBytes)
  }

  private static let systemNamespace = "namespaces/kube-system"

  fileprivate static let clusterObjects: [Artifact] = [
    object(
      .clusterVersion, "The API server's version; without it no other object is asked for.",
      "/version", at: "kube/cluster_version.json"),
    object(
      .agentDaemonSet,
      "The CNI's DaemonSet with the owners of its fields: settings, probes, image, who changed what.",
      "/apis/apps/v1/\(systemNamespace)/daemonsets/aws-node", at: "kube/ds-aws-node.json",
      tier: .minimum),
    object(
      .proxyDaemonSet, "kube-proxy's DaemonSet: image and arguments.",
      "/apis/apps/v1/\(systemNamespace)/daemonsets/kube-proxy", at: "kube/ds-kube-proxy.json"),
    object(
      .proxyConfiguration, "kube-proxy's configuration: mode, conntrack settings, health port.",
      "/api/v1/\(systemNamespace)/configmaps/kube-proxy-config",
      at: "kube/cm-kube-proxy-config.json"),
    object(
      .agentServiceAccount, "The CNI's service account: whether it names a role of its own.",
      "/api/v1/\(systemNamespace)/serviceaccounts/aws-node", at: "kube/sa-aws-node.json",
      tier: .minimum,
      capBytes: 64 << 10),
    object(
      .agentConfigMap, "Settings of the CNI outside its DaemonSet: network policy, cooldown.",
      "/api/v1/\(systemNamespace)/configmaps/amazon-vpc-cni", at: "kube/cm-amazon-vpc-cni.json"),
    object(
      .eniConfigs, "Subnets and security groups of custom networking.",
      "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs?limit=500", at: "kube/eniconfigs.json"),
    object(
      .cniNodes, "Features of nodes for branch ENIs.",
      "/apis/vpcresources.k8s.aws/v1alpha1/cninodes?limit=500", at: "kube/cninode.json",
      capBytes: 4 << 20),
    object(
      .securityGroupPolicies, "Which pods get security groups of their own.",
      "/apis/vpcresources.k8s.aws/v1beta1/securitygrouppolicies?limit=500", at: "kube/sgp.json"),
    object(
      .coreDNS, "The deployment of CoreDNS: replicas, probes, limits.",
      "/apis/apps/v1/\(systemNamespace)/deployments/coredns", at: "kube/coredns.json"),
    object(
      .clusterNodes, "The cluster's nodes, 500 at most, unless some are named.",
      "/api/v1/nodes?limit=500", at: "kube/nodes.json", capBytes: 16 << 20),
    object(
      .namedNodes, "The named nodes: labels, taints, allocatable pods, the CNI's annotations.",
      "/api/v1/nodes/{node}", at: "kube/named_nodes"),
    object(
      .networkPolicies, "Network policies as their authors wrote them.",
      "/apis/networking.k8s.io/v1/networkpolicies?limit=500", at: "kube/networkpolicies.json",
      tier: .full, capBytes: 8 << 20),
    object(
      .policyEndpoints, "Network policies as the agents on the nodes get them.",
      "/apis/networking.k8s.aws/v1alpha1/policyendpoints?limit=500",
      at: "kube/policyendpoints.json", tier: .full, capBytes: 8 << 20),
    object(
      .systemEvents, "The events of kube-system, 500 at most.",
      "/api/v1/\(systemNamespace)/events?limit=500", at: "kube/system_events.json",
      capBytes: 4 << 20),
  ]

  fileprivate static let clusterAddon: [Artifact] = [
    answer(
      .awsCaller, "The account and role that ask; without an answer AWS is not asked further.",
      ["sts", "get-caller-identity"], at: "aws/caller.json"),
    answer(
      .awsCluster, "The cluster as EKS describes it: version, subnets, issuer of its tokens.",
      ["eks", "describe-cluster", "--name", "{cluster}"], at: "aws/cluster.json"),
    answer(
      .awsAddon, "The CNI's add-on: version, role, configuration values, health.",
      ["eks", "describe-addon", "--cluster-name", "{cluster}", "--addon-name", "vpc-cni"],
      at: "aws/addon.json"),
    answer(
      .awsAddonVersions, "Which versions of the add-on go with which versions of Kubernetes.",
      [
        "eks", "describe-addon-versions", "--addon-name", "vpc-cni", "--query",
        "addons[].addonVersions[].{addonVersion:addonVersion,"
          + "clusterVersions:compatibilities[].clusterVersion,"
          + "defaultFor:compatibilities[?defaultVersion].clusterVersion}",
      ], at: "aws/addon_versions.json"),
    answer(
      .awsPodIdentities, "Whether the CNI has a role of its own through Pod Identity.",
      [
        "eks", "list-pod-identity-associations", "--cluster-name", "{cluster}", "--namespace",
        "kube-system", "--service-account", "aws-node",
      ], at: "aws/pod_identities.json"),
    answer(
      .awsPodIdentityDetails, "The role of this association.",
      [
        "eks", "describe-pod-identity-association", "--cluster-name", "{cluster}",
        "--association-id", "{association}",
      ], at: "aws/pod_identities"),
  ]

  fileprivate static let clusterInstances: [Artifact] = [
    answer(
      .awsInstances,
      "The nodes' instances: metadata options with the hop limit, interfaces, profile, type.",
      ["ec2", "describe-instances", "--filters", "Name=instance-id,Values={instances}"],
      at: "aws/instances.json", capBytes: 8 << 20),
    answer(
      .awsInterfaces, "The nodes' network interfaces: addresses, prefixes, security groups, tags.",
      [
        "ec2", "describe-network-interfaces", "--filters",
        "Name=attachment.instance-id,Values={instances}",
      ], at: "aws/interfaces.json", capBytes: 8 << 20),
    answer(
      .awsSubnets, "The subnets of nodes, pods and cluster: free addresses, blocks, tags.",
      ["ec2", "describe-subnets", "--filters", "Name=subnet-id,Values={subnets}"],
      at: "aws/subnets.json"),
    answer(
      .awsInstanceProfiles, "The nodes' instance profiles, which name their role.",
      ["iam", "get-instance-profile", "--instance-profile-name", "{profile}"],
      at: "aws/instance_profiles"),
  ]

  fileprivate static let clusterRoles: [Artifact] = [
    answer(
      .awsRoles, "Who may take the roles of nodes and CNI.",
      ["iam", "get-role", "--role-name", "{role}"], at: "aws/roles"),
    answer(
      .awsRolePolicies, "The managed policies of the roles of nodes and CNI.",
      ["iam", "list-attached-role-policies", "--role-name", "{role}"], at: "aws/role_policies"),
    answer(
      .awsInlinePolicies, "The names of the policies that only these roles have.",
      ["iam", "list-role-policies", "--role-name", "{role}"], at: "aws/inline_policies"),
  ]
}

import BundleModel

/// Items of the files in the CNI's log folder, by their names.
enum CNILogNames {
  /// The folder on a node.
  static let folder = "/var/log/aws-routed-eni/"

  /// Where such a file belongs; its generations may be compressed.
  static func placement(_ path: Substring) -> Placement? {
    let name = path.split(separator: "/").last ?? path
    let artifact: ArtifactID
    if name.hasPrefix("ipamd") {
      artifact = name.hasSuffix(".gz") ? .ipamdRotatedLogs : .ipamdLog
    } else if name.hasPrefix("plugin") {
      artifact = .pluginLog
    } else if name.hasPrefix("egress-v") {
      artifact = .egressLogs
    } else if name.hasPrefix("network-policy-agent") || name.hasPrefix("ebpf-sdk") {
      artifact = .policyAgentLogs
    } else {
      return nil
    }
    return Placement(artifact, origin: folder + path)
  }
}

/// Items of container logs, by the names that the kubelet gives them.
enum PodLogNames {
  private static let pods: [(prefix: String, artifact: ArtifactID)] = [
    ("kube-system_aws-node-", .agentPodLogs), ("kube-system_kube-proxy-", .proxyPodLogs),
    ("kube-system_coredns-", .dnsPodLogs),
    ("kube-system_eks-pod-identity-agent-", .identityPodLogs),
    ("kube-system_eks-node-monitoring-agent-", .monitoringPodLogs),
    ("kube-system_cni-metrics-helper-", .requestedPodLogs),
    ("kube-system_ebs-csi-", .storagePodLogs), ("kube-system_efs-csi-", .storagePodLogs),
    ("kube-system_fsx-", .storagePodLogs), ("kube-system_file-cache-csi-", .storagePodLogs),
    ("kube-system_s3-csi", .storagePodLogs), ("mount-s3_", .storagePodLogs),
  ]

  /// Where a file belongs that stands below a pod's folder, `NAMESPACE_POD_UID/CONTAINER/N.log`, or
  /// is a link's target, `POD_NAMESPACE_CONTAINER-ID.log`. The latter tells nothing where the former
  /// is there: it is the same log once more.
  static func placement(_ path: Substring) -> Placement? {
    let components = path.split(separator: "/")
    guard let first = components.first else { return nil }
    if components.count >= 3 {
      guard let artifact = artifact(first) else { return nil }
      let pod = first.split(separator: "_").prefix(2).joined(separator: "_")
      return Placement(artifact, origin: "/var/log/pods/" + path).about(
        "\(pod)/\(components[1])")
    }
    guard components.count == 1, first.hasSuffix(".log") else { return nil }
    let words = first.dropLast(".log".utf8.count).split(separator: "_", maxSplits: 2)
    guard words.count == 3, let dash = words[2].lastIndex(of: "-") else { return nil }
    let pod = "\(words[1])_\(words[0])"
    guard let artifact = artifact(pod[...]) else { return nil }
    return Placement(artifact, origin: "/var/log/containers/" + path).about(
      "\(pod)/\(words[2][..<dash])", isSpare: true)
  }

  private static func artifact(_ pod: Substring) -> ArtifactID? {
    pods.first { pod.hasPrefix($0.prefix) }?.artifact
  }
}

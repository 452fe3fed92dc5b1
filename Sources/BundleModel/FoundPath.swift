/// Paths that only the node can name. They stand in braces between the paths and patterns of a
/// group of files, and are looked up when the group is read.
public enum FoundPath: String, Sendable, CaseIterable {
  /// The log file of the running ipamd's environment and its uncompressed older generations.
  case ipamdLog = "{AWS_VPC_K8S_CNI_LOG_FILE}"
  /// The compressed older generations of ipamd's log.
  case ipamdRotatedLogs = "{AWS_VPC_K8S_CNI_LOG_FILE, rotated}"
  /// The plugin's log by ipamd's environment or by the CNI configuration, and its generations.
  case pluginLog = "{AWS_VPC_K8S_PLUGIN_LOG_FILE}"
  /// The logs of the egress plugins by ipamd's environment or by the CNI configuration.
  case egressLogs = "{AWS_VPC_K8S_EGRESS_V4_PLUGIN_LOG_FILE, V6}"
  /// The file in which ipamd keeps its allocations, by its environment.
  case checkpoint = "{AWS_VPC_K8S_CNI_BACKING_STORE}"
  /// The files of further network cards beside it.
  case cardCheckpoints = "{AWS_VPC_K8S_CNI_BACKING_STORE, network cards}"
  /// The CNI configuration folder that the container runtime's configuration names.
  case runtimeCNIFolder = "{conf_dir of the container runtime}"
  /// The files that the kubelet's unit takes its environment from.
  case kubeletEnvironmentFiles = "{EnvironmentFile of the kubelet's unit}"
  /// The kubelet's configuration and its folder of drop-ins, by its arguments.
  case kubeletConfiguration = "{--config and --config-dir of the kubelet}"
  /// The kubelet's kubeconfig, by its arguments.
  case kubeletKubeconfig = "{--kubeconfig of the kubelet}"
  /// Log folders of the pods that the user asked for.
  case requestedPodLogs = "{pods of --pod-logs}"
}

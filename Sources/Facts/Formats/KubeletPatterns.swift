/// What the kubelet's records say about the pod network, in the words of all releases.
enum KubeletPatterns {
  private static let failure = ["ailed", "err=", "rror"]

  /// The events of `kubelet_event`.
  static let catalogue = EventCatalogue([
    .init("probe_failed", ["Probe failed", "Probe errored"]),
    .init("probe_failed", ["probe for \""], [" failed", " errored"]),
    .init(
      "sandbox_delete_failed", ["KillPodSandbox", "StopPodSandbox", "failed (delete)"], failure),
    .init("sandbox_failed", ["PodSandbox", "pod sandbox", "sandbox for pod"], failure),
    .init(
      "network_not_ready",
      ["NetworkPluginNotReady", "cni plugin not initialized", "runtime network not ready"]),
    .init("cni_config_failed", ["Unable to update cni config", "no networks found in"]),
    .init(
      "runtime_down",
      [
        "ontainer runtime is down", "ontainer runtime status check may not have been completed",
        "ontainer runtime sanity check failed",
      ]),
    .init("pleg_unhealthy", ["PLEG is not healthy", "pleg was last seen active"]),
    .init("node_not_ready", ["Node became not ready", "event=\"NodeNotReady\""]),
    .init("node_ready", ["event=\"NodeReady\""]),
    .init("node_status_failed", ["Error updating node status", "Unable to update node status"]),
    .init("lease_failed", ["ailed to update lease", "ailed to ensure lease exists"]),
    .init("register_failed", ["Unable to register node with API server"]),
    .init("api_watch_failed", ["Failed to watch", "ailed to list *"]),
    .init("container_backoff", ["CrashLoopBackOff", "Back-off restarting failed container"]),
    .init("image_pull_failed", ["ErrImagePull", "ImagePullBackOff", "Failed to pull image"]),
    .init("out_of_memory", ["SystemOOM", "System OOM encountered", "OOMKilled"]),
    .init("eviction", ["viction manager: pods", "pods evicted", "attempting to reclaim"]),
    .init(
      "pod_rejected", ["OutOfpods", "Node didn't have enough resource", "od admission denied"]),
    .init("dns_limits", ["ameserver limits", "earch Line limits"]),
    .init(
      "iptables_failed",
      [
        "Could not set up iptables canary", "No iptables support", "Failed to initialize iptables",
        "Failed to ensure that",
      ]),
    .init("kernel_flag", ["invalid kernel flag"]),
    .init("kubelet_started", ["kubeletVersion=", "\"Started kubelet\""]),
    .init("kubelet_failed", ["failed to run Kubelet", "failed to load Kubelet config file"]),
    .init("unit_exited", ["kubelet.service: Main process exited", "service: Failed with result"]),
    .init("unit_restart", ["Scheduled restart job"]),
    .init("log_gap", ["Suppressed "], [" messages from "]),
  ])

  /// What a probe says that took too long.
  static let timeouts = EventCatalogue([
    .init("timeout", ["timed out", "timeout", "deadline exceeded", "Timeout exceeded"])
  ])
}

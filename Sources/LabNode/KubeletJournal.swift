/// What the kubelet and systemd about it wrote into the journal.
struct KubeletJournal {
  let node: NodeModel
  /// The process id under which the lab starts its kubelet.
  static let processID = 1783

  struct Entry: Sendable {
    let at: Moment
    let message: String
    var priority = 6
    var isManager = false
  }

  /// Entries in the order of their times.
  var entries: [Entry] {
    (started + node.pods.flatMap(lifecycle) + node.history.refusals.flatMap(refused))
      .sorted { $0.at < $1.at }
  }

  private func line(_ level: String, _ source: String, _ text: String, at moment: Moment) -> Entry {
    Entry(
      at: moment,
      message: "\(level)\(moment.klog)    \(Self.processID) \(source)] \(text)")
  }

  private var started: [Entry] {
    let start = node.kubeletStarted
    let instance = node.instance
    return [
      Entry(
        at: start - 0.05, message: "Starting kubelet.service - Kubernetes Kubelet...",
        isManager: true),
      Entry(
        at: start, message: "Started kubelet.service - Kubernetes Kubelet.", isManager: true),
      line(
        "I", "server.go:530", "\"Kubelet version\" kubeletVersion=\"\(instance.kubeletVersion)\"",
        at: start + 0.31),
      line(
        "I", "server.go:579", "\"Standalone mode, no API client\" standalone=false",
        at: start + 0.42),
      line(
        "I", "kubelet_node_status.go:75",
        "\"Attempting to register node\" node=\"\(instance.name)\"",
        at: start + 1.1),
      line(
        "E", "kubelet.go:3117",
        "\"Container runtime network not ready\" networkReady=\"NetworkReady=false "
          + "reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not "
          + "initialized\"", at: start + 1.4),
      line(
        "I", "kubelet_node_status.go:78",
        "\"Successfully registered node\" node=\"\(instance.name)\"", at: start + 4.9),
      line(
        "I", "kubelet_node_status.go:511", "\"Fast updating node status as it just became ready\"",
        at: node.ipamdStarted + 6.2),
    ]
  }

  private func lifecycle(_ pod: Pod) -> [Entry] {
    let name = "\(pod.namespace)/\(pod.name)"
    var entries = [
      line(
        "I", "kubelet.go:2537", "\"SyncLoop ADD\" source=\"api\" pods=[\"\(name)\"]",
        at: pod.created)
    ]
    if !pod.isRefused {
      entries.append(
        line(
          "I", "kubelet.go:2569",
          "\"SyncLoop (PLEG): event for pod\" pod=\"\(name)\" event={\"ID\":\"\(pod.uid)\","
            + "\"Type\":\"ContainerStarted\",\"Data\":\"\(pod.sandboxID)\"}", at: pod.created + 1.6)
      )
    }
    if let deletion = pod.deletion {
      entries.append(
        line(
          "I", "kubelet.go:2553", "\"SyncLoop DELETE\" source=\"api\" pods=[\"\(name)\"]",
          at: deletion.at - 0.6))
    }
    return entries
  }

  private func refused(_ refusal: (pod: Pod, attempt: Int, at: Moment)) -> [Entry] {
    let (pod, attempt, moment) = refusal
    let name = "\(pod.namespace)/\(pod.name)"
    let failure =
      "rpc error: code = Unknown desc = failed to setup network for sandbox "
      + "\\\"\(pod.sandboxID(attempt: attempt))\\\": plugin type=\\\"aws-cni\\\" name=\\\"aws-cni\\\" "
      + "failed (add): add cmd: failed to assign an IP address to container"
    return [
      line(
        "E", "log.go:32", "\"RunPodSandbox from runtime service failed\" err=\"\(failure)\"",
        at: moment + 0.11),
      line(
        "E", "kuberuntime_sandbox.go:72",
        "\"Failed to create sandbox for pod\" err=\"\(failure)\" pod=\"\(name)\"",
        at: moment + 0.1102),
      line(
        "E", "kuberuntime_manager.go:1282",
        "\"CreatePodSandbox for pod failed\" err=\"\(failure)\" pod=\"\(name)\"",
        at: moment + 0.1103),
      line(
        "E", "pod_workers.go:1301",
        "\"Error syncing pod, skipping\" err=\"failed to \\\"CreatePodSandbox\\\" for "
          + "\\\"\(pod.name)_\(pod.namespace)(\(pod.uid))\\\" with CreatePodSandboxError: "
          + "\\\"\(failure.replacing("\\\"", with: "\\\\\\\""))\\\"\" pod=\"\(name)\" "
          + "podUID=\"\(pod.uid)\"", at: moment + 0.1105),
      line(
        "I", "event.go:377",
        "\"Event occurred\" object=\"\(name)\" fieldPath=\"\" kind=\"Pod\" apiVersion=\"v1\" "
          + "type=\"Warning\" reason=\"FailedCreatePodSandBox\" message=\"Failed to create pod "
          + "sandbox: \(failure)\"", at: moment + 0.111),
    ]
  }
}

/// The calls of a kubelet to its runtime that start pods.
struct CRIClient: Sendable {
  /// Where the runtime listens.
  static let socket = "/run/containerd/containerd.sock"
  private static let service = "/runtime.v1.RuntimeService/"

  /// Names by which the runtime's pods and containers are found again.
  private enum Label {
    static let pod = "io.kubernetes.pod.name"
    static let namespace = "io.kubernetes.pod.namespace"
    static let uid = "io.kubernetes.pod.uid"
    static let container = "io.kubernetes.container.name"
  }

  private func call(_ method: String, _ request: ProtobufMessage) async throws -> ProtobufFields {
    try await GRPCClient.call(Self.service + method, request, at: Self.socket)
  }

  /// Starts the sandbox of a pod and returns its id.
  func runSandbox(_ pod: ContainerPlan.PodPlan) async throws -> String {
    var request = ProtobufMessage()
    request.add(1, sandbox(pod))
    return try await call("RunPodSandbox", request).text(1) ?? ""
  }

  /// Creates and starts a container of a sandbox and returns its id.
  func run(
    _ container: ContainerPlan.Container, of pod: ContainerPlan.PodPlan, in sandboxID: String
  ) async throws -> String {
    var request = ProtobufMessage()
    request.add(1, sandboxID)
    request.add(2, configuration(container, of: pod))
    request.add(3, sandbox(pod))
    let id = try await call("CreateContainer", request).text(1) ?? ""
    var start = ProtobufMessage()
    start.add(1, id)
    _ = try await call("StartContainer", start)
    return id
  }

  private func namespaces(_ pod: ContainerPlan.PodPlan) -> ProtobufMessage {
    var options = ProtobufMessage()
    // The network is the pod's own or the node's; processes are each container's own.
    options.add(1, number: pod.isHostNetwork ? 2 : 0)
    options.add(2, number: 1)
    return options
  }

  private func sandbox(_ pod: ContainerPlan.PodPlan) -> ProtobufMessage {
    var metadata = ProtobufMessage()
    metadata.add(1, pod.name)
    metadata.add(2, pod.uid)
    metadata.add(3, pod.namespace)
    var security = ProtobufMessage()
    security.add(1, namespaces(pod))
    if pod.containers.contains(where: \.isPrivileged) { security.add(6, number: 1) }
    var linux = ProtobufMessage()
    linux.add(1, pod.controlGroup)
    linux.add(2, security)
    var message = ProtobufMessage()
    message.add(1, metadata)
    if !pod.isHostNetwork { message.add(2, pod.name) }
    message.add(3, pod.logFolder)
    message.add(6, labels(pod).merging(pod.labels) { $1 })
    message.add(
      7, ["kubernetes.io/config.source": "api", "kubernetes.io/config.seen": LabHost.now().zulu])
    message.add(8, linux)
    return message
  }

  private func labels(_ pod: ContainerPlan.PodPlan) -> [String: String] {
    [Label.pod: pod.name, Label.namespace: pod.namespace, Label.uid: pod.uid]
  }

  private func configuration(
    _ container: ContainerPlan.Container, of pod: ContainerPlan.PodPlan
  ) -> ProtobufMessage {
    var metadata = ProtobufMessage()
    metadata.add(1, container.name)
    var image = ProtobufMessage()
    image.add(1, container.image)
    var message = ProtobufMessage()
    message.add(1, metadata)
    message.add(2, image)
    for word in container.command { message.add(3, word) }
    for variable in container.environment {
      var pair = ProtobufMessage()
      pair.add(1, variable.name)
      pair.add(2, variable.value)
      message.add(6, pair)
    }
    for mount in container.mounts {
      var entry = ProtobufMessage()
      entry.add(1, mount.inside)
      entry.add(2, mount.host)
      entry.add(3, number: mount.isReadOnly ? 1 : 0)
      message.add(7, entry)
    }
    message.add(9, labels(pod).merging([Label.container: container.name]) { $1 })
    message.add(
      10,
      [
        "io.kubernetes.container.restartCount": "0",
        "io.kubernetes.container.terminationMessagePath": "/dev/termination-log",
        "io.kubernetes.pod.terminationGracePeriod": "30",
      ])
    message.add(11, "\(container.name)/0.log")
    var resources = ProtobufMessage()
    resources.add(3, number: container.cpuShares)
    resources.add(4, number: container.memoryLimit)
    var security = ProtobufMessage()
    security.add(2, number: container.isPrivileged ? 1 : 0)
    security.add(3, namespaces(pod))
    var linux = ProtobufMessage()
    linux.add(1, resources)
    linux.add(2, security)
    message.add(15, linux)
    return message
  }
}

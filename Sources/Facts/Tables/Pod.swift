import BundleModel

/// A pod of the node.
public struct Pod: FactTable {
  var namespace: String
  var name: String
  var value: JSONValue

  /// The declaration of `pod`.
  public static let schema = Schema<Self>(
    "pod", "Pods that are bound to the node.", from: [.nodePods],
    columns: [
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("name", \.name, "Name of the pod."),
      Column("uid", { $0.value["metadata"]?["uid"]?.filledString }, "Unique id of the pod."),
      Column("node", { $0.value["spec"]?["nodeName"]?.filledString }, "Node that it is bound to."),
      Column(
        "host_network", { $0.value["spec"]?["hostNetwork"]?.bool ?? false },
        "1 if it uses the host's network; else 0."),
      Column(
        "phase", { $0.value["status"]?["phase"]?.filledString },
        "Pending, Running, Succeeded, Failed or Unknown."),
      Column(
        "address", { $0.value["status"]?["podIP"]?.filledString },
        "Address that Kubernetes knows; NULL without one."),
      Column(
        "service_account", { $0.value["spec"]?["serviceAccountName"]?.filledString },
        "Service account that it runs as."),
      Column(
        "created_us", { Timestamp.whole($0.value["metadata"]?["creationTimestamp"]?.string) },
        "When it was created, in microseconds since 1970 UTC."),
      Column(
        "is_ready", { $0.isReady }, "1 if its condition Ready is True, 0 if not; else NULL."),
      Column(
        "veth_suffix", { SHA1.vethSuffix(namespace: $0.namespace, pod: $0.name) },
        "What its host interface is called behind its prefix, 11 hexadecimal digits."),
    ])

  private var isReady: Bool? {
    let condition = value["status"]?["conditions"]?.array?.first { $0["type"]?.string == "Ready" }
    return condition?["status"]?.string.map { $0 == "True" }
  }

  /// Reads a list of pods.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for pod in list(document) { rows.append(pod, line: pod.value.object?.line) }
  }

  /// The pods of a Kubernetes list, or a single pod.
  static func list(_ document: JSONValue) -> [Self] {
    (document["items"]?.array ?? [document]).compactMap { item in
      guard let name = item["metadata"]?["name"]?.filledString else { return nil }
      return Self(
        namespace: item["metadata"]?["namespace"]?.string ?? "default", name: name, value: item)
    }
  }

  /// The containers of the pod's specification, init containers first.
  var containers: [(name: String, value: JSONValue)] {
    let spec = value["spec"]
    let all = (spec?["initContainers"]?.array ?? []) + (spec?["containers"]?.array ?? [])
    return all.compactMap { container in
      container["name"]?.filledString.map { ($0, container) }
    }
  }
}

/// A container of a pod and the image that it runs.
public struct ContainerImage: FactTable {
  var namespace: String
  var pod: String
  var container: String
  var image: String
  var version: String?
  var restarts: Int64?

  /// The declaration of `container_image`.
  public static let schema = Schema<Self>(
    "container_image", "Containers of the node's pods and their images.", from: [.nodePods],
    columns: [
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column("container", \.container, "Name of the container."),
      Column("image", \.image, "Image as the pod asks for it."),
      Column("version", \.version, "vX.Y.Z of the image's tag, without suffix; NULL without one."),
      Column("restarts", \.restarts, "How often the container was restarted."),
    ])

  /// Reads a list of pods.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for pod in Pod.list(document) {
      let statuses =
        (pod.value["status"]?["initContainerStatuses"]?.array ?? [])
        + (pod.value["status"]?["containerStatuses"]?.array ?? [])
      for (name, container) in pod.containers {
        guard let image = container["image"]?.filledString else { continue }
        let status = statuses.first { $0["name"]?.string == name }
        rows.append(
          Self(
            namespace: pod.namespace, pod: pod.name, container: name, image: image,
            version: version(of: image), restarts: status?["restartCount"]?.integer),
          line: container.object?.line)
      }
    }
  }

  /// `…/amazon-k8s-cni:v1.18.5-eksbuild.1` is v1.18.5.
  static func version(of image: String) -> String? {
    let name = image.split(separator: "@").first ?? ""
    let last = name.split(separator: "/").last ?? ""
    guard let colon = last.firstIndex(of: ":") else { return nil }
    let tag = last[last.index(after: colon)...]
    let digits = (tag.hasPrefix("v") ? tag.dropFirst() : tag).prefix {
      $0 == "." || ("0"..."9").contains($0)
    }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    return "v" + digits
  }
}

/// A probe of a container.
public struct PodProbe: FactTable {
  var namespace: String
  var pod: String
  var container: String
  var probe: String
  var kind: String?
  var command: String?
  var timeout: Int64
  var period: Int64
  var failureThreshold: Int64
  var initialDelay: Int64
  var connectTimeout: Double?
  var rpcTimeout: Double?

  /// The declaration of `pod_probe`.
  public static let schema = Schema<Self>(
    "pod_probe", "Probes of the node's containers.", from: [.nodePods],
    columns: [
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column("container", \.container, "Name of the container."),
      Column("probe", \.probe, "liveness or readiness."),
      Column("kind", \.kind, "exec, http, tcp or grpc."),
      Column("command", \.command, "Command and arguments as a JSON array; NULL unless exec."),
      Column("timeout_s", \.timeout, "Seconds until it counts as failed; 1 if unset."),
      Column("period_s", \.period, "Seconds between two probes; 10 if unset."),
      Column("failure_threshold", \.failureThreshold, "Failures in a row that count; 3 if unset."),
      Column("initial_delay_s", \.initialDelay, "Seconds before the first probe; 0 if unset."),
      Column("connect_timeout_s", \.connectTimeout, "Seconds of -connect-timeout; NULL if absent."),
      Column("rpc_timeout_s", \.rpcTimeout, "Seconds of -rpc-timeout; NULL if absent."),
    ])

  /// Reads a list of pods.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for pod in Pod.list(document) {
      for (name, container) in pod.containers {
        for probe in ["liveness", "readiness"] {
          guard let value = container[probe + "Probe"], value.object != nil else { continue }
          rows.append(Self(pod, name, probe, value), line: value.object?.line)
        }
      }
    }
  }

  private init(_ pod: Pod, _ container: String, _ probe: String, _ value: JSONValue) {
    namespace = pod.namespace
    self.pod = pod.name
    self.container = container
    self.probe = probe
    let kinds = [("exec", "exec"), ("httpGet", "http"), ("tcpSocket", "tcp"), ("grpc", "grpc")]
    kind = kinds.first { value[$0.0] != nil }?.1
    command = value["exec"]?["command"]?.json
    timeout = value["timeoutSeconds"]?.integer ?? 1
    period = value["periodSeconds"]?.integer ?? 10
    failureThreshold = value["failureThreshold"]?.integer ?? 3
    initialDelay = value["initialDelaySeconds"]?.integer ?? 0
    let words = (value["exec"]?["command"]?.array ?? []).compactMap(\.string)
    connectTimeout = Self.argument("connect-timeout", words)
    rpcTimeout = Self.argument("rpc-timeout", words)
  }

  /// The value of `-name=5s`, `--name=5s` or `-name 5s`, in seconds.
  private static func argument(_ name: String, _ words: [String]) -> Double? {
    for (index, word) in words.enumerated() {
      let bare = word.drop { $0 == "-" }
      if bare.hasPrefix(name + "=") { return GoDuration.seconds(bare.dropFirst(name.count + 1)) }
      if bare == name, index + 1 < words.count { return GoDuration.seconds(words[index + 1][...]) }
    }
    return nil
  }
}

import BundleModel

/// A container and the image that it runs.
public struct ContainerImage: FactTable {
  var namespace: String?
  var pod: String?
  var container: String
  var image: String
  var version: String?
  var restarts: Int64?
  var isInit: Bool?
  var origin: String
  var isRunning: Bool?
  var createdUs: Int64?

  /// The declaration of `container_image`.
  public static let schema = Schema<Self>(
    "container_image", "Containers and their images.",
    from: [.nodePods, .agentDaemonSet, .proxyDaemonSet, .coreDNS] + ContainerArtifact.inspected,
    columns: [
      Column("namespace", \.namespace, "Namespace of the pod or workload."),
      Column("pod", \.pod, "Name of the pod; NULL for a workload."),
      Column("container", \.container, "Name of the container."),
      Column("image", \.image, "Image as it was asked for."),
      Column("version", \.version, "vX.Y.Z of the image's tag, without suffix; NULL without one."),
      Column("restarts", \.restarts, "How often the container was restarted; NULL if not known."),
      Column(
        "is_init", \.isInit, "1 for an init container, 0 for others; NULL where nothing tells."),
      Column(
        "origin", \.origin,
        "pod_spec, daemonset (also for Deployments), or runtime for what really ran, also in the past."
      ),
      Column(
        "is_running", \.isRunning,
        "1 if the runtime says that it runs, 0 if not; NULL where nothing tells."),
      Column(
        "created_us", \.createdUs,
        "When the runtime made the container, in microseconds since 1970 UTC; else NULL."),
    ])

  /// Reads objects in every form, or the runtime's containers.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    if ContainerArtifact.inspected.contains(input.artifact) {
      for document in try input.readJSONSequence(&rows) {
        for container in ContainerDocument.all(document) {
          guard let image = container.image else { continue }
          rows.append(
            Self(
              namespace: container.namespace, pod: container.pod,
              container: container.name ?? container.id, image: image, version: version(of: image),
              restarts: container.attempt, origin: "runtime",
              isRunning: container.state.map { $0 == "running" }, createdUs: container.createdUs),
            line: container.line)
        }
      }
      return
    }
    for object in try input.readObjects(&rows) where KubeObject.workloads.contains(object.kind) {
      let isPod = object.kind == "Pod"
      let statuses = ContainerStatus.values(of: object)
      for container in object.containers {
        guard let image = container.value["image"]?.filledString else { continue }
        let status = statuses.first { $0["name"]?.string == container.name }
        rows.append(
          Self(
            namespace: object.podNamespace, pod: isPod ? object.name : nil,
            container: container.name, image: image, version: version(of: image),
            restarts: status?["restartCount"]?.integer, isInit: container.isInit,
            origin: isPod ? "pod_spec" : "daemonset"), line: container.value.object?.line)
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

/// What a container does, and how it ended before.
public struct ContainerStatus: FactTable {
  var namespace: String
  var pod: String
  var value: JSONValue
  var isInit: Bool

  private func state(_ key: String) -> (name: String, value: JSONValue)? {
    value[key]?.object?.members.first.map { ($0.key, $0.value) }
  }

  private var last: JSONValue? { value.at("lastState", "terminated") }
  private var current: JSONValue? { state("state")?.value }

  /// The declaration of `container_status`.
  public static let schema = Schema<Self>(
    "container_status", "States of the node's containers as the kubelet reports them.",
    from: [.nodePods],
    columns: [
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column("container", { $0.value["name"]?.string ?? "" }, "Name of the container."),
      Column("is_init", \.isInit, "1 for an init container; else 0."),
      Column(
        "container_id",
        { $0.value["containerID"]?.filledString?.split(separator: "/").last.map { String($0) } },
        "Id in the runtime."),
      Column("is_ready", { $0.value["ready"]?.bool }, "1 if it is ready, 0 if not."),
      Column("restarts", { $0.value["restartCount"]?.integer }, "How often it was restarted."),
      Column("state", { $0.state("state")?.name }, "running, waiting or terminated."),
      Column("reason", { $0.current?["reason"]?.filledString }, "Reason of the state."),
      Column("message", { $0.current?["message"]?.filledString }, "The reason in words."),
      Column("exit_code", { $0.current?["exitCode"]?.integer }, "Exit code, if it has ended."),
      Column(
        "started_us", { Timestamp.whole($0.current?["startedAt"]?.string) },
        "When it was started, in microseconds since 1970 UTC."),
      Column(
        "last_reason", { $0.last?["reason"]?.filledString },
        "Why it ended before, such as Error or OOMKilled."),
      Column("last_message", { $0.last?["message"]?.filledString }, "The same in words."),
      Column(
        "last_exit_code", { $0.last?["exitCode"]?.integer }, "Exit code with which it ended before."
      ),
      Column("last_signal", { $0.last?["signal"]?.integer }, "Signal that ended it before."),
      Column(
        "last_started_us", { Timestamp.whole($0.last?["startedAt"]?.string) },
        "When it was started before, in microseconds since 1970 UTC."),
      Column(
        "last_finished_us", { Timestamp.whole($0.last?["finishedAt"]?.string) },
        "When it ended before, in microseconds since 1970 UTC."),
      Column("image_id", { $0.value["imageID"]?.filledString }, "Image with its digest."),
    ])

  /// Reads pods in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where object.kind == "Pod" {
      for (field, isInit) in [("initContainerStatuses", true), ("containerStatuses", false)] {
        for value in object.value.at("status", field)?.items ?? [] where value.object != nil {
          rows.append(
            Self(
              namespace: object.podNamespace, pod: object.name, value: value, isInit: isInit),
            line: value.object?.line)
        }
      }
    }
  }

  /// The states of all containers of a pod.
  static func values(of object: KubeObject) -> [JSONValue] {
    (object.value.at("status", "initContainerStatuses")?.items ?? [])
      + (object.value.at("status", "containerStatuses")?.items ?? [])
  }
}

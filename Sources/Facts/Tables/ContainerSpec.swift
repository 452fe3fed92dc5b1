import BundleModel

/// What a container is allowed to do and to use, as its object asks for it.
public struct ContainerSpec: FactTable {
  var object: KubeObject
  var container: KubeContainer

  private func amount(_ kind: String, _ name: String) -> String? {
    container.value.at("resources", kind, name)?.scalarText
  }

  private var security: JSONValue? { container.value["securityContext"] }

  private func capabilities(_ list: String) -> String? {
    security?.at("capabilities", list)?.array.map { JSONValue.array($0).json }
  }

  /// The declaration of `container_spec`.
  public static let schema = Schema<Self>(
    "container_spec",
    "Containers of pods, DaemonSets and Deployments as their objects ask for them.",
    from: KubeArtifact.workloads,
    columns: [
      Column("kind", \.object.kind, "Pod, DaemonSet or Deployment."),
      Column("namespace", \.object.podNamespace, "Namespace of the object."),
      Column("name", \.object.name, "Name of the object."),
      Column("container", \.container.name, "Name of the container."),
      Column("is_init", \.container.isInit, "1 for an init container; else 0."),
      Column(
        "host_network", { $0.object.podSpec?["hostNetwork"]?.bool },
        "1 if the pod uses the host's network, 0 if not; NULL if not said, which means no."),
      Column(
        "service_account", { $0.object.podSpec?["serviceAccountName"]?.filledString },
        "Service account of the pod."),
      Column(
        "priority_class", { $0.object.podSpec?["priorityClassName"]?.filledString },
        "Priority class of the pod."),
      Column(
        "is_privileged", { $0.security?["privileged"]?.bool },
        "1 if privileged, 0 if not; NULL if not said, which means no."),
      Column(
        "capabilities_added", { $0.capabilities("add") }, "JSON array; NULL if none is named."),
      Column(
        "capabilities_dropped", { $0.capabilities("drop") }, "JSON array; NULL if none is named."),
      Column(
        "cpu_request_m", { Quantity.millicores($0.amount("requests", "cpu")) },
        "Processors that are set aside, in thousandths; NULL without a request."),
      Column(
        "cpu_limit_m", { Quantity.millicores($0.amount("limits", "cpu")) },
        "Most processors, in thousandths; NULL without a limit."),
      Column(
        "memory_request_bytes", { Quantity.bytes($0.amount("requests", "memory")) },
        "Memory that is set aside; NULL without a request."),
      Column(
        "memory_limit_bytes", { Quantity.bytes($0.amount("limits", "memory")) },
        "Most memory; NULL without a limit."),
      Column(
        "branch_enis", { ($0.amount("limits", "vpc.amazonaws.com/pod-eni")).flatMap { Int64($0) } },
        "Branch ENIs that it asks for; NULL if none."),
      Column(
        "command", { $0.container.value["command"]?.array.map { JSONValue.array($0).json } },
        "Command as a JSON array; NULL for the image's own."),
      Column(
        "args", { $0.container.value["args"]?.array.map { JSONValue.array($0).json } },
        "Arguments as a JSON array; NULL for the image's own."),
      Column(
        "is_described", \.object.isDescribed,
        "1 if it was read from a description for people, which leaves privileges and capabilities out; else 0."
      ),
    ])

  /// Reads objects in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where KubeObject.workloads.contains(object.kind) {
      for container in object.containers {
        rows.append(
          Self(object: object, container: container), line: container.value.object?.line)
      }
    }
  }
}

/// A folder or file that a container sees.
public struct ContainerMount: FactTable {
  var kind: String
  var namespace: String?
  var name: String?
  var container: String
  var path: String
  var volume: String?
  var type: String?
  var source: String?
  var sourceType: String?
  var isReadOnly: Bool?
  var audience: String?

  /// The declaration of `container_mount`.
  public static let schema = Schema<Self>(
    "container_mount", "What containers mount, by their objects and by the runtime.",
    from: KubeArtifact.workloads + ContainerArtifact.inspected,
    columns: [
      Column(
        "kind", \.kind, "Pod, DaemonSet or Deployment; Runtime for what the container really got."),
      Column("namespace", \.namespace, "Namespace of the object or pod."),
      Column("name", \.name, "Name of the object or pod."),
      Column("container", \.container, "Name of the container."),
      Column("path", \.path, "Where it is mounted in the container."),
      Column("volume", \.volume, "Name of the volume; NULL for the runtime."),
      Column(
        "type", \.type, "hostPath, projected, configMap and so on; NULL where it is not shown."),
      Column("source", \.source, "Path on the host; NULL unless it is the host's."),
      Column(
        "source_type", \.sourceType, "Directory, FileOrCreate and so on; NULL if unset."),
      Column("is_read_only", \.isReadOnly, "1 if it cannot be written; else 0."),
      Column(
        "token_audience", \.audience,
        "For whom a projected token is issued: sts.amazonaws.com for IRSA, pods.eks.amazonaws.com for Pod Identity; else NULL."
      ),
    ])

  /// Reads objects in every form, or the runtime's containers.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    if ContainerArtifact.inspected.contains(input.artifact) {
      for document in try input.readJSONSequence(&rows) {
        for container in ContainerDocument.all(document) { read(container, &rows) }
      }
      return
    }
    for object in try input.readObjects(&rows) where KubeObject.workloads.contains(object.kind) {
      read(object, &rows)
    }
  }

  private static func read(_ container: ContainerDocument, _ rows: inout RowSink<Self>) {
    for mount in container.mounts {
      rows.append(
        Self(
          kind: "Runtime", namespace: container.namespace, name: container.pod,
          container: container.name ?? container.id, path: mount.path, source: mount.source,
          isReadOnly: mount.isReadOnly), line: container.line)
    }
  }

  private static func read(_ object: KubeObject, _ rows: inout RowSink<Self>) {
    var volumes: [String: JSONValue] = [:]
    for volume in object.podSpec?["volumes"]?.items ?? [] {
      if let name = volume["name"]?.filledString { volumes[name] = volume }
    }
    for container in object.containers {
      for mount in container.value["volumeMounts"]?.items ?? [] {
        guard let path = mount["mountPath"]?.filledString else { continue }
        let volume = mount["name"]?.filledString
        let source = volume.flatMap { volumes[$0] }?.object?.members.first { $0.key != "name" }
        let tokens = (source?.value["sources"]?.items ?? []).compactMap {
          $0.at("serviceAccountToken", "audience")?.filledString
        }
        rows.append(
          Self(
            kind: object.kind, namespace: object.podNamespace, name: object.name,
            container: container.name, path: path, volume: volume, type: source?.key,
            source: source?.key == "hostPath" ? source?.value["path"]?.filledString : nil,
            sourceType: source?.value["type"]?.filledString,
            isReadOnly: mount["readOnly"]?.bool ?? false, audience: tokens.first),
          line: mount.object?.line)
      }
    }
  }
}

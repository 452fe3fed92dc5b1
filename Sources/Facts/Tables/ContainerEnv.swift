import BundleModel

/// A setting of a container, from its environment or from what it says about itself.
public struct ContainerEnv: FactTable {
  var namespace: String?
  var pod: String?
  var container: String
  var name: String
  var value: String?
  var isRedacted: Bool
  var origin: String
  /// Whether the container is known to have ended, and when it was made: of several the newest
  /// that runs counts.
  var hasEnded = false
  var createdUs: Int64?

  /// The declaration of `container_env`.
  public static let schema = Schema<Self>(
    "container_env", "Settings of containers; those of aws-node from several places.",
    from: [
      .agentEnvironment, .networkSettings, .ipamdSettings, .nodePods, .agentDaemonSet,
      .proxyDaemonSet, .staticPods,
    ] + ContainerArtifact.inspected,
    columns: [
      Column("namespace", \.namespace, "Namespace of the pod; NULL for a running process."),
      Column(
        "pod", \.pod, "Name of the pod; NULL for a running process and for a DaemonSet."),
      Column("container", \.container, "Name of the container; aws-node for ipamd's process."),
      Column("name", \.name, "Name of the variable."),
      Column("value", \.value, "Its value; NULL if it is withheld or comes from elsewhere."),
      Column(
        "is_redacted", \.isRedacted,
        "1 if the value is withheld, by the collector or because its name is not known to be harmless; else 0."
      ),
      Column(
        "origin", \.origin,
        "process (in effect), runtime (what the container was started with), introspection (as ipamd understood it), pod_spec or daemonset (as asked for)."
      ),
    ])

  /// Reads the environment of the process, ipamd's answers, the runtime's containers, or objects.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    switch input.artifact {
    case .agentEnvironment:
      guard let document = try input.readJSON(&rows) else { return }
      readProcess(document, &rows)
    case let artifact where ContainerArtifact.inspected.contains(artifact):
      for document in try input.readJSONSequence(&rows) {
        for container in ContainerDocument.all(document) { read(container, &rows) }
      }
    case .networkSettings, .ipamdSettings:
      guard let document = try input.readJSON(&rows) else { return }
      readIntrospection(document, &rows)
    default:
      for object in try input.readObjects(&rows) { read(object, &rows) }
    }
  }

  private static func readProcess(_ document: JSONValue, _ rows: inout RowSink<Self>) {
    for variable in document["environment"]?.array ?? [] {
      guard let name = variable["name"]?.string else { continue }
      rows.append(
        Self(
          container: "aws-node", name: name, value: variable["value"]?.string,
          isRedacted: variable["redacted"]?.bool ?? false, origin: "process"),
        line: variable.object?.line)
    }
  }

  private static func readIntrospection(_ document: JSONValue, _ rows: inout RowSink<Self>) {
    guard let object = document.object, object["AvailableCommands"] == nil else {
      return rows.unreadable("the endpoint does not exist in this release", line: nil)
    }
    for (name, value) in object.members {
      let text: String? =
        switch value {
        case .array, .object: value.json
        default: value.scalarText
        }
      rows.append(
        Self(
          container: "aws-node", name: name, value: text, isRedacted: false,
          origin: "introspection"), line: object.line)
    }
  }

  private static func read(_ container: ContainerDocument, _ rows: inout RowSink<Self>) {
    for (name, value) in container.environment {
      append(
        Self(
          namespace: container.namespace, pod: container.pod,
          container: container.name ?? container.id, name: name, value: value, isRedacted: false,
          origin: "runtime", hasEnded: container.state == "exited",
          createdUs: container.createdUs), container.line, &rows)
    }
  }

  /// Only the cluster's own pods: what others are set up with is nobody's business here.
  private static func read(_ object: KubeObject, _ rows: inout RowSink<Self>) {
    guard object.podNamespace == "kube-system", KubeObject.workloads.contains(object.kind) else {
      return
    }
    let isPod = object.kind == "Pod"
    for container in object.containers {
      for variable in container.value["env"]?.items ?? [] {
        guard let key = variable["name"]?.string else { continue }
        // A variable without a value is empty, unless it is taken from another object.
        let value = variable["value"]?.scalarText ?? (variable["valueFrom"] == nil ? "" : nil)
        append(
          Self(
            namespace: object.namespace, pod: isPod ? object.name : nil,
            container: container.name, name: key, value: value, isRedacted: false,
            origin: isPod ? "pod_spec" : "daemonset"), variable.object?.line, &rows)
      }
    }
  }

  /// Withholds what the collector masked, and what it would have masked.
  private static func append(_ row: Self, _ line: Int?, _ rows: inout RowSink<Self>) {
    var row = row
    if let value = row.value, !value.isEmpty,
      value.hasPrefix("<redacted") || !AllowedSetting.mayShow(row.name)
    {
      row.value = nil
      row.isRedacted = true
    }
    rows.append(row, line: line)
  }
}

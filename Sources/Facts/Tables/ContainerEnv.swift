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

  /// The declaration of `container_env`.
  public static let schema = Schema<Self>(
    "container_env", "Settings of containers; those of aws-node from up to three places.",
    from: [.agentEnvironment, .networkSettings, .ipamdSettings, .nodePods],
    columns: [
      Column("namespace", \.namespace, "Namespace of the pod; NULL for a running process."),
      Column("pod", \.pod, "Name of the pod; NULL for a running process."),
      Column("container", \.container, "Name of the container; aws-node for ipamd's process."),
      Column("name", \.name, "Name of the variable."),
      Column("value", \.value, "Its value; NULL if it was masked or comes from elsewhere."),
      Column("is_redacted", \.isRedacted, "1 if the collector masked the value; else 0."),
      Column(
        "origin", \.origin,
        "process (in effect), introspection (as ipamd understood it) or pod_spec (as asked for)."),
    ])

  /// Reads the environment of the process, ipamd's answers, or the pods of kube-system.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    switch input.artifact {
    case .agentEnvironment: readProcess(document, &rows)
    case .nodePods: readPods(document, &rows)
    default: readIntrospection(document, &rows)
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

  private static func readPods(_ document: JSONValue, _ rows: inout RowSink<Self>) {
    for pod in Pod.list(document) where pod.namespace == "kube-system" {
      for (name, container) in pod.containers {
        for variable in container["env"]?.array ?? [] {
          guard let key = variable["name"]?.string else { continue }
          // A variable without a value is empty, unless it is taken from another object.
          let value = variable["value"]?.string ?? (variable["valueFrom"] == nil ? "" : nil)
          let isRedacted = value?.hasPrefix("<redacted") == true
          rows.append(
            Self(
              namespace: pod.namespace, pod: pod.name, container: name, name: key,
              value: isRedacted ? nil : value, isRedacted: isRedacted, origin: "pod_spec"),
            line: variable.object?.line)
        }
      }
    }
  }
}

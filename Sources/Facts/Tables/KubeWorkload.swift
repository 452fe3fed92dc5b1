import BundleModel

/// A DaemonSet or Deployment.
public struct KubeWorkload: FactTable {
  var object: KubeObject

  private func at(_ first: String, _ second: String) -> JSONValue? {
    object.value.at(first, second)
  }

  private func hasLabel(_ key: String, _ value: String) -> Bool {
    object.value.at("metadata", "labels", key)?.string == value
  }

  private var annotations: JSONObject? { at("metadata", "annotations")?.object }

  private var managers: [String] {
    (at("metadata", "managedFields")?.items ?? []).compactMap { $0["manager"]?.string }
  }

  /// The declaration of `kube_workload`.
  public static let schema = Schema<Self>(
    "kube_workload", "DaemonSets and Deployments of the cluster's own pods.",
    from: KubeArtifact.workloads,
    columns: [
      Column("kind", \.object.kind, "DaemonSet or Deployment."),
      Column("namespace", \.object.namespace, "Namespace."),
      Column("name", \.object.name, "Name."),
      Column(
        "uid", { $0.at("metadata", "uid")?.filledString }, "Unique id; new after a recreation."),
      Column(
        "created_us", { Timestamp.whole($0.at("metadata", "creationTimestamp")?.string) },
        "When it was created, in microseconds since 1970 UTC."),
      Column("generation", { $0.at("metadata", "generation")?.integer }, "Number of its changes."),
      Column(
        "update_strategy",
        { ($0.at("spec", "updateStrategy") ?? $0.at("spec", "strategy"))?["type"]?.filledString },
        "RollingUpdate, OnDelete or Recreate."),
      Column(
        "max_unavailable",
        {
          $0.object.value.at("spec", "updateStrategy", "rollingUpdate", "maxUnavailable")?
            .scalarText
        }, "How many pods may be replaced at once, as a number or percentage."),
      Column(
        "replicas", { $0.at("spec", "replicas")?.integer }, "Pods wanted; NULL for DaemonSets."),
      Column(
        "desired",
        { ($0.at("status", "desiredNumberScheduled") ?? $0.at("status", "replicas"))?.integer },
        "Pods that should run."),
      Column(
        "ready", { ($0.at("status", "numberReady") ?? $0.at("status", "readyReplicas"))?.integer },
        "Pods that are ready."),
      Column(
        "is_eks_managed", { row in row.hasManagedFields ? row.managers.contains("eks") : nil },
        "1 if the manager eks owns fields, so that it is a managed add-on; 0 if not; NULL if the owners are not shown."
      ),
      Column(
        "is_helm_managed",
        {
          $0.hasLabel("app.kubernetes.io/managed-by", "Helm")
            || $0.annotations?["meta.helm.sh/release-name"] != nil
            || $0.managers.contains("helm")
        }, "1 if Helm's marks are there; else 0."),
      Column(
        "has_last_applied",
        { $0.annotations?["kubectl.kubernetes.io/last-applied-configuration"] != nil },
        "1 if kubectl apply left its record; else 0."),
    ])

  private var hasManagedFields: Bool { at("metadata", "managedFields") != nil }

  /// Reads workloads in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows)
    where object.kind == "DaemonSet" || object.kind == "Deployment" {
      rows.append(Self(object: object), line: object.line)
    }
  }
}

/// A field of an object and who set it last.
public struct ManagedField: FactTable {
  var kind: String
  var namespace: String
  var name: String
  var entry: JSONValue
  var field: String

  /// The declaration of `managed_field`.
  public static let schema = Schema<Self>(
    "managed_field", "Fields of objects and who owns them.",
    from: KubeArtifact.workloads + [.agentServiceAccount, .agentConfigMap],
    columns: [
      Column("kind", \.kind, "Kind of the object."),
      Column("namespace", \.namespace, "Namespace of the object."),
      Column("name", \.name, "Name of the object."),
      Column("manager", { $0.entry["manager"]?.string ?? "" }, "Who owns the field, such as eks."),
      Column("operation", { $0.entry["operation"]?.filledString }, "Apply or Update."),
      Column(
        "subresource", { $0.entry["subresource"]?.filledString },
        "Part of the object, such as status; NULL for the object itself."),
      Column(
        "time_us", { Timestamp.whole($0.entry["time"]?.string) },
        "When the manager changed something last, in microseconds since 1970 UTC."),
      Column(
        "field", \.field,
        "Path such as spec.template.spec.containers[aws-node].env[WARM_ENI_TARGET].value."),
    ])

  /// Reads the owners; pods of the node have too many that mean nothing.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where object.kind != "Pod" {
      for entry in object.value.at("metadata", "managedFields")?.items ?? [] {
        let base = Self(
          kind: object.kind, namespace: object.namespace, name: object.name, entry: entry,
          field: "")
        base.add(entry["fieldsV1"], "", entry.object?.line, &rows)
      }
    }
  }

  private func add(
    _ value: JSONValue?, _ path: String, _ line: Int?, _ rows: inout RowSink<Self>
  ) {
    let members = (value?.object?.members ?? []).filter { $0.key != "." }
    if members.isEmpty, !path.isEmpty {
      var row = self
      row.field = path
      rows.append(row, line: line)
    }
    for (key, inner) in members where path.utf8.count < FactLimits.pathBytes {
      add(inner, Self.step(path, key), line, &rows)
    }
  }

  /// `f:name` is a field, `k:{"name":"x"}` an item by its key, `v:"x"` an item by its value.
  private static func step(_ path: String, _ key: String) -> String {
    let rest = String(key.dropFirst(2))
    if key.hasPrefix("f:") { return path.isEmpty ? rest : path + "." + rest }
    guard key.hasPrefix("k:"),
      let object = JSONReader.documents(Array(rest.utf8)[...]).values.first?.object
    else { return path + "[\(rest)]" }
    return path + "[" + object.members.compactMap(\.value.scalarText).joined(separator: ",") + "]"
  }
}

/// A service account.
public struct ServiceAccount: FactTable {
  var object: KubeObject

  private func annotation(_ key: String) -> String? {
    object.value.at("metadata", "annotations", key)?.filledString
  }

  /// The declaration of `service_account`.
  public static let schema = Schema<Self>(
    "service_account", "Service accounts and the roles that they name.",
    from: [.agentServiceAccount],
    columns: [
      Column("namespace", \.object.namespace, "Namespace."),
      Column("name", \.object.name, "Name."),
      Column(
        "role_arn", { $0.annotation("eks.amazonaws.com/role-arn") },
        "Role that its pods get through IRSA; NULL if none is named."),
      Column(
        "sts_regional", { $0.annotation("eks.amazonaws.com/sts-regional-endpoints") },
        "Whether the regional endpoint of STS is to be used; NULL if unset."),
      Column(
        "created_us",
        { Timestamp.whole($0.object.value.at("metadata", "creationTimestamp")?.string) },
        "When it was created, in microseconds since 1970 UTC."),
    ])

  /// Reads service accounts in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where object.kind == "ServiceAccount" {
      rows.append(Self(object: object), line: object.line)
    }
  }
}

/// A value of a ConfigMap.
public struct ConfigMapValue: FactTable {
  var object: KubeObject
  var key: String
  var value: String

  /// The declaration of `config_map_value`.
  public static let schema = Schema<Self>(
    "config_map_value", "Values of the ConfigMaps that the CNI and kube-proxy read.",
    from: [.agentConfigMap, .proxyConfiguration],
    columns: [
      Column("namespace", \.object.namespace, "Namespace of the ConfigMap."),
      Column("config_map", \.object.name, "Name of the ConfigMap."),
      Column(
        "key", \.key,
        "Key; for a value that is a YAML document of its own, with the names inside joined by dots."
      ),
      Column("value", \.value, "Value as text; lists as JSON."),
    ])

  /// Reads the data, and the YAML inside of it.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where object.kind == "ConfigMap" {
      for (key, value) in object.value["data"]?.object?.members ?? [] {
        guard let text = value.string else { continue }
        if text.contains("\n"), text.contains(":") {
          let inner = YAMLReader.documents(Array(text.utf8)[...]).values.first?.object
          add(inner, key, object, &rows)
          if inner != nil { continue }
        }
        rows.append(Self(object: object, key: key, value: text), line: object.line)
      }
    }
  }

  private static func add(
    _ inner: JSONObject?, _ path: String, _ object: KubeObject, _ rows: inout RowSink<Self>
  ) {
    for (key, value) in inner?.members ?? [] {
      let name = path + "." + key
      if let next = value.object, name.utf8.count < FactLimits.pathBytes {
        add(next, name, object, &rows)
      } else {
        rows.append(
          Self(object: object, key: name, value: value.scalarText ?? value.json),
          line: object.line)
      }
    }
  }
}

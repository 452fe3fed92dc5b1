import BundleModel

/// A pod of the node.
public struct Pod: FactTable {
  var object: KubeObject

  private var value: JSONValue { object.value }

  /// The declaration of `pod`.
  public static let schema = Schema<Self>(
    "pod", "Pods that are bound to the node.", from: [.nodePods],
    columns: [
      Column("namespace", \.object.podNamespace, "Namespace of the pod."),
      Column("name", \.object.name, "Name of the pod."),
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
        "veth_suffix", { SHA1.vethSuffix(namespace: $0.object.podNamespace, pod: $0.object.name) },
        "What its host interface is called behind its prefix, 11 hexadecimal digits."),
      Column(
        "priority_class", { $0.value["spec"]?["priorityClassName"]?.filledString },
        "Priority class; NULL without one."),
      Column(
        "dns_policy", { $0.value["spec"]?["dnsPolicy"]?.filledString },
        "ClusterFirst, Default and so on; NULL if not shown."),
      Column(
        "owner_kind", { $0.owner?["kind"]?.filledString }, "Kind of the object that made it."),
      Column(
        "owner_name", { $0.owner?["name"]?.filledString }, "Name of the object that made it."),
      Column(
        "started_us", { Timestamp.whole($0.value["status"]?["startTime"]?.string) },
        "When the kubelet took it, in microseconds since 1970 UTC."),
      Column(
        "deletion_us", { Timestamp.whole($0.value["metadata"]?["deletionTimestamp"]?.string) },
        "When it has to be gone if it is being deleted, microseconds since 1970 UTC; else NULL."),
      Column(
        "pod_eni", { $0.value.at("metadata", "annotations", "vpc.amazonaws.com/pod-eni")?.string },
        "Branch ENI of the pod as the controller wrote it, in JSON; NULL without one."),
    ])

  private var owner: JSONValue? { value.at("metadata", "ownerReferences")?.items.first }

  private var isReady: Bool? {
    let conditions = value.at("status", "conditions")?.items ?? []
    return conditions.first { $0["type"]?.string == "Ready" }?["status"]?.string
      .map { $0 == "True" }
  }

  /// Reads pods in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where object.kind == "Pod" {
      rows.append(Self(object: object), line: object.line)
    }
  }
}

/// A probe of a container.
public struct PodProbe: FactTable {
  var kindOfOwner: String
  var namespace: String
  var pod: String
  var container: String
  var probe: String
  var value: JSONValue

  private func number(_ key: String, _ unset: Int64) -> Int64 { value[key]?.integer ?? unset }

  private var words: [String] { (value.at("exec", "command")?.items ?? []).compactMap(\.string) }

  private static let kinds = [
    ("exec", "exec"), ("httpGet", "http"), ("tcpSocket", "tcp"), ("grpc", "grpc"),
  ]

  /// The declaration of `pod_probe`.
  public static let schema = Schema<Self>(
    "pod_probe", "Probes of the node's containers.", from: KubeArtifact.pods,
    columns: probeColumns)

  static let probeColumns: [Column<Self>] = [
    Column("namespace", \.namespace, "Namespace of the pod."),
    Column("pod", \.pod, "Name of the pod."),
    Column("container", \.container, "Name of the container."),
    Column("probe", \.probe, "liveness, readiness or startup."),
    Column(
      "kind", { row in kinds.first { row.value[$0.0] != nil }?.1 }, "exec, http, tcp or grpc."),
    Column(
      "command", { $0.value.at("exec", "command")?.json },
      "Command and arguments as a JSON array; NULL unless exec."),
    Column(
      "timeout_s", { $0.number("timeoutSeconds", 1) },
      "Seconds until it counts as failed; 1 if unset."),
    Column(
      "period_s", { $0.number("periodSeconds", 10) }, "Seconds between two probes; 10 if unset."),
    Column(
      "failure_threshold", { $0.number("failureThreshold", 3) },
      "Failures in a row that count; 3 if unset."),
    Column(
      "initial_delay_s", { $0.number("initialDelaySeconds", 0) },
      "Seconds before the first probe; 0 if unset."),
    Column(
      "connect_timeout_s",
      { argument("connect-timeout", $0.words).flatMap { GoDuration.seconds($0) } },
      "Seconds of -connect-timeout; NULL if absent."),
    Column(
      "rpc_timeout_s", { argument("rpc-timeout", $0.words).flatMap { GoDuration.seconds($0) } },
      "Seconds of -rpc-timeout; NULL if absent."),
    Column(
      "address", { argument("addr", $0.words).map { String($0) } },
      "What -addr asks: :50051 or unix:///var/run/aws-node/ipamd.sock; NULL if absent."),
  ]

  /// Reads pods in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where object.kind == "Pod" {
      for row in all(of: object) { rows.append(row, line: row.value.object?.line) }
    }
  }

  /// The probes of every container of an object.
  static func all(of object: KubeObject) -> [Self] {
    object.containers.flatMap { container in
      ["liveness", "readiness", "startup"].compactMap { probe in
        guard let value = container.value[probe + "Probe"], value.object != nil else { return nil }
        return Self(
          kindOfOwner: object.kind, namespace: object.podNamespace, pod: object.name,
          container: container.name, probe: probe, value: value)
      }
    }
  }

  /// The value of `-name=5s`, `--name=5s` or `-name 5s`.
  private static func argument(_ name: String, _ words: [String]) -> Substring? {
    for (index, word) in words.enumerated() {
      let bare = word.drop { $0 == "-" }
      if bare.hasPrefix(name + "=") { return bare.dropFirst(name.count + 1) }
      if bare == name, index + 1 < words.count { return words[index + 1][...] }
    }
    return nil
  }
}

/// A probe that a workload gives its pods.
public struct WorkloadProbe: FactTable {
  var probe: PodProbe

  /// The declaration of `workload_probe`.
  public static let schema = Schema<Self>(
    "workload_probe", "Probes that DaemonSets and Deployments give their pods.",
    from: [.agentDaemonSet, .proxyDaemonSet, .coreDNS],
    columns: [Column("kind", \.probe.kindOfOwner, "DaemonSet or Deployment.")]
      + PodProbe.probeColumns.map { column in
        let name = column.description.name
        return column.mapped(name == "pod" ? "name" : name == "kind" ? "method" : name) {
          $0.probe
        }
      })

  /// Reads workloads in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows)
    where object.kind == "DaemonSet" || object.kind == "Deployment" {
      for probe in PodProbe.all(of: object) {
        rows.append(Self(probe: probe), line: probe.value.object?.line)
      }
    }
  }
}

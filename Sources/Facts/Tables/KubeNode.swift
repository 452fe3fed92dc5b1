import BundleModel

/// A node as Kubernetes knows it.
public struct KubeNode: FactTable {
  var object: KubeObject

  private var info: JSONValue? { object.value.at("status", "nodeInfo") }
  private var labels: JSONValue? { object.value.at("metadata", "labels") }
  private var provider: String? { object.value.at("spec", "providerID")?.filledString }

  var capacityPods: Int64? { object.value.at("status", "capacity", "pods")?.integer }
  var allocatablePods: Int64? { object.value.at("status", "allocatable", "pods")?.integer }

  private func label(_ names: String...) -> String? {
    names.lazy.compactMap { labels?[$0]?.filledString }.first
  }

  private func address(_ type: String) -> String? {
    object.value.at("status", "addresses")?.items.first { $0["type"]?.string == type }?["address"]?
      .filledString
  }

  /// The declaration of `kube_node`.
  public static let schema = Schema<Self>(
    "kube_node", "Nodes as Kubernetes knows them.", from: KubeArtifact.nodes,
    columns: [
      Column("name", \.object.name, "Name of the node."),
      Column("provider_id", \.provider, "Instance in the words of the cloud provider."),
      Column(
        "instance_id", { $0.provider?.split(separator: "/").last.map { String($0) } },
        "Id of the instance."),
      Column(
        "instance_type",
        { $0.label("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type") },
        "Type of the instance by label."),
      Column(
        "zone",
        { $0.label("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone") },
        "Availability zone by label."),
      Column("internal_ip", { $0.address("InternalIP") }, "Address of the node."),
      Column("kubelet_version", { $0.info?["kubeletVersion"]?.filledString }, "vX.Y.Z-eks-…."),
      Column("kernel", { $0.info?["kernelVersion"]?.filledString }, "Release of the kernel."),
      Column("os_image", { $0.info?["osImage"]?.filledString }, "Operating system in words."),
      Column(
        "runtime", { $0.info?["containerRuntimeVersion"]?.filledString },
        "Container runtime with its version, such as containerd://1.7.11."),
      Column(
        "unschedulable", { $0.object.value.at("spec", "unschedulable")?.bool ?? false },
        "1 if it is cordoned; else 0."),
      Column("capacity_pods", \.capacityPods, "Pods that the kubelet says it can hold."),
      Column("allocatable_pods", \.allocatablePods, "Pods that the scheduler may put there."),
      Column(
        "allocatable_pod_eni",
        { $0.object.value.at("status", "allocatable", "vpc.amazonaws.com/pod-eni")?.integer },
        "Branch ENIs for pods with security groups of their own; NULL if the node offers none."),
      Column(
        "allocatable_cpu_m",
        { Quantity.millicores($0.object.value.at("status", "allocatable", "cpu")?.scalarText) },
        "Processors for pods, in thousandths."),
      Column(
        "created_us",
        { Timestamp.whole($0.object.value.at("metadata", "creationTimestamp")?.string) },
        "When the node joined, in microseconds since 1970 UTC."),
    ])

  /// Reads nodes in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where object.kind == "Node" {
      rows.append(Self(object: object), line: object.line)
    }
  }
}

/// A condition of a node or pod.
public struct KubeCondition: FactTable {
  var kind: String
  var namespace: String
  var name: String
  var value: JSONValue

  /// The declaration of `kube_condition`.
  public static let schema = Schema<Self>(
    "kube_condition", "Conditions of nodes and pods.", from: KubeArtifact.nodes + KubeArtifact.pods,
    columns: [
      Column("kind", \.kind, "Node or Pod."),
      Column("namespace", \.namespace, "Namespace of the pod; empty for nodes."),
      Column("name", \.name, "Name of the node or pod."),
      Column("type", { $0.value["type"]?.string ?? "" }, "Ready, MemoryPressure and so on."),
      Column("status", { $0.value["status"]?.filledString }, "True, False or Unknown."),
      Column("reason", { $0.value["reason"]?.filledString }, "Reason in one word."),
      Column("message", { $0.value["message"]?.filledString }, "Reason in words."),
      Column(
        "changed_us", { Timestamp.whole($0.value["lastTransitionTime"]?.string) },
        "When the status changed last, in microseconds since 1970 UTC."),
    ])

  /// Reads the conditions of each object.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where ["Node", "Pod"].contains(object.kind) {
      for condition in object.value.at("status", "conditions")?.items ?? [] {
        rows.append(
          Self(
            kind: object.kind, namespace: object.namespace, name: object.name, value: condition),
          line: condition.object?.line)
      }
    }
  }
}

/// A taint of a node, or a toleration of a pod.
public struct KubeTaint: FactTable {
  var kind: String
  var namespace: String
  var name: String
  var value: JSONValue

  /// The declaration of `kube_taint`.
  public static let schema = Schema<Self>(
    "kube_taint", "Taints of nodes and tolerations of pods and workloads.",
    from: KubeArtifact.nodes + KubeArtifact.workloads,
    columns: [
      Column("kind", \.kind, "Node for a taint; Pod, DaemonSet or Deployment for a toleration."),
      Column("namespace", \.namespace, "Namespace; empty for nodes."),
      Column("name", \.name, "Name of the object."),
      Column("key", { $0.value["key"]?.filledString }, "Key; NULL for every key."),
      Column("operator", { $0.value["operator"]?.filledString }, "Exists or Equal; NULL if unset."),
      Column("value", { $0.value["value"]?.filledString }, "Value; NULL without one."),
      Column(
        "effect", { $0.value["effect"]?.filledString },
        "NoSchedule, PreferNoSchedule or NoExecute; NULL for every effect."),
      Column(
        "seconds", { $0.value["tolerationSeconds"]?.integer },
        "How long it is tolerated, if bounded."),
    ])

  /// Reads taints and tolerations.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) {
      let values =
        object.kind == "Node"
        ? object.value.at("spec", "taints")
        : KubeObject.workloads.contains(object.kind) ? object.podSpec?["tolerations"] : nil
      for value in values?.items ?? [] {
        rows.append(
          Self(kind: object.kind, namespace: object.namespace, name: object.name, value: value),
          line: value.object?.line)
      }
    }
  }
}

/// A label or annotation of an object that matters to the network.
public struct KubeLabel: FactTable {
  var kind: String
  var namespace: String
  var name: String
  var type: String
  var key: String
  var value: String?

  /// The declaration of `kube_label`.
  public static let schema = Schema<Self>(
    "kube_label",
    "Labels and annotations of nodes, pods, workloads, service accounts and ENIConfigs.",
    from: KubeArtifact.nodes + KubeArtifact.workloads
      + [.agentServiceAccount, .eniConfigs, .agentConfigMap],
    columns: [
      Column("kind", \.kind, "Kind of the object."),
      Column("namespace", \.namespace, "Namespace; empty for objects of the cluster."),
      Column("name", \.name, "Name of the object."),
      Column("type", \.type, "label or annotation."),
      Column("key", \.key, "Key."),
      Column(
        "value", \.value,
        "Value; NULL if it was masked, and for annotations that hold a copy of the object."),
    ])

  private static let copy = "kubectl.kubernetes.io/last-applied-configuration"

  /// Reads both maps of each object.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) {
      for (field, type) in [("labels", "label"), ("annotations", "annotation")] {
        let map = object.value.at("metadata", field)?.object
        for (key, value) in map?.members ?? [] {
          let text = value.scalarText
          let isHidden = key == copy || text?.hasPrefix("<redacted") == true
          rows.append(
            Self(
              kind: object.kind, namespace: object.namespace, name: object.name, type: type,
              key: key, value: isHidden ? nil : text), line: map?.line)
        }
      }
    }
  }
}

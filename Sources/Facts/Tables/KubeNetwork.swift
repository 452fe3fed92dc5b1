import BundleModel

/// Subnet and security groups of custom networking.
public struct ENIConfig: FactTable {
  var object: KubeObject

  /// The declaration of `eni_config`.
  public static let schema = Schema<Self>(
    "eni_config", "ENIConfigs: subnet and security groups of custom networking.",
    from: [.eniConfigs],
    columns: [
      Column("name", \.object.name, "Name, usually that of an availability zone."),
      Column(
        "subnet", { $0.object.value.at("spec", "subnet")?.filledString }, "Subnet for pods."),
      Column(
        "security_groups",
        { $0.object.value.at("spec", "securityGroups")?.array.map { JSONValue.array($0).json } },
        "Security groups as a JSON array; NULL means those of the primary ENI."),
    ])

  /// Reads ENIConfigs in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where object.kind == "ENIConfig" {
      rows.append(Self(object: object), line: object.line)
    }
  }
}

/// A feature of a node for the resource controller.
public struct CNINodeFeature: FactTable {
  var node: String
  var feature: String?
  var value: String?

  /// The declaration of `cni_node_feature`.
  public static let schema = Schema<Self>(
    "cni_node_feature", "Features that the CNI announces for nodes in CNINode objects.",
    from: [.cniNodes],
    columns: [
      Column("node", \.node, "Name of the node."),
      Column(
        "feature", \.feature,
        "SecurityGroupsForPods or CustomNetworking; NULL for a node without features."),
      Column("value", \.value, "Value of the feature, such as the name of an ENIConfig."),
    ])

  /// Reads CNINodes in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where object.kind == "CNINode" {
      let features = object.value.at("spec", "features")?.items ?? []
      if features.isEmpty { rows.append(Self(node: object.name), line: object.line) }
      for feature in features {
        rows.append(
          Self(
            node: object.name, feature: feature["name"]?.filledString,
            value: feature["value"]?.filledString), line: feature.object?.line)
      }
    }
  }
}

/// Which pods get security groups of their own.
public struct SecurityGroupPolicy: FactTable {
  var object: KubeObject

  private func json(_ keys: String...) -> String? {
    var value: JSONValue? = object.value["spec"]
    for key in keys { value = value?[key] }
    return value?.json
  }

  /// The declaration of `security_group_policy`.
  public static let schema = Schema<Self>(
    "security_group_policy", "Policies that give pods security groups of their own.",
    from: [.securityGroupPolicies],
    columns: [
      Column("namespace", \.object.namespace, "Namespace of the pods."),
      Column("name", \.object.name, "Name of the policy."),
      Column("groups", { $0.json("securityGroups", "groupIds") }, "Ids as a JSON array."),
      Column("pod_selector", { $0.json("podSelector") }, "Selector of pods as JSON; else NULL."),
      Column(
        "service_account_selector", { $0.json("serviceAccountSelector") },
        "Selector of service accounts as JSON; else NULL."),
    ])

  /// Reads policies in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where object.kind == "SecurityGroupPolicy" {
      rows.append(Self(object: object), line: object.line)
    }
  }
}

/// A network policy as its author wrote it, or as the agents on the nodes get it.
public struct NetworkPolicy: FactTable {
  var object: KubeObject

  private func json(_ key: String) -> String? { object.value.at("spec", key)?.json }

  /// The declaration of `network_policy`.
  public static let schema = Schema<Self>(
    "network_policy", "Network policies, and the PolicyEndpoints that are made of them.",
    from: [.networkPolicies, .policyEndpoints],
    columns: [
      Column("kind", \.object.kind, "NetworkPolicy or PolicyEndpoint."),
      Column("namespace", \.object.namespace, "Namespace."),
      Column("name", \.object.name, "Name of the object."),
      Column(
        "policy",
        { row in
          row.object.kind == "NetworkPolicy"
            ? row.object.name : row.object.value.at("spec", "policyRef", "name")?.filledString
        }, "Name of the policy that it belongs to."),
      Column("pod_selector", { $0.json("podSelector") }, "Selector of pods as JSON."),
      Column(
        "types", { $0.json("policyTypes") ?? $0.json("podIsolation") },
        "Directions that it isolates, as a JSON array."),
      Column("ingress", { $0.json("ingress") }, "Rules for what comes in, as JSON."),
      Column("egress", { $0.json("egress") }, "Rules for what goes out, as JSON."),
    ])

  /// Reads both kinds in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows)
    where object.kind == "NetworkPolicy" || object.kind == "PolicyEndpoint" {
      rows.append(Self(object: object), line: object.line)
    }
  }
}

/// A pod that a network policy selects.
public struct PolicyEndpointPod: FactTable {
  var object: KubeObject
  var value: JSONValue

  /// The declaration of `policy_endpoint_pod`.
  public static let schema = Schema<Self>(
    "policy_endpoint_pod", "Pods that network policies select, by PolicyEndpoints.",
    from: [.policyEndpoints],
    columns: [
      Column("policy_endpoint", \.object.name, "Name of the PolicyEndpoint."),
      Column("namespace", { $0.value["namespace"]?.string ?? "" }, "Namespace of the pod."),
      Column("pod", { $0.value["name"]?.string ?? "" }, "Name of the pod."),
      Column("pod_address", { $0.value["podIP"]?.filledString }, "Address of the pod."),
      Column("host_address", { $0.value["hostIP"]?.filledString }, "Address of its node."),
    ])

  /// Reads PolicyEndpoints in every form.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for object in try input.readObjects(&rows) where object.kind == "PolicyEndpoint" {
      for value in object.value.at("spec", "podSelectorEndpoints")?.items ?? [] {
        guard value.object != nil else { continue }
        rows.append(Self(object: object, value: value), line: value.object?.line)
      }
    }
  }
}

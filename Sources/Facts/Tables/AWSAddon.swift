import BundleModel

/// An add-on of EKS.
public struct AWSAddon: FactTable {
  var value: JSONValue

  /// The declaration of `aws_addon`.
  public static let schema = Schema<Self>(
    "aws_addon", "Add-ons of EKS as it describes them.", from: [.awsAddon],
    columns: [
      Column("name", { $0.value["addonName"]?.string ?? "" }, "Name, such as vpc-cni."),
      Column("cluster", { $0.value["clusterName"]?.filledString }, "Name of the cluster."),
      Column("version", { $0.value["addonVersion"]?.filledString }, "vX.Y.Z-eksbuild.N."),
      Column("status", { $0.value["status"]?.filledString }, "ACTIVE, DEGRADED and so on."),
      Column(
        "role_arn", { $0.value["serviceAccountRoleArn"]?.filledString },
        "Role that it gives its service account; NULL without one."),
      Column(
        "pod_identity_associations",
        { $0.value["podIdentityAssociations"]?.array.map { JSONValue.array($0).json } },
        "Associations of Pod Identity as a JSON array; NULL without one."),
      Column(
        "health_issues",
        { $0.value.at("health", "issues")?.array.map { JSONValue.array($0).json } },
        "What EKS complains about, as a JSON array."),
      Column(
        "configuration", { $0.value["configurationValues"]?.filledString },
        "Configuration values as they were given, in JSON or YAML; NULL without any."),
      Column(
        "created_us", { Timestamp.whole($0.value["createdAt"]?.string) },
        "When it was made, in microseconds since 1970 UTC."),
      Column(
        "modified_us", { Timestamp.whole($0.value["modifiedAt"]?.string) },
        "When it was changed last, in microseconds since 1970 UTC."),
    ])

  /// Reads `aws eks describe-addon`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readConfiguration(&rows) else { return }
    guard let addon = document["addon"], addon["addonName"]?.filledString != nil else {
      return rows.unreadable("not the description of an add-on", line: document.object?.line)
    }
    rows.append(Self(value: addon), line: addon.object?.line)
  }
}

/// A configuration value of an add-on.
public struct AddonSetting: FactTable {
  var addon: String
  var key: String
  var value: String

  /// The declaration of `addon_setting`.
  public static let schema = Schema<Self>(
    "addon_setting", "Configuration values of add-ons, which survive an update.",
    from: [.awsAddon],
    columns: [
      Column("addon", \.addon, "Name of the add-on."),
      Column("key", \.key, "Names from the top, joined by dots, such as env.WARM_IP_TARGET."),
      Column("value", \.value, "Scalar as text, a list as JSON."),
    ])

  /// Reads the values inside of `aws eks describe-addon`, in JSON or YAML.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let addon = try input.readConfiguration(&rows)?["addon"],
      let text = addon["configurationValues"]?.filledString
    else { return }
    let bytes = Array(text.utf8)[...]
    let values =
      KubeText(bytes) == .json
      ? JSONReader.documents(bytes).values : YAMLReader.documents(bytes).values
    guard let object = values.last?.object else {
      return rows.unreadable(
        "configuration values are neither JSON nor YAML", line: addon.object?.line)
    }
    add(object, "", addon["addonName"]?.string ?? "", addon.object?.line, &rows)
  }

  private static func add(
    _ object: JSONObject, _ prefix: String, _ addon: String, _ line: Int?,
    _ rows: inout RowSink<Self>
  ) {
    for (key, value) in object.members {
      let name = prefix + key
      if let inner = value.object, !inner.members.isEmpty,
        name.utf8.count < FactLimits.pathBytes
      {
        add(inner, name + ".", addon, line, &rows)
      } else {
        rows.append(
          Self(addon: addon, key: name, value: value.scalarText ?? value.json), line: line)
      }
    }
  }
}

/// A version of an add-on that goes with a version of Kubernetes.
public struct AddonVersion: FactTable {
  var version: String
  var cluster: String
  var isDefault: Bool

  /// The declaration of `addon_version`.
  public static let schema = Schema<Self>(
    "addon_version", "Versions of the CNI's add-on and versions of Kubernetes that go together.",
    from: [.awsAddonVersions],
    columns: [
      Column("version", \.version, "Version of the add-on."),
      Column("cluster_version", \.cluster, "Version of Kubernetes, such as 1.31."),
      Column("is_default", \.isDefault, "1 if EKS takes it by default there; else 0."),
    ])

  /// Reads the whole answer of `aws eks describe-addon-versions`, or the short form that the
  /// collector asks for.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSONSequence(&rows).last else { return }
    let versions =
      document.array
      ?? (document["addons"]?.items ?? []).flatMap { $0["addonVersions"]?.items ?? [] }
    for value in versions {
      guard let version = value["addonVersion"]?.filledString else { continue }
      let defaults = Set((value["defaultFor"]?.items ?? []).compactMap(\.string))
      for cluster in (value["clusterVersions"]?.items ?? []).compactMap(\.string) {
        rows.append(
          Self(version: version, cluster: cluster, isDefault: defaults.contains(cluster)),
          line: value.object?.line)
      }
      for pair in value["compatibilities"]?.items ?? [] {
        guard let cluster = pair["clusterVersion"]?.filledString else { continue }
        rows.append(
          Self(
            version: version, cluster: cluster, isDefault: pair["defaultVersion"]?.bool ?? false),
          line: pair.object?.line)
      }
    }
  }
}

/// A property of the cluster as EKS describes it.
public struct AWSCluster: FactTable {
  var value: JSONValue

  private func text(_ first: String, _ second: String) -> String? {
    value.at(first, second)?.filledString
  }

  /// The declaration of `aws_cluster`.
  public static let schema = Schema<Self>(
    "aws_cluster", "The cluster as EKS describes it.", from: [.awsCluster],
    columns: [
      Column("name", { $0.value["name"]?.string ?? "" }, "Name."),
      Column("version", { $0.value["version"]?.filledString }, "Version of Kubernetes."),
      Column("platform_version", { $0.value["platformVersion"]?.filledString }, "eks.N."),
      Column("endpoint", { $0.value["endpoint"]?.filledString }, "Address of the API server."),
      Column(
        "oidc_issuer", { $0.value.at("identity", "oidc", "issuer")?.filledString },
        "Issuer of its tokens, which IRSA needs."),
      Column(
        "ip_family", { $0.text("kubernetesNetworkConfig", "ipFamily") }, "ipv4 or ipv6."),
      Column(
        "service_cidr",
        {
          $0.text("kubernetesNetworkConfig", "serviceIpv4Cidr")
            ?? $0.text("kubernetesNetworkConfig", "serviceIpv6Cidr")
        }, "Block of the addresses of services."),
      Column("vpc", { $0.text("resourcesVpcConfig", "vpcId") }, "Id of the VPC."),
      Column(
        "subnets", { $0.value.at("resourcesVpcConfig", "subnetIds")?.json },
        "Subnets of the control plane as a JSON array."),
      Column(
        "security_group", { $0.text("resourcesVpcConfig", "clusterSecurityGroupId") },
        "Security group that EKS made for the cluster."),
      Column("role_arn", { $0.value["roleArn"]?.filledString }, "Role of the control plane."),
      Column(
        "is_auto_mode", { $0.value.at("computeConfig", "enabled")?.bool },
        "1 if EKS Auto Mode runs the nodes; NULL if not shown."),
    ])

  /// Reads `aws eks describe-cluster`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readConfiguration(&rows) else { return }
    guard let cluster = document["cluster"], cluster["name"]?.filledString != nil else {
      return rows.unreadable("not the description of a cluster", line: document.object?.line)
    }
    rows.append(Self(value: cluster), line: cluster.object?.line)
  }
}

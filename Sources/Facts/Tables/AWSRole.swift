import BundleModel

/// A role that the CNI or its nodes can have, by the association of a service account.
public struct PodIdentityAssociation: FactTable {
  var value: JSONValue

  /// The declaration of `pod_identity_association`.
  public static let schema = Schema<Self>(
    "pod_identity_association", "Associations of Pod Identity.",
    from: [.awsPodIdentities, .awsPodIdentityDetails],
    columns: [
      Column("id", { $0.value["associationId"]?.string ?? "" }, "Id of the association."),
      Column("namespace", { $0.value["namespace"]?.filledString }, "Namespace."),
      Column("service_account", { $0.value["serviceAccount"]?.filledString }, "Service account."),
      Column(
        "role_arn", { $0.value["roleArn"]?.filledString },
        "Role that its pods get; NULL in lists, which leave it out."),
      Column(
        "created_us", { Timestamp.whole($0.value["createdAt"]?.string) },
        "When it was made, in microseconds since 1970 UTC; NULL in lists."),
    ])

  /// Reads the list, or the description of one.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for document in try input.readJSONSequence(&rows) {
      let values = document["associations"]?.items ?? document["association"].map { [$0] } ?? []
      for value in values where value["associationId"]?.filledString != nil {
        rows.append(Self(value: value), line: value.object?.line)
      }
    }
  }
}

/// A policy of a role.
public struct RolePolicy: FactTable {
  var role: String
  var kind: String
  var name: String
  var arn: String?

  /// The declaration of `role_policy`.
  public static let schema = Schema<Self>(
    "role_policy", "Policies of the roles of nodes and CNI.",
    from: [.awsRolePolicies, .awsInlinePolicies],
    columns: [
      Column("role", \.role, "Name of the role, by the name of the file."),
      Column("kind", \.kind, "attached for a managed policy, inline for one of the role alone."),
      Column("policy", \.name, "Name of the policy, such as AmazonEKS_CNI_Policy."),
      Column("policy_arn", \.arn, "ARN; NULL for an inline policy."),
    ])

  /// Reads `aws iam list-attached-role-policies` and `list-role-policies`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let file = input.fileName
    let role = file.hasSuffix(".json") ? String(file.dropLast(5)) : file
    for document in try input.readJSONSequence(&rows) {
      for policy in document["AttachedPolicies"]?.items ?? [] {
        guard let name = policy["PolicyName"]?.filledString else { continue }
        rows.append(
          Self(role: role, kind: "attached", name: name, arn: policy["PolicyArn"]?.filledString),
          line: policy.object?.line)
      }
      for name in (document["PolicyNames"]?.items ?? []).compactMap(\.filledString) {
        rows.append(Self(role: role, kind: "inline", name: name), line: document.object?.line)
      }
    }
  }
}

/// A statement that lets somebody take a role.
public struct RoleTrust: FactTable {
  var role: String
  var effect: String?
  var principalType: String?
  var principal: String
  var actions: String?
  var conditions: String?

  /// The declaration of `role_trust`.
  public static let schema = Schema<Self>(
    "role_trust", "Who may take the roles of nodes and CNI.", from: [.awsRoles],
    columns: [
      Column("role", \.role, "Name of the role."),
      Column("effect", \.effect, "Allow or Deny."),
      Column("principal_type", \.principalType, "Service, Federated, AWS; NULL for everybody."),
      Column(
        "principal", \.principal,
        "ec2.amazonaws.com, pods.eks.amazonaws.com, ARN of an OIDC provider and so on."),
      Column("actions", \.actions, "Actions as JSON, such as sts:AssumeRoleWithWebIdentity."),
      Column("conditions", \.conditions, "Conditions as JSON, such as subject and audience."),
    ])

  /// Reads `aws iam get-role`; the policy may stand there as JSON, or as text with JSON inside.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for document in try input.readJSONSequence(&rows) {
      guard let role = document["Role"], let name = role["RoleName"]?.filledString else {
        rows.unreadable("not the description of a role", line: document.object?.line)
        continue
      }
      var policy = role["AssumeRolePolicyDocument"]
      if let text = policy?.string {
        policy = JSONReader.documents(Array(text.utf8)[...]).values.last
      }
      let statements = policy?["Statement"]
      for statement in statements?.array ?? (statements.map { [$0] } ?? []) {
        for (type, principal) in principals(statement["Principal"]) {
          rows.append(
            Self(
              role: name, effect: statement["Effect"]?.filledString, principalType: type,
              principal: principal, actions: statement["Action"]?.json,
              conditions: statement["Condition"]?.json),
            line: statement.object?.line ?? role.object?.line)
        }
      }
    }
  }

  private static func principals(_ value: JSONValue?) -> [(String?, String)] {
    if let text = value?.filledString { return [(nil, text)] }
    return (value?.object?.members ?? []).flatMap { type, value in
      (value.array ?? [value]).compactMap { $0.filledString.map { (type, $0) } }
    }
  }
}

/// An instance profile and its role.
public struct InstanceProfile: FactTable {
  var profile: String
  var role: String
  var roleARN: String?

  /// The declaration of `instance_profile`.
  public static let schema = Schema<Self>(
    "instance_profile", "Instance profiles of nodes and their roles.",
    from: [.awsInstanceProfiles],
    columns: [
      Column("profile", \.profile, "Name of the profile."),
      Column("role", \.role, "Name of its role."),
      Column("role_arn", \.roleARN, "ARN of its role."),
    ])

  /// Reads `aws iam get-instance-profile`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for document in try input.readJSONSequence(&rows) {
      guard let profile = document["InstanceProfile"],
        let name = profile["InstanceProfileName"]?.filledString
      else {
        rows.unreadable("not an instance profile", line: document.object?.line)
        continue
      }
      for role in profile["Roles"]?.items ?? [] {
        guard let own = role["RoleName"]?.filledString else { continue }
        rows.append(
          Self(profile: name, role: own, roleARN: role["Arn"]?.filledString),
          line: role.object?.line)
      }
    }
  }
}

/// Where the CNI's permissions in EC2 come from, as the node sees it.
public struct CNIIdentityEvidence: FactTable {
  var value: JSONValue

  private func token(_ key: String) -> JSONValue? {
    (value["web_identity"] ?? value["container"])?.at("token", key)
  }

  /// The declaration of `cni_identity`.
  public static let schema = Schema<Self>(
    "cni_identity", "Where the running CNI gets its permissions in EC2 from.",
    from: [.cniIdentity],
    columns: [
      Column(
        "in_effect", { $0.value["in_effect"]?.string ?? "unknown" },
        "web_identity (IRSA), container (Pod Identity), static_keys, instance_role or unknown."),
      Column(
        "role_arn", { $0.value.at("web_identity", "role_arn")?.filledString }, "Role of IRSA."),
      Column(
        "credentials_uri", { $0.value.at("container", "credentials_uri")?.filledString },
        "Where Pod Identity is asked."),
      Column(
        "token_file",
        { ($0.value["web_identity"] ?? $0.value["container"])?["token_file"]?.filledString },
        "File of the token that is shown for the role."),
      Column("token_issuer", { $0.token("issuer")?.filledString }, "Who issued the token."),
      Column("token_audience", { $0.token("audience")?.json }, "For whom, as a JSON array."),
      Column(
        "token_expires_us", { Timestamp.whole($0.token("expires_at")?.string) },
        "Until when it is valid, in microseconds since 1970 UTC."),
      Column(
        "token_problem", { $0.token("reason")?.filledString },
        "Why nothing is known of the token; NULL if its claims were read."),
      Column(
        "static_credentials", { $0.value["static_credentials"]?.json },
        "Names of variables that hold static credentials, as a JSON array."),
      Column(
        "agent_started_us", { Timestamp.whole($0.value.at("agent", "started_at")?.string) },
        "When the address manager was started, in microseconds since 1970 UTC."),
      Column(
        "instance_profile_arn", { $0.value.at("instance_profile", "arn")?.filledString },
        "Profile of the node's own role."),
      Column(
        "instance_profile_status", { $0.value.at("instance_profile", "status")?.filledString },
        "ok, missing, or how asking for it failed."),
    ])

  /// Reads the collector's evidence.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    guard document["in_effect"] != nil else {
      return rows.unreadable("no evidence of an identity", line: document.object?.line)
    }
    rows.append(Self(value: document), line: document.object?.line)
  }
}

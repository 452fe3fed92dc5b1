import BundleModel

/// The values that commands are filled with: what the user named, and what answers told since.
struct ClusterValues: Sendable {
  private var values: [ClusterMark: [String]] = [:]

  init(_ target: ClusterTarget) {
    add(target.clusterName.map { [$0] } ?? [], to: .cluster)
    add(target.nodes, to: .node)
    add(target.instances, to: .instances)
  }

  subscript(mark: ClusterMark) -> [String] { values[mark] ?? [] }

  /// Takes values over; those of a wrong form, repeated ones, and those beyond the limit don't count.
  mutating func add(_ new: [String], to mark: ClusterMark) {
    for value in new where mark.accepts(value) && !self[mark].contains(value) {
      guard self[mark].count < mark.limit else { return }
      values[mark, default: []].append(value)
    }
  }

  /// Where answers hold values for later commands. `*` stands for every element of a list; of a path
  /// or an ARN the last part counts.
  private static let sources: [ArtifactID: [(mark: ClusterMark, path: [String])]] = [
    .namedNodes: [(.instances, ["spec", "providerID"])],
    .agentServiceAccount: [(.role, ["metadata", "annotations", "eks.amazonaws.com/role-arn"])],
    .eniConfigs: [(.subnets, ["items", "*", "spec", "subnet"])],
    .awsCluster: [(.subnets, ["cluster", "resourcesVpcConfig", "subnetIds", "*"])],
    .awsAddon: [(.role, ["addon", "serviceAccountRoleArn"])],
    .awsPodIdentities: [(.association, ["associations", "*", "associationId"])],
    .awsPodIdentityDetails: [(.role, ["association", "roleArn"])],
    .awsInstances: [
      (.profile, ["Reservations", "*", "Instances", "*", "IamInstanceProfile", "Arn"]),
      (.subnets, ["Reservations", "*", "Instances", "*", "SubnetId"]),
    ],
    .awsInterfaces: [(.subnets, ["NetworkInterfaces", "*", "SubnetId"])],
    .awsInstanceProfiles: [(.role, ["InstanceProfile", "Roles", "*", "RoleName"])],
  ]

  /// Whether an answer to this item can hold values.
  static func isSource(_ id: ArtifactID) -> Bool { sources[id] != nil }

  /// Takes over what an answer holds.
  mutating func learn(from answer: JSONTree, to id: ArtifactID) {
    for (mark, path) in Self.sources[id] ?? [] {
      let found = answer.strings(at: path[...]).map { text in
        text.split(separator: "/").last.map(String.init) ?? text
      }
      add(found, to: mark)
    }
  }
}

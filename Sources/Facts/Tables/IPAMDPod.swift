import BundleModel

/// A pod as old releases of ipamd list it.
public struct IPAMDPod: FactTable {
  var pod: String
  var namespace: String?
  var containerID: String?
  var address: String?
  var deviceNumber: Int64?

  /// The declaration of `ipamd_pod`.
  public static let schema = Schema<Self>(
    "ipamd_pod", "Pods with their addresses, as the address manager listed them to 1.6.",
    from: [.foreignIPAMDPods],
    columns: [
      Column("pod", \.pod, "Name of the pod; the whole key where it can't be taken apart."),
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("container_id", \.containerID, "Sandbox that holds the address."),
      Column("address", \.address, "Address of the pod."),
      Column("device_number", \.deviceNumber, "Device number of the ENI that has the address."),
    ])

  /// Reads `/v1/pods`, which other archives keep; later releases answer with their list of paths.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows), let object = document.object else { return }
    guard object["AvailableCommands"] == nil else {
      return rows.unreadable("the endpoint does not exist in this release", line: nil)
    }
    for (key, value) in object.members {
      guard let pod = value.object else {
        rows.unreadable("a pod is not an object", line: object.line)
        continue
      }
      // Names of Kubernetes have no underscore, so that the key comes apart.
      let parts = key.split(separator: "_", omittingEmptySubsequences: false).map { String($0) }
      rows.append(
        Self(
          pod: parts.count == 3 ? parts[0] : key, namespace: parts.count == 3 ? parts[1] : nil,
          containerID: parts.count == 3 && !parts[2].isEmpty ? parts[2] : nil,
          address: pod["IP"]?.filledString, deviceNumber: pod["DeviceNumber"]?.integer),
        line: pod.line)
    }
  }
}

/// What ipamd says about ENIConfigs: those it knows, and the node's.
public struct IPAMDENIConfig: FactTable {
  var name: String
  var isChosen: Bool
  var subnet: String?
  var securityGroups: String?

  /// The declaration of `ipamd_eni_config`.
  public static let schema = Schema<Self>(
    "ipamd_eni_config", "ENIConfigs as the address manager shows them; since 1.8 only the node's.",
    from: [.eniConfigurations],
    columns: [
      Column("name", \.name, "Name of the ENIConfig; `default` where the node asks for none."),
      Column("is_chosen", \.isChosen, "1 for the node's own; else 0."),
      Column("subnet", \.subnet, "Its subnet; NULL since 1.8, which shows the name only."),
      Column(
        "security_groups", \.securityGroups,
        "Its security groups, separated by commas; NULL since 1.8."),
    ])

  /// Reads `/v1/eni-configs` of any release.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let bytes = try input.readAll()
    guard bytes.contains(where: { !$0.isWhitespace }) else { return }
    guard let document = JSONReader.documents(bytes).values.last else {
      let words = String(bytes.trimmed.prefix(80))
      return rows.unreadable("the address manager could not tell: \(words)", line: nil)
    }
    if let name = document.filledString {
      rows.append(Self(name: name, isChosen: true), line: nil)
      return
    }
    guard let object = document.object, object["AvailableCommands"] == nil else {
      return rows.unreadable("the endpoint does not exist in this release", line: nil)
    }
    let chosen = object["MyENI"]?.filledString
    let known = object["ENI"]?.object?.members ?? []
    for (name, value) in known {
      let groups = (value["securityGroups"]?.array ?? []).compactMap(\.string)
      rows.append(
        Self(
          name: name, isChosen: name == chosen, subnet: value["subnet"]?.filledString,
          securityGroups: groups.isEmpty ? nil : groups.joined(separator: ",")),
        line: value.object?.line)
    }
    // The node may ask for one that does not exist.
    if let chosen, !known.contains(where: { $0.key == chosen }) {
      rows.append(Self(name: chosen, isChosen: true), line: object.line)
    }
  }
}

import BundleModel

/// An address that the runtime remembers to have got from the CNI for a pod sandbox.
public struct CNIResult: FactTable {
  var network: String?
  var containerID: String?
  var ifname: String?
  var namespace: String?
  var pod: String?
  var address: String?
  var family: String?
  var hostIfname: String?
  var netns: String?

  /// The declaration of `cni_result`.
  public static let schema = Schema<Self>(
    "cni_result", "Addresses of pod sandboxes in the runtime's memory of the CNI's results.",
    from: [.cniResults],
    columns: [
      Column("network", \.network, "Name of the network."),
      Column("container_id", \.containerID, "Id of the sandbox."),
      Column("ifname", \.ifname, "Interface inside the pod."),
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column("address", \.address, "Address of the pod; NULL if the result has none."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("host_ifname", \.hostIfname, "Interface on the host's side, if the result names it."),
      Column("netns", \.netns, "Path of the pod's network namespace."),
    ])

  /// Reads one file of libcni's cache: one row for each address.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows), let object = document.object else { return }
    // Before version 1 of the cache a file held the result alone.
    let result = object["result"] ?? document
    var row = Self(
      network: object["networkName"]?.filledString,
      containerID: object["containerId"]?.filledString, ifname: object["ifName"]?.filledString)
    for argument in object["cniArgs"]?.array ?? [] {
      guard let pair = argument.array, pair.count == 2 else { continue }
      if pair[0].string == "K8S_POD_NAMESPACE" { row.namespace = pair[1].filledString }
      if pair[0].string == "K8S_POD_NAME" { row.pod = pair[1].filledString }
    }
    for interface in result["interfaces"]?.array ?? [] {
      if let sandbox = interface["sandbox"]?.filledString {
        row.netns = row.netns ?? sandbox
      } else if row.hostIfname == nil {
        row.hostIfname = interface["name"]?.filledString
      }
    }
    let addresses = (result["ips"]?.array ?? []).compactMap { $0["address"]?.filledString }
    for address in addresses {
      row.address = address.split(separator: "/").first.map { String($0) }
      row.family = IntrospectionPool.family(address)
      rows.append(row, line: nil)
    }
    if addresses.isEmpty { rows.append(row, line: nil) }
  }
}

/// An address that an egress plugin gave to a pod.
public struct EgressAddress: FactTable {
  var address: String
  var family: String?
  var containerID: String?
  var ifname: String?

  /// The declaration of `egress_address`.
  public static let schema = Schema<Self>(
    "egress_address", "Addresses that the egress plugins gave to pods.", from: [.egressAddresses],
    columns: [
      Column("address", \.address, "The address: the name of its file."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("container_id", \.containerID, "Sandbox that holds it."),
      Column("ifname", \.ifname, "Interface inside the pod."),
    ])

  /// Reads one file of host-local: its name is the address, its lines are the holder.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let name = input.fileName
    guard name != "lock", !name.hasPrefix("last_reserved_ip") else { return }
    var row = Self(address: name, family: IntrospectionPool.family(name))
    while let line = try input.nextLine() {
      let text = String(line.trimmed)
      if text.isEmpty { continue }
      if row.containerID == nil { row.containerID = text } else { row.ifname = row.ifname ?? text }
    }
    if row.containerID == nil { rows.unreadable("the file names no holder", line: nil) }
    rows.append(row, line: 1)
  }
}

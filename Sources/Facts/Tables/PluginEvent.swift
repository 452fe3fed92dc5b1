import BundleModel

/// A record of the plugin's log, with the event it stands for.
public struct PluginEvent: FactTable {
  var timeUs: Int64?
  var level: String?
  var event: String?
  var message: String
  var containerID: String?
  var namespace: String?
  var pod: String?
  var address: String?
  var netns: String?

  /// The declaration of `plugin_event`.
  public static let schema = Schema<Self>(
    "plugin_event", "Records of the plugin's log, one row each, in the order of writing.",
    from: [.pluginLog],
    columns: [
      Column("time_us", \.timeUs, "When it was written, in microseconds since 1970 UTC."),
      Column("level", \.level, "debug, info, warn, error, fatal, panic or trace."),
      Column(
        "event", \.event,
        "What happened, such as P_REQ or P_ADD_NOIP; NULL for a record without a known shape."),
      Column("message", \.message, "The message itself."),
      Column("container_id", \.containerID, "Sandbox that the event is about."),
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column("address", \.address, "Address that the event is about."),
      Column("netns", \.netns, "Path of the pod's network namespace."),
    ])

  /// Reads every record; records of unknown shape are kept without an event.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var reader = LogReader()
    var gaps: [PatternGap] = []
    let names = catalogue.names
    while let record = try reader.next(&input) {
      if let damage = record.damage { rows.unreadable(damage, line: record.line) }
      var row = Self(
        timeUs: record.timeUs, level: record.level,
        event: catalogue.match(record.message, &gaps), message: String(record.message))
      for gap in gaps {
        let bytes = gap.bytes(record.message)
        guard !bytes.isEmpty, !bytes.equals("<nil>") else { continue }
        switch names[gap.name] {
        case "cid": row.containerID = String(bytes)
        case "ns": row.namespace = String(bytes)
        case "pod": row.pod = String(bytes)
        case "ip": row.address = address(bytes)
        case "netns": row.netns = String(bytes)
        case "args": row.readArguments(bytes)
        case "pb": row.address = row.address ?? ProtobufText.value("IPv4Addr", bytes)
        default: break
        }
      }
      rows.append(row, line: record.line)
    }
  }

  /// A host address without the length that some lines print behind it.
  private static func address(_ text: Bytes) -> String {
    guard let (address, length) = text.cut(at: UInt8(ascii: "/")),
      length.equals("32") || length.equals("128")
    else { return String(text) }
    return String(address)
  }

  /// `K8S_POD_NAME=a;K8S_POD_NAMESPACE=b`, in any order.
  private mutating func readArguments(_ text: Bytes) {
    for part in text.split(separator: UInt8(ascii: ";")) {
      guard let (key, value) = part.cut(at: UInt8(ascii: "=")), !value.isEmpty else { continue }
      if key.equals("K8S_POD_NAMESPACE") { namespace = String(value) }
      if key.equals("K8S_POD_NAME") { pod = String(value) }
    }
  }

  private static let catalogue = PatternCatalogue(shapes)

  private static let shapes: [(event: String, shape: String)] = [
    ("P_VERSION", "«CNI Plugin version:|Starting CNI Plugin» {ver} ..."),
    (
      "P_REQ",
      "Received CNI «add|del» request: ContainerID({cid}) Netns({netns}) IfName({ifn}) Args({args}) Path({path}) argsStdinData({stdin})"
    ),
    (
      "P_REQ",
      "Received CNI «add|del» request: ContainerID({cid}) Netns({netns}) IfName({ifn}) Args({args}) Path({rest}"
    ),
    (
      "P_ADD_REPLY",
      "Received add network response for pod {pod} namespace {ns} «container|sandbox» {cid}: {ip}, table {table}, external-SNAT: {snat}, vpcCIDR: {cidrs}"
    ),
    (
      "P_ADD_REPLY",
      "Received add network response «from ipamd |»for container {cid} interface {ifn}: {pb}"
    ),
    (
      "P_DEL_REPLY",
      "Received del network response «from ipamd |»for pod {pod} namespace {ns} sandbox {cid}: {pb}"
    ),
    (
      "P_DEL_REPLY",
      "Received del network response «from ipamd |»for pod {pod} namespace {ns} sandbox {cid} with vlanId: {pb}"
    ),
    ("P_ADD_NOIP", "Failed to assign an IP address to container {cid}"),
    (
      "P_ADD_NOIP",
      "Failed to assign an IP address to pod {pod}, namespace {ns} «container|sandbox» {cid}"
    ),
    (
      "P_RPC_ERR",
      "Error received from «Add|Del»Network g«rpc|RPC» call for «container|containerID» {cid}: {err}"
    ),
    (
      "P_RPC_ERR",
      "Error received from «Add|Del»Network g«rpc|RPC» call for pod {pod} namespace {ns} «container|sandbox» {cid}: {err}"
    ),
    ("P_CONN_ERR", "Failed to connect to backend server for container {cid}: {err}"),
    (
      "P_CONN_ERR",
      "Failed to connect to backend server for pod {pod} namespace {ns} «container|sandbox» {cid}: {err}"
    ),
    ("P_DEL_UNKNOWN", "Container {cid} not found"),
    ("P_DEL_UNKNOWN", "Pod {pod} in namespace {ns} not found"),
    ("P_DEL_FAIL", "Failed to process delete request for container {cid}: {err}"),
    (
      "P_DEL_FAIL",
      "Failed to process delete request for pod {pod} namespace {ns} «container|sandbox» {cid}: {err}"
    ),
    (
      "P_DEL_PREV_SGP",
      "Handled CNI del request with prevResult: ContainerID({cid}) {_}PodNamespace({ns}) PodName({pod})"
    ),
    (
      "P_DEL_PREV",
      "Handled pod teardown using prevResult: ContainerID({cid}) {_}PodNamespace({ns}) PodName({pod})"
    ),
    (
      "P_DEL_PREV_FAIL",
      "Could not teardown pod using prevResult: ContainerID({cid}) {_}PodNamespace({ns}) PodName({pod})"
    ),
    ("P_NO_PREV", "PrevResult not available for pod{_}"),
    ("P_SETUP_FAIL", "Failed SetupPodNetwork for container {cid}: {err}"),
    (
      "P_SETUP_FAIL",
      "Failed SetupPodNetwork for pod {pod} namespace {ns} «container|sandbox» {cid}: {err}"
    ),
    ("P_TEARDOWN_FAIL", "Failed on TeardownPodNetwork for «container ID|pod» {cid}: {err}"),
    ("P_TEARDOWN_FAIL", "Failed to teardown pod network: {err}"),
    ("P_RELEASE_FAIL", "Failed to release IP of container {cid}: {err}"),
    ("P_RELEASE_FAIL", "Failed to release IP of container {cid}"),
    ("P_RELEASE_FAIL", "Failed to release IP of pod {pod} {_}"),
    ("P_NO_VALID_IP", "Container {cid} did not have a valid IP {ip}"),
    ("P_NO_VALID_IP", "Pod {pod} in namespace {ns} did not have a valid IP {ip}"),
    (
      "P_SETUP",
      "SetupPodNetwork: hostVethName={veth}, contVethName={cveth}, netnsPath={netns}, v4Addr={ip}, v6Addr={v6}, deviceNumber={dev}, mtu={mtu}"
    ),
    (
      "P_SETUP",
      "SetupPodNetwork: hostVethName={veth}, contVethName={cveth}, netnsPath={netns}, ipAddr={ip}, routeTableNumber={table}, mtu={mtu}"
    ),
    (
      "P_SETUP",
      "SetupNS: hostVethName={veth}, contVethName={cveth}, netnsPath={netns}, «table|deviceNumber»={table}, mtu={mtu}"
    ),
    (
      "P_SETUP_SGP",
      "SetupBranchENIPodNetwork: hostVethName={veth}, {_}, vlanID={vlan}, eniMAC={mac}, {rest}"
    ),
    (
      "P_TEARDOWN",
      "TeardownPodNetwork: containerAddr={ip}, «deviceNumber|routeTable»={table}"
    ),
    ("P_TEARDOWN", "TeardownNS: addr {ip}, deviceNumber {dev}"),
    ("P_TEARDOWN_SGP", "TeardownBranchENIPodNetwork: containerAddr={ip}, vlanID={vlan}"),
    (
      "P_RULE",
      "Successfully «setup|deleted» «toContainer|fromContainer» rule, containerAddr={ip}, rtTable={table}"
    ),
    ("P_RULE", "Added toContainer rule for {ip}"),
    (
      "P_ROUTE",
      "Successfully «setup|deleted» container route, containerAddr={ip}, hostVeth={veth}, rtTable={table}"
    ),
    (
      "P_ROUTE",
      "Successfully «setup|deleted» container route, containerAddr={ip}, rtTable={table}"
    ),
    ("P_NP_FAIL", "Failed to connect to network policy agent: {err}"),
    (
      "P_NP_FAIL",
      "Failed to «setup default|delete pod» network policy for Pod Name {pod} and NameSpace {ns}: {err}"
    ),
  ]
}

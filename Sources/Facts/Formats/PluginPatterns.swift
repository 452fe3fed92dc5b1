/// The shapes of the plugin's messages, over all releases.
enum PluginPatterns {
  static let catalogue = PatternCatalogue(shapes)

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

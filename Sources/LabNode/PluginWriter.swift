private let plugin = "routed-eni-cni-plugin/cni.go:160"
private let driver = "driver/driver.go:551"

/// Writes what the CNI plugin logs for every start and stop of a pod.
struct PluginWriter {
  let instance: Instance

  /// The plugin's part of the CNI configuration, as the runtime hands it over.
  static let configuration: JSON = [
    "cniVersion": "1.0.0", "mtu": "9001", "name": "aws-cni",
    "pluginLogFile": "/var/log/aws-routed-eni/plugin.log", "pluginLogLevel": "DEBUG",
    "podSGEnforcingMode": "strict", "type": "aws-cni", "vethPrefix": "eni",
  ]

  private func request(
    _ verb: String, _ pod: Pod, attempt: Int, stdin: JSON, at moment: Moment, to log: inout CNILog
  ) {
    let id = pod.sandboxID(attempt: attempt)
    log.info(
      "Received CNI \(verb) request: ContainerID(\(id)) "
        + "Netns(/var/run/netns/\(pod.networkNamespace(attempt: attempt))) IfName(eth0) "
        + "Args(IgnoreUnknown=1;K8S_POD_NAMESPACE=\(pod.namespace);K8S_POD_NAME=\(pod.name);"
        + "K8S_POD_INFRA_CONTAINER_ID=\(id);K8S_POD_UID=\(pod.uid)) Path(/opt/cni/bin) "
        + "argsStdinData(\(stdin.text))", at: moment, caller: plugin)
  }

  private func table(_ eni: ENI) -> String { eni.isPrimary ? "main" : String(eni.table) }

  func added(_ pod: Pod, _ address: String, _ eni: ENI, at moment: Moment, to log: inout CNILog) {
    let device = eni.isPrimary ? "" : " DeviceNumber:\(eni.device)"
    request("add", pod, attempt: 0, stdin: Self.configuration, at: moment - 0.004, to: &log)
    log.info(
      "Received add network response from ipamd for container \(pod.sandboxID) interface eth0: "
        + "Success:true IPAllocationMetadata:{IPv4Addr:\"\(address)\"\(device) "
        + "RouteTableId:\(eni.table)} VPCv4CIDRs:\"\(instance.vpcCIDR)\"", at: moment + 0.009,
      caller: plugin)
    log.debug(
      "SetupPodNetwork: hostVethName=\(pod.hostVeth), contVethName=eth0, "
        + "netnsPath=/var/run/netns/\(pod.networkNamespace), ipAddr=\(address)/32, "
        + "routeTableNumber=\(eni.table), mtu=9001", at: moment + 0.009, caller: plugin)
    log.debug(
      "Successfully setup container route, containerAddr=\(address)/32, hostVeth=\(pod.hostVeth), "
        + "rtTable=main", at: moment + 0.061, caller: driver)
    log.debug(
      "Successfully setup toContainer rule, containerAddr=\(address)/32, rtTable=main",
      at: moment + 0.061, caller: driver)
    if !eni.isPrimary {
      log.debug(
        "Successfully setup fromContainer rule, containerAddr=\(address)/32, rtTable=\(eni.table)",
        at: moment + 0.062, caller: driver)
    }
  }

  func deleted(_ pod: Pod, _ held: Allocation, at moment: Moment, to log: inout CNILog) {
    request(
      "del", pod, attempt: 0, stdin: result(pod, held), at: moment - 0.004, to: &log)
    let device = held.eni.isPrimary ? "" : " DeviceNumber:\(held.eni.device)"
    log.info(
      "Received del network response from ipamd for pod \(pod.name) namespace \(pod.namespace) "
        + "sandbox \(pod.sandboxID): Success:true IPAllocationMetadata:{IPv4Addr:\"\(held.address)\""
        + "\(device) RouteTableId:\(held.eni.table)}", at: moment + 0.006, caller: plugin)
    torn(pod, held, at: moment + 0.006, to: &log)
  }

  /// ipamd did not answer in time: the plugin tears the pod down with what it knows itself, and the
  /// address stays assigned.
  func lostDelete(_ pod: Pod, _ held: Allocation?, at moment: Moment, to log: inout CNILog) {
    guard let held else { return }
    request(
      "del", pod, attempt: 0, stdin: result(pod, held), at: moment - 0.004, to: &log)
    log.error(
      "Error received from DelNetwork gRPC call for container \(pod.sandboxID): rpc error: code = "
        + "DeadlineExceeded desc = context deadline exceeded", at: moment + 10, caller: plugin)
    torn(pod, held, at: moment + 10, to: &log)
    log.info(
      "Handled pod teardown using prevResult: ContainerID(\(pod.sandboxID)) "
        + "Netns(/var/run/netns/\(pod.networkNamespace)) IfName(eth0) "
        + "PodNamespace(\(pod.namespace)) PodName(\(pod.name))", at: moment + 10.03,
      caller: plugin)
  }

  func refused(_ pod: Pod, attempt: Int, at moment: Moment, to log: inout CNILog) {
    let id = pod.sandboxID(attempt: attempt)
    request("add", pod, attempt: attempt, stdin: Self.configuration, at: moment - 0.004, to: &log)
    log.info(
      "Received add network response from ipamd for container \(id) interface eth0: ",
      at: moment + 0.006, caller: plugin)
    log.error(
      "Failed to assign an IP address to container \(id)", at: moment + 0.006, caller: plugin)
  }

  private func torn(_ pod: Pod, _ held: Allocation, at moment: Moment, to log: inout CNILog) {
    log.debug(
      "TeardownPodNetwork: containerAddr=\(held.address)/32, routeTable=\(held.eni.table)",
      at: moment, caller: driver)
    if !held.eni.isPrimary {
      log.debug(
        "Successfully deleted fromContainer rule, containerAddr=\(held.address)/32, "
          + "rtTable=\(held.eni.table)", at: moment + 0.01, caller: driver)
    }
    for what in ["toContainer rule", "container route"] {
      log.debug(
        "Successfully deleted \(what), containerAddr=\(held.address)/32, rtTable=main",
        at: moment + 0.02, caller: driver)
    }
  }

  private func result(_ pod: Pod, _ held: Allocation) -> JSON {
    Self.configuration.adding([
      (
        "prevResult",
        [
          "cniVersion": "1.0.0",
          "interfaces": [
            ["name": .string(pod.hostVeth)],
            ["name": "eth0", "sandbox": .string("/var/run/netns/\(pod.networkNamespace)")],
          ],
          "ips": [["address": .string("\(held.address)/32"), "interface": 1]],
        ]
      )
    ])
  }
}

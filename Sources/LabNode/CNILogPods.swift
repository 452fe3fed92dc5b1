private let datastore = "datastore/data_store.go:714"
private let rpc = "ipamd/rpc_handler.go:354"

/// What ipamd writes when the plugin asks it for an address or gives one back.
extension CNILog {
  private mutating func requested(_ pod: Pod, attempt: Int, at moment: Moment) {
    let id = pod.sandboxID(attempt: attempt)
    let namespace = "/var/run/netns/\(pod.networkNamespace(attempt: attempt))"
    info("Received AddNetwork for NS \(namespace), Sandbox \(id), ifname eth0", at: moment)
    debug(
      "AddNetworkRequest: ClientVersion:\"v1.23.1\" K8S_POD_NAME:\"\(pod.name)\" "
        + "K8S_POD_NAMESPACE:\"\(pod.namespace)\" K8S_POD_INFRA_CONTAINER_ID:\"\(id)\" "
        + "ContainerID:\"\(id)\" IfName:\"eth0\" NetworkName:\"aws-cni\" Netns:\"\(namespace)\"",
      at: moment)
    info("Required MultiNIC access false, interfaces required 1", at: moment)
  }

  private mutating func full(_ addresses: [String], at moment: Moment) {
    for address in addresses {
      debug(
        "Get free IP from prefix failed no free IP available in the prefix - \(address)/32",
        at: moment, caller: datastore)
      debug(
        "Unable to get IP address from CIDR: no free IP available in the prefix - \(address)/32",
        at: moment, caller: datastore)
    }
  }

  mutating func added(
    _ pod: Pod, _ address: String, _ eni: ENI, busy: [String], total: Int, assigned: Int,
    _ instance: Instance, at moment: Moment
  ) {
    let device = eni.device == 0 ? "" : " DeviceNumber:\(eni.device)"
    let metadata = "IPv4Addr:\"\(address)\"\(device) RouteTableId:\(eni.table)"
    requested(pod, attempt: 0, at: moment)
    debug(
      "AssignPodIPv4Address: IP address pool stats: total \(total), assigned \(assigned)",
      at: moment + 0.001, caller: datastore)
    full(busy, at: moment + 0.002)
    debug("Returning Free IP \(address)", at: moment + 0.003, caller: datastore)
    debug("New IP from CIDR pool- \(address)", at: moment + 0.003, caller: datastore)
    debug(
      "Allocating new IP \(address) from CIDR \(address)/32 for pod", at: moment + 0.003,
      caller: datastore)
    info(
      "assignPodIPAddressUnsafe: Assign IP \(address) to sandbox aws-cni/\(pod.sandboxID)/eth0 with "
        + "metadata {K8SPodNamespace:\(pod.namespace) K8SPodName:\(pod.name) InterfacesCount:1}",
      at: moment + 0.004, caller: datastore)
    info(
      "Assigned IP from network card: 0 -> IPv4: \(address), IPv6: , device number: \(eni.device), ",
      at: moment + 0.006)
    info("Address assigned from datastores:  1", at: moment + 0.006)
    debug("VPC CIDR \(instance.vpcCIDR)", at: moment + 0.006)
    info(
      "Send AddNetworkReply: Success: true IPAddr: [\(metadata)], resp: Success:true "
        + "IPAllocationMetadata:{\(metadata)} VPCv4CIDRs:\"\(instance.vpcCIDR)\", err: <nil>",
      at: moment + 0.007)
  }

  mutating func cooled(_ address: String, after seconds: Double, at moment: Moment) {
    debug(
      "IP \(address) released from cooldown after \(Self.goDuration(seconds)), available for "
        + "reassignment in CIDR \(address)/32", at: moment, caller: datastore)
  }

  mutating func refused(
    _ pod: Pod, attempt: Int, pools: [IPAMDaemon.Pool], assigned: Int, at moment: Moment
  ) {
    let reason = "AssignPodIPAddress: no available IP/Prefix addresses"
    let total = pools.reduce(0) { $0 + $1.addresses.count }
    requested(pod, attempt: attempt, at: moment)
    debug(
      "AssignPodIPv4Address: IP address pool stats: total \(total), assigned \(assigned)",
      at: moment + 0.001, caller: datastore)
    for pool in pools {
      full(pool.addresses, at: moment + 0.002)
      debug(
        "AssignPodIPv4Address: ENI \(pool.eni.id) does not have available addresses",
        at: moment + 0.002, caller: datastore)
    }
    error("DataStore has no available IP/Prefix addresses", at: moment + 0.003, caller: datastore)
    warn("Failed to assign IPs from network card 0: \(reason)", at: moment + 0.003)
    error(
      "Returning failure response for AddNetwork: 1 error occurred:\n\t* \(reason)\n\n",
      at: moment + 0.003)
    info(
      "Send AddNetworkReply: Success: false IPAddr: [], resp: , err: \(reason)", at: moment + 0.004)
  }

  mutating func deleted(
    _ pod: Pod, _ held: Allocation, total: Int, assigned: Int, at moment: Moment
  ) {
    let key = "aws-cni/\(pod.sandboxID)/eth0"
    let device = held.eni.device == 0 ? "" : " DeviceNumber:\(held.eni.device)"
    info("Received DelNetwork for Sandbox \(pod.sandboxID)", at: moment)
    debug(
      "DelNetworkRequest: ClientVersion:\"v1.23.1\" K8S_POD_NAME:\"\(pod.name)\" "
        + "K8S_POD_NAMESPACE:\"\(pod.namespace)\" K8S_POD_INFRA_CONTAINER_ID:\"\(pod.sandboxID)\" "
        + "Reason:\"PodDeleted\" ContainerID:\"\(pod.sandboxID)\" IfName:\"eth0\" "
        + "NetworkName:\"aws-cni\" K8S_POD_UID:\"\(pod.uid)\"", at: moment)
    debug(
      "UnassignPodIPAddress: IP address pool stats: total \(total), assigned \(assigned), "
        + "sandbox \(key)", at: moment + 0.001, caller: rpc)
    info(
      "unassignPodIPAddressUnsafe: Unassign IP \(held.address) from sandbox \(key)",
      at: moment + 0.001, caller: rpc)
    debug(
      "IP \(held.address) entering cooldown period of 30s (available after "
        + "\((moment + 30).zulu))", at: moment + 0.003, caller: rpc)
    info(
      "UnassignPodIPAddress: sandbox \(key)'s ipAddr \(held.address), DeviceNumber "
        + "\(held.eni.device)", at: moment + 0.003, caller: rpc)
    debug("IPs allocated for the pod: 1", at: moment + 0.003)
    debug("IPs allocated for the pod: 1, IPs found: 1", at: moment + 0.003)
    info(
      "Send DelNetworkReply: IPAddress: [IPv4Addr:\"\(held.address)\"\(device) "
        + "RouteTableId:\(held.eni.table)], err: <nil>", at: moment + 0.004)
  }
}

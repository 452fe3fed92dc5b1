/// A log in the CNI's format: one JSON object per line.
struct CNILog: Sendable {
  /// How much of a pool the statistics lines tell.
  struct PoolState: Sendable {
    let total: Int
    let assigned: Int
    let cooling: Int
    let enis: Int
    let instance: Instance

    var line: String {
      "IP pool stats for network card 0: Total IPs/Prefixes = \(total)/0, "
        + "AssignedIPs/CooldownIPs: \(assigned)/\(cooling), "
        + "c.maxIPsPerENI = \(instance.slotsPerENI)"
    }

    var room: String {
      "hasRoomForEni: networkCard=0, currentENIs=\(enis), currentUsableENIs=\(enis), "
        + "maxENI=\(instance.eniLimit), unmanagedENI=0, trunkEni=0, excludedENI=0, "
        + "hasRoom=\(enis < instance.eniLimit)"
    }
  }

  private var lines: [(at: Moment, text: String)] = []

  /// Every line, in the order of time: operations overlap.
  var text: String { Self.sorted(lines) }

  mutating func debug(_ message: String, at moment: Moment, caller: String = "ipamd/ipamd.go:415") {
    write("debug", message, moment, caller)
  }

  mutating func info(_ message: String, at moment: Moment, caller: String = "ipamd/ipamd.go:415") {
    write("info", message, moment, caller)
  }

  mutating func warn(_ message: String, at moment: Moment, caller: String = "ipamd/ipamd.go:415") {
    write("warn", message, moment, caller)
  }

  mutating func error(_ message: String, at moment: Moment, caller: String = "ipamd/ipamd.go:415") {
    write("error", message, moment, caller)
  }

  /// Hands out every line up to a moment and forgets it.
  mutating func drain(upTo end: Moment) -> String {
    let due = lines.filter { $0.at <= end }
    lines.removeAll { $0.at <= end }
    return Self.sorted(due)
  }

  private static func sorted(_ lines: [(at: Moment, text: String)]) -> String {
    let order = lines.indices.sorted { left, right in
      (lines[left].at, left) < (lines[right].at, right)
    }
    return order.map { lines[$0].text }.joined()
  }

  private mutating func write(
    _ level: String, _ message: String, _ moment: Moment, _ caller: String
  ) {
    lines.append(
      (
        moment,
        "{\"level\":\"\(level)\",\"ts\":\"\(moment.milliseconds)\","
          + "\"caller\":\"\(caller)\",\"msg\":\(JSON.quoted(message))}\n"
      ))
  }
}

private let datastore = "datastore/data_store.go:1050"
private let cloud = "awsutils/awsutils.go:723"

extension CNILog {
  mutating func started(_ instance: Instance, at start: Moment) {
    let eni = instance.enis[0]
    info("Starting L-IPAMD   ...", at: start, caller: "aws-k8s-agent/main.go:105")
    for line in [
      "Found availability zone: \(instance.zone) ",
      "Discovered the instance primary IPv4 address: \(eni.primary)",
      "Found instance-id: \(instance.id) ", "Found instance-type: \(instance.type) ",
      "Found primary interface's MAC address: \(eni.mac)",
      "\(eni.id) is the primary ENI of this instance", "Found subnet-id: \(instance.subnet) ",
      "Found vpc-id: \(instance.vpc) ",
    ] {
      debug(line, at: start + 0.21, caller: "awsutils/awsutils.go:560")
    }
    info("Custom networking enabled false", at: start + 0.24)
    info("Subnet discovery enabled true", at: start + 0.24)
    debug("Using WARM_ENI_TARGET 1", at: start + 0.24)
    debug("Using WARM_PREFIX_TARGET 1", at: start + 0.24)
    info("Prefix Delegation enabled false", at: start + 0.24)
    info("initialized datastore for network cards index 0", at: start + 0.24)
    debug("Start node init", at: start + 0.25)
    debug(
      "Max ip per ENI \(instance.slotsPerENI) and max prefixes per ENI 0", at: start + 0.25,
      caller: "ipamd/ipamd.go:464")
    discovered([eni], at: start + 0.4)
    info("Got network card index 0 for ENI \(eni.id)", at: start + 0.7)
    info("\(eni.id) is of type: interface", at: start + 0.7)
    debug("DescribeAllENIs success: ENIs: 1, tagged: 1", at: start + 0.7)
    debug("Discovered ENI \(eni.id), trying to set it up", at: start + 0.71)
    debug("DataStore add an ENI \(eni.id)", at: start + 0.72, caller: "ipamd/ipamd.go:1284")
    debug(
      "IsSubnetExcluded: subnet \(instance.subnet) has no kubernetes.io/role/cni tag, not excluded",
      at: start + 0.78)
    info("Found ENIs having 1 secondary IPs and 0 Prefixes", at: start + 0.78)
    info("ENI \(eni.id) set up.", at: start + 0.81)
    info("Begin ipam state recovery from backing store", at: start + 0.82)
    debug(
      "backing store doesn't exists, assuming bootstrap on a new node", at: start + 0.82,
      caller: "datastore/data_store.go:1768")
  }

  mutating func firstGrowth(_ pool: IPAMDaemon.Pool, _ instance: Instance, at moment: Moment) {
    let count = pool.addresses.count
    info("Get Node Info for: \(instance.name)", at: moment)
    debug(
      "IP pool is too low for Network Card 0: available (0) < ENI target (1) * addrsPerENI (\(count))",
      at: moment)
    debug(
      PoolState(total: 0, assigned: 0, cooling: 0, enis: 1, instance: instance).line, at: moment)
    debug("is datastore pool low for networkCard 0, decision true", at: moment)
    debug("Starting to increase pool size for network card 0", at: moment)
    debug("Node found \"\(instance.name)\" - no of taints - 0", at: moment)
    debug(
      "Found ENI \(pool.eni.id) that has less than the maximum number of IP/Prefixes addresses "
        + "allocated: cur=0, max=\(count)", at: moment, caller: datastore)
    info("Trying to allocate \(count) IP addresses on ENI \(pool.eni.id)", at: moment)
    debug("PD enabled - false", at: moment)
    info("Allocated \(count) private IP addresses", at: moment + 0.15)
    debug("containsPrivateIPAddressLimitExceededError encountered <nil>", at: moment + 0.15)
    filled(pool, instance, assigned: 0, enis: 1, at: moment + 0.15)
    debug("node init completed successfully", at: moment + 0.16)
  }

  mutating func serving(_ instance: Instance, at moment: Moment) {
    info(
      "IP pool manager - max pods: \(instance.maxPods), warm IP target: 0, warm prefix target: 1, "
        + "warm ENI target: 1, minimum IP target: 0", at: moment)
    info("Serving RPC Handler version  on unix:///var/run/aws-node/ipamd.sock", at: moment)
    info("Updating API server connectivity status from false to true", at: moment + 0.3)
  }

  private mutating func discovered(_ enis: [ENI], at moment: Moment) {
    debug("Total number of interfaces found: \(enis.count) ", at: moment, caller: cloud)
    for eni in enis {
      debug("Found ENI MAC address: \(eni.mac)", at: moment, caller: cloud)
      debug("Found ENI: \(eni.id), MAC \(eni.mac), device \(eni.device)", at: moment, caller: cloud)
      debug(
        "Found IPv4 addresses associated with interface. This is not efa-only interface",
        at: moment, caller: cloud)
    }
  }

  private mutating func filled(
    _ pool: IPAMDaemon.Pool, _ instance: Instance, assigned: Int, enis: Int, at moment: Moment
  ) {
    for address in pool.addresses {
      info("Adding \(address)/32 to DS for \(pool.eni.id)", at: moment)
      info("Added ENI(\(pool.eni.id))'s IP/Prefix \(address)/32 to datastore", at: moment)
    }
    let state = PoolState(
      total: enis * instance.slotsPerENI, assigned: assigned, cooling: 0, enis: enis,
      instance: instance)
    debug(state.line, at: moment)
    debug(state.line, at: moment)
  }

  mutating func tick(_ state: PoolState, isLow: Bool, at moment: Moment) {
    if isLow {
      debug(
        "IP pool is too low for Network Card 0: available (\(state.total - state.assigned)) < "
          + "ENI target (1) * addrsPerENI (\(state.instance.slotsPerENI))", at: moment)
      debug(state.line, at: moment)
    }
    debug(state.room, at: moment)
    debug(
      "IP stats for Network Card 0 - total IPs: \(state.total), assigned IPs: \(state.assigned), "
        + "cooldown IPs: \(state.cooling)", at: moment)
  }

  mutating func created(
    _ pool: IPAMDaemon.Pool, beside enis: [ENI], _ state: PoolState, at moment: Moment
  ) {
    creating(state, at: moment)
    info("Created a new ENI: \(pool.eni.id)", at: moment + 0.6)
    for eni in enis {
      debug(
        "Discovered device number is used for network card 0: \(eni.device)", at: moment + 0.7)
    }
    debug("Found a free device number for network card 0 : \(pool.eni.device)", at: moment + 0.7)
    info(
      "Successfully created and attached a new ENI \(pool.eni.id) to instance on network card 0",
      at: moment + 1.4)
  }

  /// The second half of a new ENI: the metadata service shows it, and its addresses join the pool.
  mutating func attached(
    _ enis: [ENI], _ pool: IPAMDaemon.Pool, _ state: PoolState, at moment: Moment
  ) {
    let instance = state.instance
    discovered(enis, at: moment)
    debug(
      "ENI ID: \(pool.eni.id) IP Addr: \(pool.addresses.count + 1), IPv4Prefixes:- 0, IPv6Prefixes:- 0",
      at: moment, caller: "retry/retry.go:70")
    debug("DataStore add an ENI \(pool.eni.id)", at: moment + 0.01)
    debug(
      "IsSubnetExcluded: subnet \(instance.subnet) has no kubernetes.io/role/cni tag, not excluded",
      at: moment + 0.1)
    info(
      "Setting up network for an ENI with IP address \(pool.eni.primary), MAC address \(pool.eni.mac), "
        + "CIDR \(instance.subnetCIDR), route table \(pool.eni.table) and Network Card 0",
      at: moment + 0.1)
    info(
      "Found ENIs having \(pool.addresses.count + 1) secondary IPs and 0 Prefixes", at: moment + 0.2
    )
    filled(pool, instance, assigned: state.assigned, enis: state.enis, at: moment + 0.2)
  }

  private mutating func creating(_ state: PoolState, at moment: Moment) {
    debug(state.room, at: moment)
    info("Trying to allocate \(state.instance.slotsPerENI) IP addresses on new ENI", at: moment)
    debug("PD enabled - false", at: moment)
    debug(
      "Primary subnet \(state.instance.subnet) has no kubernetes.io/role/cni tag, including it for "
        + "ENI creation (backwards compatibility)", at: moment + 0.1)
    info(
      "Creating ENI with security groups: [\(state.instance.securityGroup)] in subnet: "
        + state.instance.subnet, at: moment + 0.1)
  }

  mutating func creationRefused(_ state: PoolState, at moment: Moment) {
    let request = Invented.uuid("request \(moment.microseconds)")
    let api =
      "operation error EC2: CreateNetworkInterface, https response error StatusCode: 400, "
      + "RequestID: \(request), api error InsufficientFreeAddressesInSubnet: The specified subnet "
      + "does not have enough free addresses to satisfy the request."
    let wrapped =
      "AllocENI: failed to create ENI: failed to create network interface: \(api)"
    let end = moment + 0.32
    creating(state, at: moment)
    debug("checkAPIErrorAndBroadcastEvent resulted in \(api)", at: end)
    error("Failed to CreateNetworkInterface \(api) for subnet \(state.instance.subnet)", at: end)
    error(
      "Failed to increase pool size due to not able to allocate ENI \(wrapped)", at: end,
      caller: "ipamd/ipamd.go:999")
    warn(
      "Failed to allocate \(state.instance.slotsPerENI) IP addresses on an ENI: \(wrapped)", at: end
    )
    debug("containsInsufficientCIDRsOrSubnetIPs encountered \(wrapped)", at: end)
    debug("Insufficient IP Addresses due to: InsufficientFreeAddressesInSubnet\n", at: end)
    error(
      "Unable to attach IPs/Prefixes for the ENI, subnet doesn't seem to have enough IPs/Prefixes. "
        + "Consider using new subnet or carve a reserved range using create-subnet-cidr-reservation",
      at: end)
    debug("Error trying to allocate ENI: \(wrapped)", at: end)
  }

  mutating func reconciled(
    _ pools: [IPAMDaemon.Pool], _ state: PoolState, since: Double, at moment: Moment
  ) {
    debug(
      "Reconciling ENI/IP pool info because time since last \(Self.goDuration(since)) > 1m0s",
      at: moment)
    discovered(pools.map(\.eni), at: moment + 0.02)
    for pool in pools {
      debug("Reconcile existing ENI \(pool.eni.id) IP pool", at: moment + 0.03)
      info(
        "Reconcile and skip primary IP \(pool.eni.primary) on ENI \(pool.eni.id)", at: moment + 0.04
      )
      for address in pool.addresses {
        info("Trying to add \(address)", at: moment + 0.04)
        info("Adding \(address)/32 to DS for \(pool.eni.id)", at: moment + 0.04)
        info("IP already in DS", at: moment + 0.04)
      }
      debug("Reconcile existing ENI \(pool.eni.id) IP prefixes", at: moment + 0.09)
      debug("Found prefix pool count 0 for eni \(pool.eni.id)\n", at: moment + 0.09)
    }
    debug("Successfully Reconciled ENI/IP pool", at: moment + 0.11)
    debug(state.line, at: moment + 0.11)
    for pool in pools {
      debug("Primary IP for ENI \(pool.eni.id) is \(pool.eni.primary)", at: moment + 0.11)
    }
  }

  /// As Go prints a duration of at least a second: `1m2.503s`.
  static func goDuration(_ seconds: Double) -> String {
    let milliseconds = Int((seconds * 1000).rounded())
    let (minutes, rest) = (milliseconds / 60_000, milliseconds % 60_000)
    var text = String(rest / 1000)
    if rest % 1000 != 0 {
      text += "." + (rest % 1000).padded(3)
      while text.hasSuffix("0") { text.removeLast() }
    }
    return (minutes > 0 ? "\(minutes)m" : "") + text + "s"
  }
}

/// The texts in which ipamd shows its pool: introspection, checkpoint, metrics.
struct PoolTexts {
  let node: NodeModel

  /// The body of `/v1/enis`.
  var enis: String {
    let history = node.history
    let enis = history.pools.map { pool -> (String, JSON) in
      let cidrs = pool.addresses.map { ("\($0)/32", cidr($0)) }
      return (
        pool.eni.id,
        [
          "ID": .string(pool.eni.id), "IsPrimary": .bool(pool.eni.isPrimary), "IsTrunk": false,
          "IsEFA": false, "DeviceNumber": .number(Int64(pool.eni.device)),
          "AvailableIPv4Cidrs": .object(cidrs), "IPv6Cidrs": .object([]),
          "IsExcludedForPodIPs": false, "RouteTableID": .number(Int64(pool.eni.table)),
          "SubnetID": .string(node.instance.subnet),
        ]
      )
    }
    let card: JSON = [
      "TotalIPs": .number(Int64(history.total)), "AssignedIPs": .number(Int64(history.assigned)),
      "ENIs": .object(enis),
    ]
    return JSON.object([("0", card)]).text
  }

  private func cidr(_ address: String) -> JSON {
    let never = "0001-01-01T00:00:00Z"
    var used: [(String, JSON)] = []
    if let held = node.history.allocations.first(where: { $0.address == address }) {
      // Since 1.23 the container id and the interface are blanked in this output.
      used = [
        (
          address,
          [
            "Address": .string(address),
            "IPAMKey": ["networkName": "aws-cni", "containerID": "", "ifName": ""],
            "IPAMMetadata": [
              "k8sPodNamespace": .string(held.namespace), "k8sPodName": .string(held.pod),
              "interfacesCount": 1,
            ],
            "AssignedTime": .string(held.at.goTime), "UnassignedTime": .string(never),
          ]
        )
      ]
    } else if let released = node.history.released[address] {
      used = [
        (
          address,
          [
            "Address": .string(address),
            "IPAMKey": ["networkName": "", "containerID": "", "ifName": ""],
            "IPAMMetadata": .object([]),
            "AssignedTime": .string(released.assigned.goTime),
            "UnassignedTime": .string(released.at.goTime),
          ]
        )
      ]
    }
    return [
      "Cidr": ["IP": .string(address), "Mask": "/////w=="], "IPAddresses": .object(used),
      "IsPrefix": false, "AddressFamily": "",
    ]
  }

  /// The file `ipam.json`.
  var checkpoint: String {
    let allocations = node.history.allocations.map { held -> JSON in
      [
        "networkName": "aws-cni", "containerID": .string(held.sandboxID), "ifName": "eth0",
        "ipv4": .string(held.address),
        "allocationTimestamp": .number(held.at.microseconds * 1000),
        "metadata": [
          "k8sPodNamespace": .string(held.namespace), "k8sPodName": .string(held.pod),
          "interfacesCount": 1,
        ],
      ]
    }
    let whole: JSON = [
      "version": "vpc-cni-ipam/1", "allocations": .array(allocations),
    ]
    return whole.text + "\n"
  }

  /// The body of `/v1/networkutils-env-settings`.
  var networkSettings: String {
    let settings: JSON = [
      "AWS_EXTERNAL_SERVICE_CIDRS": nil, "AWS_VPC_CNI_NODE_PORT_SUPPORT": true,
      "AWS_VPC_ENI_MTU": 9001, "AWS_VPC_K8S_CNI_CONNMARK": 128,
      "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS": nil, "AWS_VPC_K8S_CNI_EXTERNALSNAT": false,
      "AWS_VPC_K8S_CNI_RANDOMIZESNAT": 2, "AWS_VPC_K8S_CNI_VETHPREFIX": "eni",
    ]
    return settings.text
  }

  /// The body of `/v1/ipamd-env-settings`.
  var ipamdSettings: String {
    let settings: JSON = [
      "AWS_MANAGE_ENIS_NON_SCHEDULABLE": false, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": false,
      "ENABLE_SUBNET_DISCOVERY": true, "WARM_ENI_TARGET": 1, "WARM_IP_TARGET": 0,
    ]
    return settings.text
  }

  /// What introspection answers on a path that it does not know.
  static let commands: JSON = [
    "AvailableCommands": [
      "/v1/enis", "/v1/eni-configs", "/v1/networkutils-env-settings", "/v1/ipamd-env-settings",
    ]
  ]

  /// The body of `/metrics`.
  var metrics: String {
    let history = node.history
    var text = ""
    func family(_ name: String, _ kind: String, _ help: String, _ samples: [(String, Int)]) {
      text += "# HELP awscni_\(name) \(help)\n# TYPE awscni_\(name) \(kind)\n"
      for (labels, value) in samples { text += "awscni_\(name)\(labels) \(value)\n" }
    }
    family(
      "add_ip_req_count", "counter", "The number of add IP address requests",
      [("", history.counters.adds)])
    family(
      "assigned_ip_addresses", "gauge", "The number of IP addresses assigned to pods",
      [("", history.assigned)])
    family(
      "assigned_ip_per_eni", "gauge", "The total number of IP addresses assigned per ENI",
      history.pools.map { pool in
        ("{eni=\"\(pool.eni.id)\"}", history.allocations.count { $0.eni == pool.eni })
      })
    if history.counters.createENI > 0 {
      family(
        "aws_api_error_count", "counter", "The number of times AWS API returns an error",
        [
          (
            "{api=\"CreateNetworkInterface\",error=\"InsufficientFreeAddressesInSubnet\"}",
            history.counters.createENI
          )
        ])
      family(
        "ec2api_error_count", "counter", "The number of errors from EC2 API calls",
        [("{fn=\"CreateNetworkInterface\"}", history.counters.createENI)])
      family(
        "ipamd_error_count", "counter", "The number of errors encountered in ipamd",
        [("{fn=\"increaseIPPoolAllocENI\"}", history.counters.createENI)])
    }
    family(
      "build_info", "gauge", "A metric with a constant value of 1",
      [("{goversion=\"go1.25.0\",version=\"\(node.instance.cniVersion)\"}", 1)])
    family(
      "del_ip_req_count", "counter", "The number of delete IP address requests",
      [("{reason=\"PodDeleted\"}", history.counters.deletes)])
    family("eni_allocated", "gauge", "The number of ENIs allocated", [("", history.pools.count)])
    family(
      "eni_max", "gauge", "The maximum number of ENIs that can be attached to the instance",
      [("", node.instance.eniLimit)])
    family("force_removed_enis", "counter", "The number of ENIs force removed", [("", 0)])
    family("force_removed_ips", "counter", "The number of IPs force removed", [("", 0)])
    family(
      "ip_max", "gauge", "The maximum number of IP addresses that can be allocated",
      [("", node.instance.eniLimit * node.instance.slotsPerENI)])
    family(
      "no_available_ip_addresses", "counter",
      "The number of pod IP assignments that fail due to no available IP addresses",
      [("", history.counters.noAddress)])
    family(
      "reconcile_count", "counter",
      "The number of times ipamd reconciles on ENIs and IP/Prefix addresses",
      [("{fn=\"eniReconcileAdd\"}", 0), ("{fn=\"eniReconcileDel\"}", 0)])
    family("total_ip_addresses", "gauge", "The total number of IP addresses", [("", history.total)])
    family("total_ipv4_prefixes", "gauge", "The total number of IPv4 prefixes", [("", 0)])
    return text
  }
}

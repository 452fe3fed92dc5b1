/// What a node's kernel holds: interfaces, addresses, routes, rules and parameters.
struct KernelPlan {
  let node: NodeModel

  private var instance: Instance { node.instance }

  /// One pod's network, as the CNI makes it.
  struct PodNetwork: Sendable {
    let namespace: String
    let hostVeth: String
    let hostMAC: String
    let address: String
  }

  /// The networks of the running pods. Pods that leaked have none: that is what makes them leaks.
  var podNetworks: [PodNetwork] {
    node.runningPods.map { pod, allocation in
      PodNetwork(
        namespace: pod.networkNamespace, hostVeth: pod.hostVeth, hostMAC: pod.hostMAC,
        address: allocation.address)
    }
  }

  /// `ip` commands inside a pod's namespace.
  func insidePod(_ pod: PodNetwork) -> [String] {
    [
      "link set lo up",
      "addr add \(pod.address)/32 dev eth0",
      "link set eth0 up",
      "route add 169.254.1.1 dev eth0 scope link",
      "route add default via 169.254.1.1 dev eth0",
      "neigh add 169.254.1.1 lladdr \(pod.hostMAC) dev eth0 nud permanent",
    ]
  }

  /// `ip` commands that give the node its ENIs; the other end of each lies in the VPC.
  var enis: [String] {
    var lines = ["link set lo up"]
    for eni in node.enis {
      lines.append(
        "link add \(eni.interface) address \(eni.mac) mtu 9001 type veth peer name "
          + "port\(eni.device) mtu 9001 netns /proc/self/fd/8")
      lines.append("link set \(eni.interface) up")
    }
    let primary = node.enis[0]
    let length = instance.subnetPrefixLength
    let origin = "proto dhcp src \(primary.primary) metric 512"
    lines += [
      "addr add \(primary.primary)/\(length) brd + dev ens5 noprefixroute metric 512",
      "route add \(instance.subnetCIDR) dev ens5 proto kernel scope link src \(primary.primary) metric 512",
      "route add \(instance.gateway) dev ens5 scope link \(origin)",
      "route add default via \(instance.gateway) dev ens5 \(origin)",
      "route add \(instance.resolver) via \(instance.gateway) dev ens5 \(origin)",
    ]
    for eni in node.enis.dropFirst() {
      lines += [
        "addr add \(eni.primary)/\(length) brd + dev \(eni.interface) noprefixroute",
        "route add \(instance.gateway) dev \(eni.interface) table \(eni.table) scope link",
        "route add default via \(instance.gateway) dev \(eni.interface) table \(eni.table)",
        "rule add from \(eni.primary) lookup \(eni.table) priority 32765",
      ]
    }
    guard node.variant.image.hasCNI else { return lines }
    lines += [
      "rule add fwmark 0x80/0x80 lookup main priority 1024",
      // The Pod Identity agent answers at an address of the node itself.
      "link add pod-id-link0 type veth peer name pod-id netns /proc/self/fd/8",
      "addr add \(instance.podIdentityAgent)/32 dev pod-id-link0",
      "link set pod-id-link0 up",
    ]
    return lines
  }

  /// `ip` commands that connect the pods, on the node's side.
  var pods: [String] {
    var lines: [String] = []
    for (network, running) in zip(podNetworks, node.runningPods) {
      lines += [
        "link add \(network.hostVeth) address \(network.hostMAC) mtu 9001 type veth "
          + "peer name eth0 mtu 9001 netns \(network.namespace)",
        "link set \(network.hostVeth) up",
        "route add \(network.address) dev \(network.hostVeth) scope link",
        "rule add to \(network.address) lookup main priority 512",
      ]
      let eni = running.allocation.eni
      if !eni.isPrimary {
        lines.append("rule add from \(network.address) lookup \(eni.table) priority 1536")
      }
    }
    return lines
  }

  /// `ip` commands inside the VPC's namespace: a bridge that knows which ENI has which address.
  var vpc: [String] {
    var lines = [
      "link set lo up", "link add br0 address 06:00:0a:14:20:01 mtu 9001 type bridge",
      "link set br0 up",
      "addr add \(instance.gateway)/\(instance.subnetPrefixLength) dev br0",
      "addr add \(instance.apiServer)/\(instance.subnetPrefixLength) dev br0",
      "addr add \(instance.resolver)/32 dev br0",
    ]
    if node.variant.image.isInstance {
      lines += ["169.254.169.254", instance.timeServer].map { "addr add \($0)/32 dev br0" }
    }
    lines += VPCServices.names(instance).indices.map {
      "addr add \(VPCServices.address($0))/32 dev br0"
    }
    lines += node.enis.map { "link set port\($0.device) master br0 up" }
    for pool in node.history.pools where node.enis.contains(pool.eni) {
      for address in [pool.eni.primary] + pool.addresses {
        lines.append("neigh replace \(address) lladdr \(pool.eni.mac) dev br0 nud permanent")
      }
    }
    // The hop limit of the metadata service's answers: they reach the node, and no pod behind it.
    lines += [
      "rule add from 169.254.169.254 lookup 100 priority 100",
      "route add \(instance.subnetCIDR) dev br0 table 100 hoplimit 1",
    ]
    return lines
  }

  /// Kernel parameters, in the order in which they are set.
  var parameters: [(key: String, value: String)] {
    var result = [
      ("net.ipv4.ip_forward", "1"),
      ("net.ipv4.conf.all.rp_filter", "0"),
      ("net.ipv4.conf.default.rp_filter", "2"),
      ("net.ipv4.tcp_early_demux", "1"),
      ("net.ipv4.conf.ens5.rp_filter", "2"),
      ("net.ipv6.conf.all.forwarding", "0"),
      ("net.netfilter.nf_conntrack_max", "131072"),
    ]
    for eni in node.enis.dropFirst() {
      result.append(("net.ipv4.conf.\(eni.interface).rp_filter", "2"))
    }
    return result
  }
}

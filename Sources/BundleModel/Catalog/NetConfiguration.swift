extension ArtifactID {
  /// Names of routing tables.
  public static let routingTableNames: Self = "net.rt_tables"
  /// Link and network files of systemd.
  public static let networkdFiles: Self = "net.networkd"
  /// The state files of a running networkd.
  public static let networkdState: Self = "net.networkd_state"
  /// The links that networkd manages.
  public static let networkdLinks: Self = "net.networkctl"
  /// Configuration of NetworkManager.
  public static let networkManager: Self = "net.nm"
  /// The devices that NetworkManager manages.
  public static let networkManagerDevices: Self = "net.nm_devices"
  /// Interface files of the distributions.
  public static let interfaceConfiguration: Self = "net.netplan_ifcfg"
  /// Configuration of firewall managers.
  public static let firewallManagers: Self = "net.fwmanagers"
  /// Configuration of name resolution.
  public static let resolver: Self = "net.resolver"
  /// What the resolver's files are links to.
  public static let resolverLinks: Self = "net.resolver_links"
  /// Proxies of the kubelet and the container runtime.
  public static let proxySettings: Self = "net.proxy"
}

extension Artifact.Derivation {
  /// Targets of the resolver's files.
  public static let resolverLinks: Self = "targets of the resolver's files"
  /// Proxy variables of units, files and processes, without user information.
  public static let proxySettings: Self = "proxy variables of units, files and processes"
}

extension Artifact {
  /// Who configures the network besides the CNI.
  static let netConfiguration: [Artifact] = [
    Artifact(
      .routingTableNames, "Names of routing tables, as the other items print them.",
      source: .files([
        "/etc/iproute2/rt_tables", "/etc/iproute2/rt_tables.d", "/usr/share/iproute2/rt_tables",
        "/usr/share/iproute2/rt_tables.d", "/usr/lib/iproute2/rt_tables",
      ]), path: "net/rt_tables", tier: .standard, timeoutSeconds: 10, capBytes: 64 << 10),
    Artifact(
      .networkdFiles,
      "Link and network files of systemd: who may change a veth's MAC address.",
      source: .files([
        "/etc/systemd/network", "/run/systemd/network", "/usr/local/lib/systemd/network",
        "/usr/lib/systemd/network", "/etc/systemd/networkd.conf", "/etc/systemd/networkd.conf.d",
        "/run/systemd/networkd.conf.d", "/usr/lib/systemd/networkd.conf",
        "/usr/lib/systemd/networkd.conf.d",
      ]),
      path: "net/networkd", capBytes: 1 << 20, redaction: .configuration),
    Artifact(
      .networkdState, "What networkd keeps about each link: managed or not, and by which file.",
      source: .files(["/run/systemd/netif/state", "/run/systemd/netif/links"]),
      path: "net/networkd_state", timeoutSeconds: 10, capBytes: 1 << 20,
      naming: .below("/run/systemd/netif")),
    Artifact(
      .networkdLinks, "The links that networkd manages, among them pods' that it must not.",
      source: .command("networkctl", ["--json=short", "--no-pager", "list"]),
      path: "net/networkctl.json", needs: [.trait(.systemd), .path("/run/systemd/netif")],
      tier: .standard, capBytes: 1 << 20),
    Artifact(
      .networkManager, "Configuration of NetworkManager, which may manage ENIs and veths.",
      source: .files([
        "/etc/NetworkManager/NetworkManager.conf", "/etc/NetworkManager/conf.d",
        "/etc/NetworkManager/system-connections", "/run/NetworkManager/conf.d",
        "/usr/lib/NetworkManager/conf.d",
      ]), path: "net/nm", tier: .standard, needsRoot: true, capBytes: 512 << 10,
      redaction: .configuration),
    Artifact(
      .networkManagerDevices, "The devices that NetworkManager manages.",
      source: .command("nmcli", ["-t", "dev"]), path: "net/nm_devices.txt",
      needs: [.trait(.systemd), .path("/run/NetworkManager")], tier: .standard,
      capBytes: 512 << 10),
    Artifact(
      .interfaceConfiguration, "Interface files of the distribution: ENIs that the OS configures.",
      source: .files([
        "/etc/netplan", "/etc/sysconfig/network", "/etc/sysconfig/network-scripts/ifcfg-*",
        "/etc/sysconfig/network-scripts/route-*", "/etc/sysconfig/network-scripts/rule-*",
        "/etc/sysconfig/network-scripts/ec2net*", "/etc/network/interfaces",
        "/etc/network/interfaces.d", "/etc/ec2net", "/etc/amazon-ec2-net-utils",
        "/etc/dhcp/dhclient-*.conf",
      ]), path: "net/os-config", tier: .standard, needsRoot: true, timeoutSeconds: 10,
      capBytes: 512 << 10, redaction: .configuration),
    Artifact(
      .firewallManagers, "Saved rules and firewall managers: a FORWARD DROP that comes back.",
      source: .files([
        "/etc/firewalld", "/etc/ufw/ufw.conf", "/etc/ufw/*.rules", "/etc/default/ufw",
        "/etc/sysconfig/iptables", "/etc/sysconfig/ip6tables", "/etc/sysconfig/iptables-config",
        "/etc/sysconfig/nftables.conf", "/etc/iptables", "/etc/network/iptables",
        "/etc/nftables.conf", "/etc/nftables",
      ]), path: "net/firewall-config", needsRoot: true, timeoutSeconds: 10, capBytes: 512 << 10),
    Artifact(
      .resolver, "Configuration of name resolution: a wrong server, a stub that loops.",
      source: .files([
        "/etc/resolv.conf", "/run/systemd/resolve/resolv.conf",
        "/run/systemd/resolve/stub-resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
      ]), path: "net/resolver", timeoutSeconds: 10, capBytes: 256 << 10),
    Artifact(
      .resolverLinks, "What the resolver's configuration files are links to.",
      source: .derived(.resolverLinks), path: "net/resolver_links.json", timeoutSeconds: 10,
      capBytes: 64 << 10),
    Artifact(
      .proxySettings, "Proxies of the kubelet and the runtime: none may stand before EC2.",
      source: .derived(.proxySettings), path: "net/proxy.json", tier: .standard, needsRoot: true,
      timeoutSeconds: 10, capBytes: 64 << 10),
  ]
}

extension ArtifactID {
  /// Links with their details.
  public static let links: Self = "net.links"
  /// Addresses of every interface.
  public static let addresses: Self = "net.addr"
  /// IPv4 policy rules.
  public static let policyRules: Self = "net.rules"
  /// IPv6 policy rules.
  public static let policyRules6: Self = "net.rules6"
  /// IPv4 routes of every table.
  public static let routes: Self = "net.routes"
  /// IPv6 routes of every table.
  public static let routes6: Self = "net.routes6"
  /// The iptables programs of the node.
  public static let iptablesInfo: Self = "net.iptables_info"
  /// IPv4 rules of the default backend.
  public static let iptablesSave: Self = "net.iptables_save"
  /// IPv6 rules of the default backend.
  public static let ip6tablesSave: Self = "net.ip6tables_save"
  /// IPv4 rules of the legacy backend.
  public static let iptablesLegacy: Self = "net.iptables_legacy"
  /// IPv6 rules of the legacy backend.
  public static let ip6tablesLegacy: Self = "net.ip6tables_legacy"
  /// IPv4 rules of the nft backend.
  public static let iptablesNft: Self = "net.iptables_nft"
  /// IPv6 rules of the nft backend.
  public static let ip6tablesNft: Self = "net.ip6tables_nft"
  /// Link and network files of systemd.
  public static let networkdFiles: Self = "net.networkd"
}

extension Artifact.Derivation {
  /// Iptables programs and the backend each one drives.
  public static let iptablesInfo: Self = "iptables programs and the backend each one drives"
}

extension Artifact {
  /// The host's network as the kernel has it.
  static let net: [Artifact] = [
    Artifact(
      .links, "Every link with kind, state, MTU and peer: missing or foreign interfaces.",
      source: .command("ip", ["-json", "-details", "link", "show"]), path: "net/links.json",
      timeoutSeconds: 10, capBytes: 8 << 20, stage: .snapshot),
    Artifact(
      .addresses, "Addresses of every interface: secondary addresses that the host must not hold.",
      source: .command("ip", ["-json", "-details", "address", "show"]), path: "net/addr.json",
      timeoutSeconds: 10, capBytes: 8 << 20, stage: .snapshot),
    Artifact(
      .policyRules, "IPv4 policy rules: each pod's way in and out.",
      source: .command("ip", ["-4", "rule", "show"]), path: "net/rules4.txt", timeoutSeconds: 10,
      capBytes: 8 << 20, stage: .snapshot),
    Artifact(
      .policyRules6, "IPv6 policy rules.",
      source: .command("ip", ["-6", "rule", "show"]), path: "net/rules6.txt", timeoutSeconds: 10,
      capBytes: 8 << 20, stage: .snapshot),
    Artifact(
      .routes, "IPv4 routes of every table: each pod's host route and each ENI's default.",
      source: .command("ip", ["-4", "route", "show", "table", "all"]), path: "net/routes4.txt",
      timeoutSeconds: 10, capBytes: 16 << 20, stage: .snapshot),
    Artifact(
      .routes6, "IPv6 routes of every table.",
      source: .command("ip", ["-6", "route", "show", "table", "all"]), path: "net/routes6.txt",
      timeoutSeconds: 10, capBytes: 16 << 20, stage: .snapshot),
    Artifact(
      .iptablesInfo, "Which iptables programs exist and which backend each one drives.",
      source: .derived(.iptablesInfo), path: "net/iptables_info.json", timeoutSeconds: 10,
      capBytes: 64 << 10),
    save(.iptablesSave, "IPv4", "iptables-save", "net/iptables-save.txt", needs: []),
    save(.ip6tablesSave, "IPv6", "ip6tables-save", "net/ip6tables-save.txt", needs: []),
    save(
      .iptablesLegacy, "IPv4", "iptables-legacy-save", "net/iptables-legacy-save.txt",
      needs: [.legacyTables(ipv6: false)]),
    save(
      .ip6tablesLegacy, "IPv6", "ip6tables-legacy-save", "net/ip6tables-legacy-save.txt",
      needs: [.legacyTables(ipv6: true)]),
    save(
      .iptablesNft, "IPv4", "iptables-nft-save", "net/iptables-nft-save.txt",
      needs: [.module("nf_tables")]),
    save(
      .ip6tablesNft, "IPv6", "ip6tables-nft-save", "net/ip6tables-nft-save.txt",
      needs: [.module("nf_tables")]),
    Artifact(
      .networkdFiles,
      "Link and network files of systemd: who may change a veth's MAC address.",
      source: .files([
        "/etc/systemd/network", "/run/systemd/network", "/usr/local/lib/systemd/network",
        "/usr/lib/systemd/network",
      ]),
      path: "net/networkd", capBytes: 1 << 20, redaction: .configuration),
  ]

  private static func save(
    _ id: ArtifactID, _ family: String, _ program: String, _ path: String, needs: [Need]
  ) -> Artifact {
    Artifact(
      id, "Every \(family) netfilter table that `\(program)` sees, with policies and counters.",
      source: .command(program, ["-c"]), path: path, needs: needs, holds: .xtables,
      needsRoot: true, timeoutSeconds: 30, capBytes: 64 << 20)
  }
}

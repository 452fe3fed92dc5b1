extension ArtifactID {
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
  /// Every table of nf_tables.
  public static let nftables: Self = "net.nft"
  /// Policies at the forward hook.
  public static let forwardPolicy: Self = "net.forward_policy"
  /// Sets of addresses and ports.
  public static let ipset: Self = "net.ipset"
  /// Virtual servers of kube-proxy's ipvs mode.
  public static let ipvs: Self = "net.ipvs"
}

extension Artifact.Derivation {
  /// Iptables programs and the backend each one drives.
  public static let iptablesInfo: Self = "iptables programs and the backend each one drives"
  /// The policy of FORWARD per backend and of each nft chain at the forward hook.
  public static let forwardPolicy: Self = "policies at the forward hook, per backend"
}

extension Artifact {
  /// The packet filter in all its backends. Nothing here creates a table or loads a module.
  static let packetFilter: [Artifact] = saved + lists + sets

  private static let saved: [Artifact] = [
    Artifact(
      .iptablesInfo,
      "Which iptables programs exist, which backend each one drives, and who holds their lock.",
      source: .derived(.iptablesInfo), path: "net/iptables_info.json", timeoutSeconds: 10,
      capBytes: 64 << 10),
    save(
      .iptablesSave, "IPv4", "iptables-save", "net/iptables-save.txt",
      needs: [.backend("iptables-save")]),
    save(
      .ip6tablesSave, "IPv6", "ip6tables-save", "net/ip6tables-save.txt",
      needs: [.backend("ip6tables-save")]),
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
      .nftables, "Every table of nf_tables: chains at the forward hook that drop, foreign tables.",
      source: .command("nft", ["-j", "-a", "list", "ruleset"]), path: "net/nft.json",
      needs: [.module("nf_tables")], holds: .xtables, needsRoot: true, timeoutSeconds: 30,
      capBytes: 64 << 20),
    Artifact(
      .forwardPolicy,
      "Every policy that a forwarded packet meets, per backend: one DROP stops all pods.",
      source: .derived(.forwardPolicy), path: "net/forward_policy.json", holds: .xtables,
      needsRoot: true, timeoutSeconds: 10, capBytes: 256 << 10),
  ]

  private static func save(
    _ id: ArtifactID, _ family: String, _ program: String, _ path: String, needs: [Need]
  ) -> Artifact {
    Artifact(
      id, "Every \(family) netfilter table that `\(program)` sees, with policies and counters.",
      source: .command(program, ["-c"]), path: path, needs: needs, holds: .xtables,
      needsRoot: true, timeoutSeconds: 30, capBytes: 64 << 20)
  }

  /// One item for each table that may exist, in the form that other tools expect.
  private static let lists: [Artifact] = [("iptables", false), ("ip6tables", true)].flatMap {
    program, isIPv6 in
    ["filter", "nat", "mangle", "raw"].map { table in
      Artifact(
        ArtifactID(rawValue: "net.\(program)_list_\(table)"),
        "The \(isIPv6 ? "IPv6" : "IPv4") table \(table) as a list with exact counters.",
        source: .command(program, ["-w", "1", "-nvxL", "-t", table]),
        path: "net/\(program)-list-\(table).txt", needs: [.table(table, ipv6: isIPv6)],
        holds: .xtables, tier: .standard, needsRoot: true, timeoutSeconds: 30,
        capBytes: 64 << 20)
    }
  }

  private static let sets: [Artifact] = [
    Artifact(
      .ipset, "Sets of addresses and ports: kube-proxy's ipvs mode, another CNI.",
      source: .command("ipset", ["save"]), path: "net/ipset.txt", needs: [.module("ip_set")],
      holds: .xtables, tier: .standard, needsRoot: true, timeoutSeconds: 10, capBytes: 16 << 20),
    Artifact(
      .ipvs, "Virtual servers of kube-proxy's ipvs mode and their counters.",
      source: .files([
        "/proc/net/ip_vs", "/proc/net/ip_vs_stats", "/proc/net/ip_vs_stats_percpu",
      ]), path: "net/ip_vs", needs: [.module("ip_vs")], tier: .standard, needsRoot: true,
      capBytes: 16 << 20, naming: .fileName),
  ]
}

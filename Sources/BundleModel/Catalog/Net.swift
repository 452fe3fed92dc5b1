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
  /// Second reading of the links.
  public static let linksAgain: Self = "net.links_again"
  /// Second reading of the addresses.
  public static let addressesAgain: Self = "net.addr_again"
  /// Second reading of the IPv4 policy rules.
  public static let policyRulesAgain: Self = "net.rules_again"
  /// Second reading of the IPv6 policy rules.
  public static let policyRules6Again: Self = "net.rules6_again"
  /// Second reading of the IPv4 routes.
  public static let routesAgain: Self = "net.routes_again"
  /// Second reading of the IPv6 routes.
  public static let routes6Again: Self = "net.routes6_again"
}

extension Artifact.Derivation {
  /// Links in the form of `ip`, by netlink.
  public static let linkTable: Self = "links in the form of ip, by netlink"
  /// Addresses in the form of `ip`, by netlink.
  public static let addressTable: Self = "addresses in the form of ip, by netlink"
  /// IPv4 rules in the form of `ip`, by netlink.
  public static let ruleTable: Self = "IPv4 rules in the form of ip, by netlink"
  /// IPv6 rules in the form of `ip`, by netlink.
  public static let ruleTable6: Self = "IPv6 rules in the form of ip, by netlink"
  /// IPv4 routes in the form of `ip`, by netlink.
  public static let routeTable: Self = "IPv4 routes in the form of ip, by netlink"
  /// IPv6 routes in the form of `ip`, by netlink.
  public static let routeTable6: Self = "IPv6 routes in the form of ip, by netlink"
}

extension Artifact {
  /// The host's interfaces and its ways for packets, as the kernel has them.
  static let net: [Artifact] = [links, addresses, rules, rules6, routes, routes6]

  /// What is in motion on a busy node: an entry of one reading only says nothing.
  static let netAgain: [Artifact] = [
    links.again(.linksAgain, "The links once more, at the end.", path: "net/again/links.json"),
    addresses.again(
      .addressesAgain, "The addresses once more, at the end.", path: "net/again/addr.json"),
    rules.again(
      .policyRulesAgain, "The IPv4 policy rules once more, at the end.",
      path: "net/again/rules4.txt"),
    rules6.again(
      .policyRules6Again, "The IPv6 policy rules once more, at the end.",
      path: "net/again/rules6.txt"),
    routes.again(
      .routesAgain, "The IPv4 routes once more, at the end.", path: "net/again/routes4.txt"),
    routes6.again(
      .routes6Again, "The IPv6 routes once more, at the end.", path: "net/again/routes6.txt"),
  ]

  private static let links = Artifact(
    .links, "Every link with kind, state, MTU, peer and errors: missing or foreign interfaces.",
    source: .command("ip", ["-json", "-details", "-statistics", "link", "show"]),
    path: "net/links.json", timeoutSeconds: 10, capBytes: 8 << 20, stage: .snapshot,
    fallback: .linkTable)

  private static let addresses = Artifact(
    .addresses, "Addresses of every interface: secondary addresses that the host must not hold.",
    source: .command("ip", ["-json", "-details", "address", "show"]), path: "net/addr.json",
    timeoutSeconds: 10, capBytes: 8 << 20, stage: .snapshot, fallback: .addressTable)

  private static let rules = Artifact(
    .policyRules, "IPv4 policy rules: each pod's way in and out.",
    source: .command("ip", ["-4", "rule", "show"]), path: "net/rules4.txt", timeoutSeconds: 10,
    capBytes: 8 << 20, stage: .snapshot, fallback: .ruleTable)

  private static let rules6 = Artifact(
    .policyRules6, "IPv6 policy rules.",
    source: .command("ip", ["-6", "rule", "show"]), path: "net/rules6.txt", timeoutSeconds: 10,
    capBytes: 8 << 20, stage: .snapshot, fallback: .ruleTable6)

  private static let routes = Artifact(
    .routes, "IPv4 routes of every table: each pod's host route and each ENI's default.",
    source: .command("ip", ["-4", "route", "show", "table", "all"]), path: "net/routes4.txt",
    timeoutSeconds: 10, capBytes: 16 << 20, stage: .snapshot, fallback: .routeTable)

  private static let routes6 = Artifact(
    .routes6, "IPv6 routes of every table.",
    source: .command("ip", ["-6", "route", "show", "table", "all"]), path: "net/routes6.txt",
    timeoutSeconds: 10, capBytes: 16 << 20, stage: .snapshot, fallback: .routeTable6)
}

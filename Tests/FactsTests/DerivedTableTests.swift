import BundleModel
import Facts
import Testing

/// Files of one item by their path on the node.
private func parsed(_ artifact: ArtifactID, _ files: [(String, String)]) throws -> ParsedRows {
  var rows = ParsedRows()
  for (path, text) in files {
    try rows.add(artifact, Array(text.utf8), path: "f" + path, origin: path)
  }
  return rows
}

@Suite struct DerivedTableTests {
  private static let fragment = """
    [Service]
    ExecStartPre=/sbin/iptables -P FORWARD ACCEPT -w 5
    ExecStart=/usr/bin/kubelet
    """

  @Test("commands of a unit are those after drop-ins and resets, with the line that says so")
  func unitExec() throws {
    let rows = try parsed(
      .unitFiles,
      [
        ("/usr/lib/systemd/system/kubelet.service", "[Service]\nExecStart=/old\n"),
        ("/etc/systemd/system/kubelet.service", Self.fragment),
        (
          "/etc/systemd/system/kubelet.service.d/30-site.conf",
          "[Service]\nExecStartPre=\nExecStartPre=-/usr/local/bin/pre\n"
        ),
        ("/etc/systemd/system/kubelet.service.d/10-first.conf", "[Service]\nExecStartPre=+@/x y\n"),
      ]
    ).derive(UnitExec.self)
    #expect(
      rows.map { $0.row.map(\.text) } == [
        ["kubelet.service", "ExecStart", "1", "/usr/bin/kubelet", "", "kubelet"],
        ["kubelet.service", "ExecStartPre", "1", "/usr/local/bin/pre", "-", "pre"],
      ])
    #expect(rows.last?.path == "f/etc/systemd/system/kubelet.service.d/30-site.conf")
    #expect(rows.last?.line == 3)
  }

  @Test("an empty drop-in in /etc switches off the one of its name in /usr/lib")
  func maskedDropIn() throws {
    let rows = try parsed(
      .unitFiles,
      [
        ("/etc/systemd/system/kubelet.service", Self.fragment),
        ("/usr/lib/systemd/system/kubelet.service.d/20-a.conf", "[Service]\nExecStartPre=\n"),
        ("/etc/systemd/system/kubelet.service.d/20-a.conf", ""),
      ]
    ).derive(UnitExec.self)
    #expect(rows.contains { $0.row[3] == .text("/sbin/iptables -P FORWARD ACCEPT -w 5") })
  }

  private static let vendor = (
    "/usr/lib/systemd/network/99-default.link",
    "[Match]\nOriginalName=*\n[Link]\nMACAddressPolicy=persistent\n"
  )

  @Test(
    "the link file that wins decides the MAC policy of a new pod interface",
    arguments: [
      ([], "99-default.link", "persistent", 4),
      (
        [("/etc/systemd/network/99-default.link.d/eks.conf", "[Link]\nMACAddressPolicy=none\n")],
        "99-default.link", "none", 2
      ),
      (
        [
          (
            "/etc/systemd/network/10-veth.link",
            "[Match]\nDriver=veth\n[Link]\nMACAddressPolicy=random\n"
          )
        ],
        "10-veth.link", "random", 4
      ),
      (
        [
          (
            "/etc/systemd/network/10-nic.link",
            "[Match]\nDriver=ena\n[Link]\nMACAddressPolicy=random\n"
          )
        ],
        "99-default.link", "persistent", 4
      ),
      (
        [
          (
            "/etc/systemd/network/10-not.link",
            "[Match]\nOriginalName=!eni*\n[Link]\nMACAddressPolicy=random\n"
          )
        ],
        "99-default.link", "persistent", 4
      ),
      (
        [("/run/systemd/network/99-default.link", "[Match]\nOriginalName=*\n[Link]\n# nothing\n")],
        "99-default.link", "NULL", 1
      ),
    ] as [([(String, String)], String, String, Int)])
  func linkPolicy(
    _ files: [(String, String)], _ winner: String, _ policy: String, _ line: Int
  ) throws {
    let rows = try parsed(.networkdFiles, [Self.vendor] + files).derive(NewVethLinkPolicy.self)
    let row = try #require(rows.first)
    #expect(rows.count == 1)
    #expect(row.row[0].text.hasSuffix("/" + winner))
    #expect(row.row[1].text == policy)
    #expect(row.line == line)
  }

  @Test("an empty file of the same name masks the vendor's link file")
  func maskedLink() throws {
    let rows = try parsed(
      .networkdFiles, [Self.vendor, ("/etc/systemd/network/99-default.link", "")])
    #expect(rows.derive(NewVethLinkPolicy.self).isEmpty)
  }

  @Test("kernel parameters are set in the order of file names; a name counts once")
  func sysctlOrder() throws {
    let rows = try parsed(
      .sysctlFiles,
      [
        ("/usr/lib/sysctl.d/50-a.conf", "net.ipv4.ip_forward = 0\n"),
        ("/etc/sysctl.d/50-a.conf", "net.ipv4.ip_forward = 1\n"),
        ("/usr/lib/sysctl.d/60-b.conf", "net/ipv4/conf/all/rp_filter = 1\n"),
        ("/etc/sysctl.d/hardening.conf", "net.ipv4.conf.all.forwarding = 0\n"),
        ("/etc/sysctl.conf", "net.ipv4.ip_forward = 1\n"),
      ]
    ).derive(SysctlEffectiveSetting.self)
    #expect(
      rows.map { $0.row.map(\.text) } == [
        ["systemd", "net.ipv4.conf.all.rp_filter", "1", "/usr/lib/sysctl.d/60-b.conf"],
        ["systemd", "net.ipv4.ip_forward", "0", "/etc/sysctl.d/hardening.conf"],
        ["procps", "net.ipv4.conf.all.rp_filter", "1", "/usr/lib/sysctl.d/60-b.conf"],
        ["procps", "net.ipv4.ip_forward", "1", "/etc/sysctl.conf"],
      ])
  }

  @Test(
    "forwarded pod traffic is covered by what accepts pods before anything ends them",
    arguments: [
      ([], "0", "0"),
      (["-j ACCEPT"], "1", "0"),
      (["-m comment --comment x -j ACCEPT"], "1", "0"),
      (["-i eni+ -j ACCEPT"], "0", "0"),
      (["-i eni+ -j ACCEPT", "-o eni+ -j ACCEPT"], "1", "0"),
      (["-i eni+ -j ACCEPT", "-j DROP", "-o eni+ -j ACCEPT"], "0", "0"),
      (["-i docker0 -j DROP", "-m conntrack --ctstate INVALID -j DROP", "-j ACCEPT"], "1", "0"),
      (["-d 169.254.169.254/32 -j DROP", "-p tcp -j REJECT", "-j ACCEPT"], "1", "0"),
      (["-s 10.42.0.0/16 -j REJECT", "-j ACCEPT"], "0", "0"),
      (["-s 10.42.0.0/16 -j ACCEPT", "-i docker0 -j ACCEPT"], "0", "0"),
      (["-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"], "0", "0"),
      (
        ["-m comment --comment \"cali:abc\" -m mark --mark 0x10000/0x10000 -j ACCEPT"], "0", "1"
      ),
      (
        [
          "-m comment --comment \"cali:abc\" -m mark --mark 0x10000/0x10000 -j ACCEPT",
          "-j ACCEPT",
        ], "1", "0"
      ),
      (["-j KUBE-FORWARD"], "0", "0"),
    ])
  func forwardPath(_ rules: [String], _ covering: String, _ calico: String) throws {
    let text =
      "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [5:300]\n"
      + rules.map { "-A FORWARD \($0)\n" }.joined() + "-A INPUT -j ACCEPT\nCOMMIT\n"
      + "*nat\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j ACCEPT\nCOMMIT\n"
    let parsed = try ParsedRows.of(.iptablesSave, Array(text.utf8))
    #expect(
      parsed.texts(
        "forward_path", "policy", "packets", "has_covering_accept", "covered_only_by_calico")
        == [["DROP", "5", covering, calico]])
  }
}

@Suite struct ClockSkewTests {
  private static let kernel = """
    {"realtime_us":1932888000000000,"monotonic_us":1200000000,"kernel":{"synchronized":true,"offset_us":7,"maximal_error_us":900},"unanswered":{}}
    """
  private static let later = """
    {"realtime_us":1932888045500000,"monotonic_us":1245000000,"kernel":{"synchronized":true,"offset_us":9},"unanswered":{}}
    """
  private static let chrony = """
    {"realtime_us":1,"monotonic_us":1,"kernel":{"synchronized":false,"offset_us":7},"chrony":{"Leap status":"Normal","System time":"0.5 seconds slow of NTP time"},"unanswered":{}}
    """
  private static let server = """
    {"server":"169.254.169.123","samples":[{"outcome":"ok","offset_us":-420,"delay_us":900},{"outcome":"ok","offset_us":-400,"delay_us":310},{"outcome":"timeout"}]}
    """

  @Test(
    "the clock's error comes from the best source, and a step from two readings",
    arguments: [
      ([(.clock, kernel)], [["7", "kernel", "1", "NULL"]]),
      ([(.clock, kernel), (.clockAgain, later)], [["7", "kernel", "1", "500000"]]),
      ([(.clock, chrony)], [["500000", "chrony", "0", "NULL"]]),
      ([(.clock, chrony), (.probeClock, server)], [["-400", "ntp", "0", "NULL"]]),
      ([(.clock, "{}")], [["NULL", "NULL", "NULL", "NULL"]]),
      ([], []),
    ] as [([(ArtifactID, String)], [[String]])])
  func skew(_ members: [(ArtifactID, String)], _ expected: [[String]]) throws {
    var parsed = ParsedRows()
    for (artifact, text) in members { try parsed.add(artifact, Array(text.utf8)) }
    #expect(parsed.derive(ClockSkew.self).map { $0.row.map(\.text) } == expected)
  }
}

@Suite struct NetworkSettingTests {
  @Test("networkd's settings are those of its main file and the drop-ins by name")
  func networkd() throws {
    let rows = try parsed(
      .networkdFiles,
      [
        ("/usr/lib/systemd/networkd.conf", "[Network]\nManageForeignRoutes=no\n"),
        ("/etc/systemd/networkd.conf", "[Network]\nManageForeignRoutingPolicyRules=yes\n"),
        ("/usr/lib/systemd/networkd.conf.d/90-b.conf", "[Network]\nSpeedMeter=yes\n"),
        ("/etc/systemd/networkd.conf.d/90-b.conf", ""),
        (
          "/run/systemd/networkd.conf.d/10-a.conf",
          "[Network]\nManageForeignRoutingPolicyRules=no\n"
        ),
        ("/etc/systemd/network/10-a.network", "[Match]\nName=*\n"),
      ]
    ).derive(NetworkSetting.self)
    #expect(
      rows.map { $0.row.map(\.text) } == [
        [
          "networkd", "Network", "ManageForeignRoutingPolicyRules", "no",
          "/run/systemd/networkd.conf.d/10-a.conf",
        ]
      ])
    #expect(rows.first?.line == 2)
  }

  @Test("NetworkManager's drop-ins in /etc win over its main file, and lists grow and shrink")
  func networkManager() throws {
    let rows = try parsed(
      .networkManager,
      [
        (
          "/usr/lib/NetworkManager/conf.d/10-a.conf",
          "[keyfile]\nunmanaged-devices=driver:a\n[main]\ndns=none\n"
        ),
        ("/etc/NetworkManager/NetworkManager.conf", "[main]\ndns=default\nplugins=keyfile;x\n"),
        (
          "/etc/NetworkManager/conf.d/90-b.conf",
          "[keyfile]\nunmanaged-devices+=interface-name:eni*;driver:a\n[main]\nplugins-=x\n"
        ),
      ]
    ).derive(NetworkSetting.self)
    #expect(
      rows.map { $0.row[1...3].map(\.text) } == [
        ["keyfile", "unmanaged-devices", "interface-name:eni*;driver:a"],
        ["main", "dns", "default"], ["main", "plugins", "keyfile"],
      ])
  }
}

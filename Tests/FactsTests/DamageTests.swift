import BundleModel
import Facts
import Testing

/// One good record of a text format, and how to look for it again.
struct DamageCase: CustomTestStringConvertible, Sendable {
  var artifact: ArtifactID
  var table: String
  /// A good line without its line end.
  var good: String
  /// Another good line.
  var other: String
  /// Lines that must stand in front for the good ones to mean anything.
  var head = ""

  var testDescription: String { "\(table) of \(artifact)" }

  static let all: [DamageCase] =
    [
      DamageCase(
        artifact: .iptablesSave, table: "iptables_rule", good: "-A FORWARD -i eni+ -j ACCEPT",
        other: "-A FORWARD -o eni+ -j ACCEPT", head: "*filter\n"),
      DamageCase(
        artifact: .policyRules, table: "ip_rule", good: "512:\tfrom all to 10.42.3.17 lookup main",
        other: "1536:\tfrom 10.42.12.200 lookup 2"),
      DamageCase(
        artifact: .routes, table: "ip_route", good: "10.42.3.17 dev eni39d9ca4a246 scope link",
        other: "default via 10.42.0.1 dev ens6 table 2"),
      DamageCase(
        artifact: .networkSysctls, table: "sysctl", good: "net.ipv4.ip_forward = 1",
        other: "net.ipv4.conf.all.rp_filter = 2"),
      DamageCase(
        artifact: .ipamdMetrics, table: "metric", good: "awscni_eni_max 3",
        other: "awscni_ip_max 27"),
      DamageCase(
        artifact: .ipamdLog, table: "ipamd_event",
        good:
          #"{"level":"error","ts":"2031-04-02T09:15:26.000Z","caller":"x","msg":"Start node init"}"#,
        other:
          #"{"level":"info","ts":"2031-04-02T09:15:27.000Z","caller":"x","msg":"Created a new ENI: eni-0a"}"#
      ),
      DamageCase(
        artifact: .pluginLog, table: "plugin_event",
        good:
          #"{"level":"error","ts":"2031-04-02T09:15:26.000Z","caller":"x","msg":"Container a not found"}"#,
        other:
          #"{"level":"info","ts":"2031-04-02T09:15:27.000Z","caller":"x","msg":"Added toContainer rule for 10.42.3.17/32"}"#
      ),
      DamageCase(
        artifact: .policyAgentLogs, table: "log_event",
        good:
          #"{"level":"error","ts":"2031-04-02T09:15:26.000Z","caller":"x","msg":"Failed to increase RLIMIT"}"#,
        other:
          #"{"level":"info","ts":"2031-04-02T09:15:27.000Z","caller":"x","msg":"Map update(s) failed"}"#
      ),
      DamageCase(
        artifact: .kubeletJournal, table: "kubelet_event",
        good:
          "2031-04-02T09:21:31.658200+00:00 n kubelet[3]: E0402 09:21:31.658123  3 a.go:1] Failed to watch a",
        other:
          "2031-04-02T09:21:32.658200+00:00 n kubelet[3]: E0402 09:21:32.658123  3 a.go:1] Failed to watch b"
      ),
      DamageCase(
        artifact: .kubeletEnvironment, table: "kubelet_flag", good: "KUBELET_ARGS=--max-pods=29",
        other: "KUBELET_EXTRA_ARGS=--v=2"),
      DamageCase(
        artifact: .kubeletSnap, table: "kubelet_flag", good: "max-pods    29",
        other: "address  0.0.0.0"
      ),
      DamageCase(
        artifact: .unitFiles, table: "unit_directive", good: "ExecStart=/usr/bin/kubelet",
        other: "X=1", head: "[Service]\n"),
      DamageCase(
        artifact: .systemEvents, table: "kube_event",
        good: "86s   Warning   Unhealthy   pod/aws-node-7cx2f   Readiness probe failed",
        other: "12s   Normal    Pulled      pod/aws-node-7cx2f   Pulled the image",
        head: "LAST SEEN   TYPE      REASON      OBJECT               MESSAGE\n"),
      DamageCase(
        artifact: .nodePermissions, table: "kube_permission", good: "nodes   []  []  [get list]",
        other: "pods    []  []  [get]"),
      DamageCase(
        artifact: .apiHealth, table: "kube_api_check", good: "[+]ping ok",
        other: "[-]etcd failed: reason withheld"),
      DamageCase(
        artifact: .policyDump, table: "bpf_pin",
        good: "PinPath:  /sys/fs/bpf/globals/aws/programs/a-shop_handle_ingress",
        other: "PinPath:  /sys/fs/bpf/globals/aws/programs/b-shop_handle_egress"),
      DamageCase(
        artifact: .userData, table: "max_pods_source", good: "--max-pods=29",
        other: "--max-pods=110"),
    ] + network + state

  /// Texts of the node's network.
  private static let network: [DamageCase] = [
    DamageCase(
      artifact: .iptablesNft, table: "iptables_rule", good: "-A FORWARD -i eni+ -j ACCEPT",
      other: "-A FORWARD -o eni+ -j ACCEPT"),
    DamageCase(
      artifact: ArtifactID(rawValue: "net.iptables_list_nat"), table: "iptables_rule",
      good: "    3   180 SNAT  0    --  *      !vlan+  0.0.0.0/0     0.0.0.0/0    to:10.42.7.19",
      other: "    0     0        6    --  eni+   *       10.42.3.17    0.0.0.0/0    tcp dpt:53",
      head:
        "Chain AWS-SNAT-CHAIN-0 (1 references)\n pkts bytes target prot opt in out source destination\n"
    ),
    DamageCase(
      artifact: .iptablesLegacy, table: "iptables_rule",
      good: "ACCEPT     all  --  anywhere             10.42.3.17",
      other: "DROP       tcp  --  anywhere             anywhere             tcp dpt:https",
      head: "Chain FORWARD (policy DROP)\ntarget     prot opt source               destination\n"),
    DamageCase(
      artifact: .nftables, table: "nft_rule", good: "ip saddr 10.42.3.17 accept # handle 4",
      other: "tcp dport 80 drop # handle 5", head: "table ip a {\n\tchain b {\n"),
    DamageCase(
      artifact: .links, table: "link", good: "2: ens5: <BROADCAST,UP> mtu 9001 state UP",
      other: "3: ens6: <BROADCAST,UP> mtu 9001 state DOWN"),
    DamageCase(
      artifact: .addresses, table: "address",
      good: "2: ens5    inet 10.42.7.19/20 scope global ens5",
      other: "3: ens6    inet 10.42.9.80/20 scope global ens6"),
    DamageCase(
      artifact: .neighbours, table: "neighbour",
      good: "10.42.0.1 dev ens5 lladdr 06:5e:11:aa:20:fe REACHABLE",
      other: "10.42.0.9 dev ens6 FAILED"),
    DamageCase(
      artifact: .trackedConnections, table: "conntrack_kind",
      good: "tcp 6 9 ESTABLISHED src=10.42.3.17 dst=1.2.3.4 sport=4 dport=443 src=1.2.3.4 mark=0",
      other: "udp 17 9 src=10.42.3.17 dst=1.2.3.4 sport=4 dport=53 [UNREPLIED] src=1.2.3.4 mark=1"),
    DamageCase(
      artifact: .trackingCounters, table: "conntrack_counter", good: "cpu=0   \tfound=12",
      other: "cpu=1   \tinsert_failed=3"),
    DamageCase(
      artifact: .driverStatistics, table: "driver_counter",
      good: "     bw_in_allowance_exceeded: 512", other: "     conntrack_allowance_exceeded: 37",
      head: "Interface ens5\nNIC statistics:\n"),
    DamageCase(
      artifact: .sockets, table: "listener",
      good: "tcp   LISTEN 0  4096  127.0.0.1:61679  0.0.0.0:*  users:((\"a\",pid=3,fd=3))",
      other: "udp   UNCONN 0  0     0.0.0.0:68       0.0.0.0:*  users:((\"b\",pid=4,fd=3))"),
    DamageCase(
      artifact: .ipset, table: "ipset_entry", good: "add s 10.42.3.17", other: "add s 10.42.9.80",
      head: "create s hash:ip family inet\n"),
  ]

  /// Texts of the node's state, which have no meaning across lines.
  private static let state: [DamageCase] = [
    DamageCase(
      artifact: .foreignKernelMessages, table: "host_event",
      good: "[ 9001.010101] nf_conntrack: nf_conntrack: table full, dropping packet",
      other: "[ 9050.330021] neighbour: arp_cache: neighbor table overflow!"),
    DamageCase(
      artifact: .kernelMessages, table: "host_event",
      good: #"{"level":4,"boot_us":1,"message":"nf_conntrack: table full, dropping packet"}"#,
      other: #"{"level":4,"boot_us":2,"message":"arp_cache: neighbor table overflow!"}"#),
    DamageCase(
      artifact: .systemLog, table: "host_event",
      good: "Apr  2 09:21:31 n kernel: nf_conntrack: table full, dropping packet",
      other: "Apr  2 09:21:32 n kernel: neighbour: arp_cache: neighbor table overflow!"),
    DamageCase(
      artifact: .dnsPodLogs, table: "host_event",
      good: "2031-04-02T09:15:19.5Z stdout F [INFO] plugin/ready: Plugins not ready: \"a\"",
      other: "2031-04-02T09:15:20.5Z stdout F [ERROR] plugin/errors: 2 a. A: i/o timeout"),
    DamageCase(
      artifact: .foreignMounts, table: "mount", good: "/dev/nvme0n1p1 on / type xfs (rw,noatime)",
      other: "tmpfs on /run type tmpfs (rw)"),
    DamageCase(
      artifact: .foreignDiskUse, table: "mount", good: "/dev/nvme0n1p1 20G 19G 1.0G 95% /",
      other: "tmpfs 3.8G 1M 3.8G 1% /run",
      head: "Filesystem Size Used Avail Use% Mounted on\n"),
    DamageCase(
      artifact: .foreignProcesses, table: "process",
      good: "root 4711 0.5 0.9 1250000 76512 ? Ssl 09:10 0:12 ./aws-k8s-agent",
      other: "root 3456 1.2 1.3 2000000 104000 ? Ssl 09:05 1:02 /usr/bin/kubelet",
      head: "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\n"),
    DamageCase(
      artifact: .processes, table: "process", good: #"{"pid":4711,"name":"aws-k8s-agent"}"#,
      other: #"{"pid":3456,"name":"kubelet"}"#),
    DamageCase(
      artifact: .foreignPackages, table: "package", good: "systemd-252.23-2.amzn2023.x86_64",
      other: "tzdata-2030a-1.amzn2023.noarch"),
    DamageCase(
      artifact: .units, table: "unit", good: "sshd.service loaded active running OpenSSH",
      other: "cron.service loaded active running Cron"),
    DamageCase(
      artifact: .kernelModules, table: "kernel_module", good: "veth 36864 0 - Live 0x0",
      other: "ena 155648 0 - Live 0x0"),
    DamageCase(
      artifact: .kernelConfiguration, table: "kernel_option", good: "CONFIG_VETH=m",
      other: "CONFIG_BPF_JIT=y"),
    DamageCase(
      artifact: .probeIPAMD, table: "probe_sample",
      good: #"{"target":"a","outcome":"ok","seq":0}"#,
      other: #"{"target":"a","outcome":"fail","seq":1}"#),
  ]

  func rows(_ text: String) throws -> [[FactValue]] {
    try rows(Array((head + text).utf8))
  }

  func rows(_ bytes: [UInt8]) throws -> [[FactValue]] {
    try ParsedRows.of(artifact, bytes).rows(table)
  }
}

@Suite struct DamageTests {
  @Test("an empty file has no rows and no issues", arguments: DamageCase.all)
  func empty(_ format: DamageCase) throws {
    let parsed = try ParsedRows.of(format.artifact, [])
    #expect(parsed.rows(format.table) == [])
    #expect(parsed.issues == [])
  }

  @Test("a last line without its end is read", arguments: DamageCase.all)
  func noLineEnd(_ format: DamageCase) throws {
    #expect(try format.rows(format.good).count == 1)
    #expect(try format.rows(format.good) == format.rows(format.good + "\n"))
  }

  @Test("a cut last line leaves the lines before it alone", arguments: DamageCase.all)
  func cutLast(_ format: DamageCase) throws {
    let good = try format.rows(format.good + "\n")
    for length in [1, 5, 9] {
      let rows = try format.rows(format.good + "\n" + format.other.prefix(length))
      #expect(rows.first == good.first)
      #expect(rows.count <= 2)
    }
  }

  @Test("a cut first line leaves the lines behind it alone", arguments: DamageCase.all)
  func cutFirst(_ format: DamageCase) throws {
    let rows = try format.rows(format.other.dropFirst(4) + "\n" + format.good + "\n")
    #expect(try rows.last?.suffix(3) == format.rows(format.good).last?.suffix(3))
  }

  @Test(
    "line ends of Windows, a byte order mark and colours change nothing", arguments: DamageCase.all)
  func foreignBytes(_ format: DamageCase) throws {
    let text = format.good + "\n" + format.other + "\n"
    let clean = try format.rows(text)
    #expect(clean.count == 2)
    let whole = format.head + text
    let windows = Array(whole.utf8).flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }
    #expect(try format.rows(windows) == clean)
    #expect(try format.rows([0xef, 0xbb, 0xbf] + Array(whole.utf8)) == clean)
    let coloured = format.head + "\u{1b}[1;31m" + format.good + "\u{1b}[0m\n" + format.other + "\n"
    #expect(try format.rows(Array(coloured.utf8)) == clean)
  }

  @Test("zero padding at the end adds no rows", arguments: DamageCase.all)
  func zeroPadding(_ format: DamageCase) throws {
    let text = Array((format.head + format.good + "\n").utf8)
    #expect(
      try format.rows(text + Array(repeating: 0, count: 512)) == format.rows(text))
  }

  @Test("bytes that are not UTF-8 are shown, not dropped", arguments: DamageCase.all)
  func invalidUTF8(_ format: DamageCase) throws {
    let bytes = Array((format.head + format.good + "\n").utf8) + [0xff, 0xfe, 0x80, 0x0a]
    #expect(try format.rows(bytes).first == format.rows(format.good).first)
  }

  @Test("a line of a megabyte is bounded and the next one is read", arguments: DamageCase.all)
  func longLine(_ format: DamageCase) throws {
    let long = format.good + String(repeating: " x", count: 600_000)
    let rows = try format.rows(long + "\n" + format.other + "\n")
    #expect(try rows.last?.last == format.rows(format.other).last?.last)
  }

  @Test("a prompt in front is no record", arguments: DamageCase.all)
  func prompt(_ format: DamageCase) throws {
    let text = "[root@ip-10-42-7-19 ~]# show\n" + format.good + "\n"
    #expect(try format.rows(text).count == 1)
  }

  @Test("two JSON records on one line, and one broken over lines, are all read")
  func joinedRecords() throws {
    let log = try #require(DamageCase.all.first { $0.table == "ipamd_event" })
    let both = try log.rows(log.good + "\n" + log.other)
    #expect(try log.rows(log.good + log.other) == both)
    for width in [20, 40] {
      var text = ""
      for (index, character) in log.good.enumerated() {
        if index > 0, index % width == 0 { text += "\n" }
        text.append(character)
      }
      #expect(try log.rows(text + "\n" + log.other) == both, "broken every \(width) characters")
    }
  }

  @Test("a record that jq printed over several lines is one record")
  func prettyPrinted() throws {
    let text = """
      {
        "level": "info",
        "ts": "2031-04-02T09:15:26.000Z",
        "msg": "Start node init"
      }
      parse error: Invalid numeric literal at line 6, column 2
      """
    let parsed = try ParsedRows.of(.ipamdLog, Array(text.utf8))
    #expect(
      parsed.texts("ipamd_event", "level", "message").first == ["info", "Start node init"])
  }

  @Test(
    "redacted values stay text",
    arguments: [
      (ArtifactID.policyRules, "512:\tfrom all to MY-IP lookup main", "ip_rule", "dst", "MY-IP"),
      (.policyRules, "512:\tfrom all to 10.x.x.12 lookup main", "ip_rule", "dst", "10.x.x.12"),
      (.routes, "10.x.x.12 dev eni1 scope link", "ip_route", "dst", "10.x.x.12"),
      (
        .ipamdLog, #"{"level":"info","ts":"x","msg":"Created a new ENI: eni-xxxxxxxx"}"#,
        "ipamd_event", "eni", "eni-xxxxxxxx"
      ),
      (
        .sandboxes, #"{"status":{"id":"a","network":{"ip":"10.x.x.12"}}}"#, "sandbox", "address",
        "10.x.x.12"
      ),
      (.kubeletEnvironment, "X=--max-pods=...", "kubelet_flag", "value", "..."),
      (
        .eniConfigs, "metadata: {name: a}\nspec: {subnet: subnet-xxxxxxxx}", "eni_config", "subnet",
        "subnet-xxxxxxxx"
      ),
    ])
  func redacted(
    _ artifact: ArtifactID, _ line: String, _ table: String, _ column: String, _ value: String
  ) throws {
    let parsed = try ParsedRows.of(artifact, Array(line.utf8))
    #expect(parsed.texts(table, column) == [[value]])
  }
}

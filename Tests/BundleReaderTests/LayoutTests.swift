import BundleModel
import Foundation
import Testing

@testable import BundleReader

/// A file of a layout and what the reader must make of it.
struct PlacedFile: Sendable {
  let path: String
  let artifact: ArtifactID?
  let origin: String?
  var text = "x\n"

  init(_ path: String, _ artifact: ArtifactID?, _ origin: String? = nil, text: String = "x\n") {
    self.path = path
    self.artifact = artifact
    self.origin = origin
    self.text = text
  }
}

/// A small input of every layout.
struct LayoutSample: Sendable, CustomTestStringConvertible {
  let kind: BundleKind
  let name: String
  let files: [PlacedFile]
  var testDescription: String { name }

  static let all = [
    collector, oldCollector, agent, agentOnBottlerocket, script, oldScript, logdog, image,
  ]

  static let collector = LayoutSample(
    kind: .eksLogCollector, name: "eks-log-collector.sh",
    files: [
      PlacedFile("system/script-params.txt", nil),
      PlacedFile("system/instance-id.txt", .foreignInstanceID, text: "i-0a1b2c3d4e5f60718\n"),
      PlacedFile("system/pkglist.txt", .foreignPackages),
      PlacedFile("networking/iptables-save.txt", .iptablesSave, text: "*filter\nCOMMIT\n"),
      PlacedFile("networking/ip6tables-nat.txt", "net.ip6tables_list_nat"),
      PlacedFile("networking/iprule.txt", .policyRules),
      PlacedFile("networking/resolv.conf", .resolver, "/etc/resolv.conf"),
      PlacedFile("networking/systemd-network/70-ens5.network", .networkdFiles),
      PlacedFile("ipamd/enis.json", .ipamdENIs, text: "{}"),
      PlacedFile("ipamd/ipam.json", .checkpoint, "/var/run/aws-node/ipam.json"),
      PlacedFile("ipamd/ipam-nic-1.json", .cardCheckpoints, "/var/run/aws-node/ipam-nic-1.json"),
      PlacedFile("ipamd/metrics.json", .ipamdMetrics),
      PlacedFile("cni/10-aws.conflist", .cniConfiguration, "/etc/cni/net.d/10-aws.conflist"),
      PlacedFile("cni/cni-configuration-variables-containerd.json", .foreignCNIContainers),
      PlacedFile("kubelet/kubelet.log", .kubeletJournal),
      PlacedFile("kubelet/kubelet_service.txt", .unitFiles),
      PlacedFile(
        "kubelet/config.json", .kubeletConfiguration, "/etc/kubernetes/kubelet/config.json"),
      PlacedFile(
        "kubelet/config.json.d/40-nodeadm.conf", .kubeletConfiguration,
        "/etc/kubernetes/kubelet/config.json.d/40-nodeadm.conf"),
      PlacedFile("nodeadm/nodeadm-run.log", .nodeadm),
      PlacedFile(
        "var_log/aws-routed-eni/ipamd.log", .ipamdLog, "/var/log/aws-routed-eni/ipamd.log"),
      PlacedFile(
        "var_log/aws-routed-eni/plugin.log", .pluginLog, "/var/log/aws-routed-eni/plugin.log"),
      PlacedFile(
        "var_log/aws-routed-eni/ebpf-sdk.log", .policyAgentLogs,
        "/var/log/aws-routed-eni/ebpf-sdk.log"),
      PlacedFile("var_log/messages", .systemLog, "/var/log/messages"),
      PlacedFile(
        "var_log/kube-system_aws-node-7cx2f_b1b2/aws-node/0.log", .agentPodLogs,
        "/var/log/pods/kube-system_aws-node-7cx2f_b1b2/aws-node/0.log"),
      PlacedFile(
        "var_log/coredns-5d78_kube-system_coredns-0a1b.log", .dnsPodLogs,
        "/var/log/containers/coredns-5d78_kube-system_coredns-0a1b.log"),
      PlacedFile("kernel/dmesg.current", .foreignKernelMessages),
      PlacedFile("storage/lvs.txt", nil),
    ])

  static let oldCollector = LayoutSample(
    kind: .eksLogCollector, name: "eks-log-collector.sh of 2018",
    files: [
      PlacedFile("system/pkglist.txt", .foreignPackages),
      PlacedFile("system/services.txt", .units),
      PlacedFile("docker/docker-info.txt", .foreignDockerInfo),
      PlacedFile("networking/iptables.txt", "net.iptables_list_filter"),
      PlacedFile("networking/iproute.txt", .routes),
      PlacedFile(
        "var_log/aws-routed-eni/ipamd.log.2018-05-15-22", .ipamdLog,
        "/var/log/aws-routed-eni/ipamd.log.2018-05-15-22"),
    ])

  static let agent = LayoutSample(
    kind: .nodeMonitoringAgent, name: "node monitoring agent",
    files: [
      PlacedFile("log-capture-errors.log", .foreignCaptureErrors),
      PlacedFile("system/pressure_cpu.txt", .foreignPressure, "/proc/pressure/cpu"),
      PlacedFile("networking/nftables-ip-nat.txt", .foreignNftables),
      PlacedFile("networking/iptables-save.txt", .iptablesSave),
      PlacedFile("networking/get_api_server.txt", .foreignAPICheck),
      PlacedFile("automode/coredns-boostrap.txt", .autoModeJournals),
      PlacedFile(
        "kubelet/config.json", .kubeletConfiguration, "/etc/kubernetes/kubelet/config.json"),
      PlacedFile("sysctls/x.txt", nil),
    ])

  static let agentOnBottlerocket = LayoutSample(
    kind: .nodeMonitoringAgent, name: "node monitoring agent on Bottlerocket",
    files: [
      PlacedFile("bottlerocket/application-inventory.json", .foreignBottlerocketPackages),
      PlacedFile("bottlerocket/logdog/command-output.log", nil),
      PlacedFile(
        "var_log/aws-routed-eni/ipamd.log", .ipamdLog, "/var/log/aws-routed-eni/ipamd.log"),
      PlacedFile(
        "bottlerocket/logdog/bottlerocket-logs/settings.json", .foreignBottlerocketSettings),
      PlacedFile("bottlerocket/logdog/bottlerocket-logs/os-release", .osRelease, "/etc/os-release"),
    ])

  static let script = LayoutSample(
    kind: .supportScript, name: "aws-cni-support.sh",
    files: [
      PlacedFile("eni.out", .ipamdENIs), PlacedFile("pod.out", .foreignIPAMDPods),
      PlacedFile("kubelet.out", .nodePods), PlacedFile("route.out", .foreignRouteTables),
      PlacedFile("iptables-save.out", .iptablesSave), PlacedFile("sysctls.out", .networkSysctls),
      PlacedFile("cni/10-aws.conflist", .cniConfiguration, "/etc/cni/net.d/10-aws.conflist"),
      PlacedFile(
        "ipamd.log.2018-05-15-22", .ipamdLog, "/var/log/aws-routed-eni/ipamd.log.2018-05-15-22"),
      PlacedFile("messages", .systemLog, "/var/log/messages"),
    ])

  static let oldScript = LayoutSample(
    kind: .supportScript, name: "aws-cni-support.sh up to 1.3",
    files: [
      PlacedFile("eni.output", .ipamdENIs), PlacedFile("ifconig.output", .foreignIfconfig),
      PlacedFile("iprule.output", .policyRules),
      PlacedFile("plugin.log", .pluginLog, "/var/log/aws-routed-eni/plugin.log"),
    ])

  static let logdog = LayoutSample(
    kind: .logdog, name: "logdog",
    files: [
      PlacedFile("logdog.errors", nil), PlacedFile("df", .foreignDiskUse),
      PlacedFile("proc-mounts", .foreignProcMounts, "/proc/mounts"),
      PlacedFile("journalctl.log", .foreignJournal),
      PlacedFile("iptables-nat", "net.iptables_list_nat"),
      PlacedFile("ipamd.log", .ipamdLog, "/var/log/aws-routed-eni/ipamd.log"),
      PlacedFile("os-release", .osRelease, "/etc/os-release"),
    ])

  static let image = LayoutSample(
    kind: .rootFileSystem, name: "image",
    files: [
      PlacedFile("etc/os-release", .osRelease, "/etc/os-release", text: "ID=amzn\n"),
      PlacedFile("etc/passwd", nil),
      PlacedFile("etc/sysctl.d/90-a.conf", .sysctlFiles, "/etc/sysctl.d/90-a.conf"),
      PlacedFile("lib/sysctl.d/50-b.conf", .sysctlFiles, "/lib/sysctl.d/50-b.conf"),
      PlacedFile(
        "etc/systemd/system/kubelet.service", .unitFiles, "/etc/systemd/system/kubelet.service"),
      PlacedFile(
        "etc/systemd/system/kubelet.service.d/30-site.conf", .unitFiles,
        "/etc/systemd/system/kubelet.service.d/30-site.conf"),
      PlacedFile(
        "usr/lib/systemd/network/99-default.link", .networkdFiles,
        "/usr/lib/systemd/network/99-default.link"),
      PlacedFile("etc/sysconfig/iptables", .firewallManagers, "/etc/sysconfig/iptables"),
      PlacedFile("etc/iptables/rules.v4", .firewallManagers, "/etc/iptables/rules.v4"),
      PlacedFile(
        "etc/cni/net.d/10-aws.conflist", .cniConfiguration, "/etc/cni/net.d/10-aws.conflist"),
      PlacedFile(
        "etc/containerd/config.toml", .runtimeConfiguration, "/etc/containerd/config.toml"),
      PlacedFile(
        "etc/eks/kubelet/environment", .kubeletEnvironment, "/etc/eks/kubelet/environment"),
      PlacedFile("var/lib/dpkg/status", .foreignPackageStatus, "/var/lib/dpkg/status"),
      PlacedFile("opt/cni/bin/aws-cni", nil), PlacedFile("home/user/notes", nil),
      PlacedFile("etc/shadow", nil),
    ])
}

@Suite("Layouts of other collectors and of images")
struct LayoutTests {
  private func expect(_ bundle: SupportBundle, _ sample: LayoutSample, from folder: String = "") {
    #expect(bundle.kind == sample.kind)
    #expect(bundle.manifest == nil)
    for file in sample.files {
      let members = bundle.members.filter { $0.path == file.path }
      if sample.kind == .rootFileSystem, file.artifact == nil {
        #expect(members.isEmpty, "\(file.path)")
        continue
      }
      #expect(members.map(\.artifact) == [file.artifact], "\(file.path)")
      #expect(members.first?.origin == file.origin, "\(file.path)")
    }
  }

  @Test("a layout is recognised by its names, wherever it was packed", arguments: LayoutSample.all)
  func places(_ sample: LayoutSample) throws {
    let scratch = try Scratch()
    for folder in ["", "./", "some-name/", "a/b/c/", "./eks_x/"] {
      let files = sample.files.map { (folder + $0.path, $0.text) }
      let archive = try scratch.archive(files, named: "whatever.zip")
      expect(try SupportBundle.open(.path(archive)), sample)
      try FileManager.default.removeItem(atPath: archive)
      expect(try SupportBundle.open(.path(scratch.folder(files))), sample)
    }
  }

  @Test("every member's bytes come from its own file", arguments: LayoutSample.all)
  func contents(_ sample: LayoutSample) throws {
    let scratch = try Scratch()
    let files = sample.files.map { ("top/\($0.path)", $0.text) }
    let texts = try scratch.contents(SupportBundle.open(.path(scratch.archive(files))))
    for file in sample.files where file.artifact != nil {
      #expect(texts[file.path] == file.text, "\(file.path)")
    }
  }

  @Test("an archive inside an archive is read without unpacking", arguments: LayoutSample.all)
  func nested(_ sample: LayoutSample) throws {
    let scratch = try Scratch()
    let files = sample.files.map { ("./\($0.path)", $0.text) }
    let inner = try scratch.archive(files, named: "inner.tar.zst")
    try scratch.run("/bin/tar", ["-czf", "outer.tar.gz", "inner.tar.zst"])
    let bundle = try SupportBundle.open(.path(scratch.path("outer.tar.gz")))
    expect(bundle, sample)
    let texts = try scratch.contents(bundle)
    #expect(texts == (try scratch.contents(SupportBundle.open(.path(inner)))))
    try scratch.run("/bin/tar", ["-cf", "outermost.tar", "outer.tar.gz"])
    expect(try SupportBundle.open(.path(scratch.path("outermost.tar"))), sample)
  }

  @Test("a native bundle inside another archive is read as well")
  func nestedNative() throws {
    let scratch = try Scratch()
    _ = try scratch.archive(Scratch.bundle, named: "inner.tar.zst")
    try scratch.run("/bin/tar", ["-czf", "case.tgz", "inner.tar.zst"])
    let bundle = try SupportBundle.open(.path(scratch.path("case.tgz")))
    #expect(bundle.manifest?.bundleID == "b1")
    #expect(try scratch.contents(bundle)["net/iptables-save.txt"] == "*filter\nCOMMIT\n")
  }

  @Test("Bottlerocket's own archive inside the agent's fills what the agent lacks")
  func logdogInside() throws {
    let scratch = try Scratch()
    let logdog = LayoutSample.logdog.files.map { ("bottlerocket-logs/\($0.path)", $0.text) }
    _ = try scratch.folder(
      [("log-capture-errors.log", "e\n"), ("var_log/aws-routed-eni/ipamd.log", "agent\n")],
      named: "nma")
    _ = try scratch.folder(logdog, named: "ld")
    try scratch.run("/bin/mkdir", ["-p", "nma/bottlerocket/logdog"])
    try scratch.run(
      "/bin/tar",
      ["-C", "ld", "-czf", "nma/bottlerocket/logdog/bottlerocket-logs.tar.gz", "bottlerocket-logs"])
    try scratch.run("/bin/tar", ["-C", "nma", "-czf", "nma.tar.gz", "."])
    for path in ["nma.tar.gz", "nma"] {
      let bundle = try SupportBundle.open(.path(scratch.path(path)))
      #expect(bundle.kind == .nodeMonitoringAgent)
      let logs = bundle.members.filter { $0.artifact == .ipamdLog }
      #expect(logs.map(\.path) == ["var_log/aws-routed-eni/ipamd.log"])
      let release = try #require(bundle.members.first { $0.artifact == .osRelease })
      #expect(
        release.path == "bottlerocket/logdog/bottlerocket-logs.tar.gz/bottlerocket-logs/os-release")
      #expect(try scratch.contents(bundle)[release.path] == "x\n")
    }
  }

  @Test("the same log, flat and by pod, is read once")
  func duplicates() throws {
    let scratch = try Scratch()
    let flat =
      "var_log/aws-node-7cx2f_kube-system_aws-node-\(String(repeating: "0a", count: 32)).log"
    let other =
      "var_log/aws-node-9zzzz_kube-system_aws-node-\(String(repeating: "0b", count: 32)).log"
    let byPod = "var_log/kube-system_aws-node-7cx2f_b1b2/aws-node/0.log"
    let files = ["system/script-params.txt", flat, other, byPod].map { ($0, "x\n") }
    let bundle = try SupportBundle.open(.path(scratch.archive(files)))
    let logs = bundle.members.filter { $0.artifact == .agentPodLogs }.map(\.path)
    #expect(Set(logs) == [byPod, other])
    let filters = ["networking/iptables.txt", "networking/iptables-filter.txt"]
    let both = try SupportBundle.open(
      .path(scratch.archive((["system/script-params.txt"] + filters).map { ($0, "x\n") })))
    #expect(
      both.members.filter { $0.artifact == "net.iptables_list_filter" }.map(\.path) == [filters[1]])
  }

  @Test(
    "the script's version and time are those of the archive's name, else the time is the files'",
    arguments: [
      ("eks_i-0a1b2c3d4e5f60718_2031-04-02_0925-UTC_0.7.9.tar.gz", "0.7.9", 1_932_888_300),
      ("eks__2031-04-02_0925-UTC_0.7.9.tar.gz", "0.7.9", 1_932_888_300),
      ("eks_i-0a1b_2031-13-02_0925-UTC_0.7.9.tar.gz", nil, 1_932_888_305),
      ("case-4711.tar.gz", nil, 1_932_888_305), ("eks_.tar", nil, 1_932_888_305),
    ])
  func collector(_ name: String, _ version: String?, _ seconds: Int64) throws {
    let scratch = try Scratch()
    let files = LayoutSample.collector.files.map { ($0.path, $0.text) }
    let archive = try scratch.archive(files, named: name, modified: 1_932_888_305_000_000)
    let bundle = try SupportBundle.open(.path(archive))
    #expect(bundle.tool.name == "eks-log-collector.sh")
    #expect(bundle.tool.version == version)
    #expect(bundle.tool.startedAtUs == seconds * 1_000_000)
    #expect(
      bundle.members.first { $0.artifact == .kubeletJournal }?.modified == 1_932_888_305_000_000)
    let folder = try SupportBundle.open(.path(scratch.folder(files)))
    #expect(folder.tool.version == nil)
    #expect(folder.tool.startedAtUs == nil, "a copy's times say nothing")
  }

  @Test("of two collections in one archive the first by name is read, and the other is named")
  func severalTops() throws {
    let scratch = try Scratch()
    let files = ["node-b", "node-a"].flatMap { top in
      LayoutSample.collector.files.map { ("\(top)/\($0.path)", "\(top)\n") }
    }
    let bundle = try SupportBundle.open(.path(scratch.archive(files)))
    #expect(bundle.notes == ["node-b/ holds a bundle of its own, which is not read"])
    #expect(try scratch.contents(bundle)["networking/iprule.txt"] == "node-a\n")
  }

  @Test("an image lists its programs and links, and knows which of its files are missing")
  func imageListing() throws {
    let scratch = try Scratch()
    let folder = try scratch.folder(
      LayoutSample.image.files.map { ($0.path, $0.text) }, named: "root")
    try scratch.run("/bin/mkdir", ["-p", "root/usr/sbin", "root/etc/alternatives", "root/proc/1"])
    try scratch.run("/bin/ln", ["-s", "/usr/sbin/iptables-nft", "root/etc/alternatives/iptables"])
    try scratch.run("/bin/ln", ["-s", "../../etc/sysctl.conf", "root/etc/sysctl.d/99-sysctl.conf"])
    try scratch.run("/bin/ln", ["-s", "/etc/passwd", "root/home/user/link"])
    try Data("nft".utf8).write(to: URL(filePath: folder + "/usr/sbin/iptables-nft"))
    try scratch.run("/bin/tar", ["-C", "root", "-cf", "root.tar", "."])
    for path in ["root", "root.tar"] {
      let bundle = try SupportBundle.open(.path(scratch.path(path)))
      #expect(bundle.kind == .rootFileSystem)
      #expect(bundle.notes == [])
      #expect(bundle.missing.contains(.logRotation))
      #expect(!bundle.missing.contains(.sysctlFiles))
      let listing = try scratch.contents(bundle)["file-listing.txt"]
      let lines = listing?.split(separator: "\n").map(String.init) ?? []
      #expect(lines.contains { $0.hasPrefix("file 2 ") && $0.hasSuffix(" /opt/cni/bin/aws-cni") })
      #expect(lines.contains { $0.hasPrefix("file 3 ") && $0.hasSuffix(" /usr/sbin/iptables-nft") })
      #expect(lines.contains("link /etc/alternatives/iptables -> /usr/sbin/iptables-nft"))
      #expect(lines.contains("link /etc/sysctl.d/99-sysctl.conf -> ../../etc/sysctl.conf"))
      #expect(lines.allSatisfy { !$0.contains("home") && !$0.contains("shadow") })
    }
  }

  @Test("of an item that is one file the first place counts")
  func firstPlace() throws {
    let scratch = try Scratch()
    let files = [
      ("etc/os-release", "ID=a\n"), ("usr/lib/os-release", "ID=b\n"), ("etc/passwd", "x"),
    ]
    let bundle = try SupportBundle.open(.path(scratch.archive(files)))
    #expect(bundle.members.filter { $0.artifact == .osRelease }.map(\.path) == ["etc/os-release"])
  }

  @Test("a file of an image that cannot be opened costs only itself, one of a bundle costs all")
  func unreadable() throws {
    let scratch = try Scratch()
    for (sample, isTolerant) in [(LayoutSample.image, true), (.agent, false)] {
      let folder = try scratch.folder(sample.files.map { ($0.path, $0.text) })
      let stream = try FolderStream(folder, name: "x", limits: ReadLimits(), isSelective: true)
      let gone = sample.files[0].path
      try FileManager.default.removeItem(atPath: "\(folder)/\(gone)")
      var paths: [String] = []
      func walk() throws { while let (path, _) = try stream.next() { paths.append(path) } }
      if isTolerant {
        try walk()
        #expect(paths.count > 5 && !paths.contains(gone))
        #expect(stream.notes.texts.first?.hasPrefix("\(gone) cannot be read: ") == true)
      } else {
        let error = #expect(throws: BundleError.self) { try walk() }
        #expect(error?.code == "E306")
      }
    }
  }

  @Test("several inputs are opened independently of each other")
  func several() throws {
    let scratch = try Scratch()
    let good = try scratch.archive(LayoutSample.agent.files.map { ($0.path, $0.text) })
    let results = SupportBundle.openAll([.path("/nonexistent"), .path(good)])
    #expect(results.count == 2)
    #expect(throws: BundleError.self) { try results[0].get() }
    #expect(try results[1].get().kind == .nodeMonitoringAgent)
  }
}

import BundleModel
import Facts
import Testing

@Suite struct KubeletTests {
  private static let unit = "system/unit-files/etc/systemd/system/kubelet.service"
  private static let config = "kubelet/config/etc/kubernetes/kubelet/config.json"

  private func rows(
    _ members: [(ArtifactID, String, String)]
  ) throws -> ParsedRows {
    var parsed = ParsedRows()
    for (artifact, path, text) in members {
      try parsed.add(artifact, Array(text.utf8), path: path)
    }
    return parsed
  }

  private func texts(_ rows: [Located<[FactValue]>], _ columns: Int...) -> [[String]] {
    rows.map { row in columns.map { row.row[$0].text } }
  }

  @Test("an argument goes before a drop-in, and a drop-in before the file; all are named")
  func precedence() throws {
    let parsed = try rows([
      (.kubeletConfiguration, Self.config, #"{"maxPods":17,"cgroupDriver":"systemd"}"#),
      (
        .kubeletConfiguration, Self.config + ".d/10-a.conf",
        #"{"maxPods":20,"clusterDNS":["10.100.0.10"]}"#
      ),
      (.kubeletConfiguration, Self.config + ".d/20-b.conf", #"{"maxPods":25}"#),
      (.kubeletConfiguration, Self.config + ".d/30-c.txt", #"{"maxPods":99}"#),
      (
        .kubeletFlags, "kubelet/flags.json",
        #"{"arguments":["/usr/bin/kubelet","--max-pods=29","--cluster-dns=10.0.0.1,10.0.0.2"]}"#
      ),
    ])
    #expect(
      texts(parsed.derive(KubeletEffective.self), 0, 1, 2, 5) == [
        ["cgroupDriver", "systemd", "file", "0"],
        ["clusterDNS", #"["10.0.0.1","10.0.0.2"]"#, "flag", "1"],
        ["maxPods", "29", "flag", "1"],
      ])
    let pods = try #require(parsed.derive(KubeletEffective.self).last)
    #expect(pods.row[3].text == "--max-pods")
    #expect(
      pods.row[4].text
        == #"[{"origin":"drop_in","place":"/etc/kubernetes/kubelet/config.json.d/20-b.conf","value":"25"},"#
        + #"{"origin":"drop_in","place":"/etc/kubernetes/kubelet/config.json.d/10-a.conf","value":"20"},"#
        + #"{"origin":"file","place":"/etc/kubernetes/kubelet/config.json","value":"17"}]"#)
    #expect(pods.path == "kubelet/flags.json")
  }

  @Test("with --config only that file counts; without drop-ins and arguments it decides")
  func chosenFile() throws {
    let parsed = try rows([
      (.kubeletConfiguration, Self.config, #"{"maxPods":17}"#),
      (
        .kubeletConfiguration, "kubelet/config/etc/kubernetes/kubelet/kubelet-config.json",
        #"{"maxPods":29}"#
      ),
      (
        .processes, "system/ps.txt",
        "root 1 0 0 0 0 ? Ssl 09:15 0:21 /usr/bin/kubelet --config /etc/kubernetes/kubelet/config.json\n"
      ),
    ])
    #expect(
      texts(parsed.derive(KubeletEffective.self), 0, 1, 2) == [
        ["config", "/etc/kubernetes/kubelet/config.json", "flag"], ["maxPods", "17", "file"],
      ])
  }

  @Test("without a process the unit and its environment file tell; configz beats everything")
  func unitAndConfigz() throws {
    var members: [(ArtifactID, String, String)] = [
      (
        .unitFiles, Self.unit,
        "[Service]\nExecStart=/usr/bin/kubelet --hairpin-mode=none --feature-gates=A=true,B=false $X\n"
      ),
      (
        .kubeletEnvironment, "kubelet/environment/x",
        "X='--max-pods=110 --v 2 \u{2014}max-pods=20'\n"
      ),
    ]
    #expect(
      texts(try rows(members).derive(KubeletEffective.self), 0, 1, 2) == [
        ["featureGates.A", "true", "unit"], ["featureGates.B", "false", "unit"],
        ["hairpinMode", "none", "unit"], ["maxPods", "110", "environment"],
        ["v", "2", "environment"],
      ])
    members.append((.kubeletConfigz, "kubelet/configz.json", #"{"kubeletconfig":{"maxPods":58}}"#))
    #expect(
      texts(try rows(members).derive(KubeletEffective.self), 0, 1, 2).contains([
        "maxPods", "58", "configz",
      ]))
  }

  @Test("the maximum of pods is listed by every place, and one of them is in force")
  func maxPods() throws {
    let parsed = try rows([
      (.kubeletConfiguration, Self.config, #"{"maxPods":17}"#),
      (.kubeletFlags, "f", #"{"arguments":["kubelet","--max-pods","29"]}"#),
      (
        .nodeObject, "kube/node.json",
        #"{"kind":"Node","metadata":{"name":"n"},"status":{"capacity":{"pods":"29"},"allocatable":{"pods":"28"}}}"#
      ),
      (
        .maximalPods, "kubelet/maxpods.json",
        #"{"sources":[{"kind":"image table","place":"/etc/eks/eni-max-pods.txt","value":"35"}]}"#
      ),
      (.userData, "u", "bootstrap.sh x --use-max-pods false\n"),
    ])
    #expect(
      texts(parsed.derive(MaxPods.self), 0, 2, 3) == [
        ["file", "17", "0"], ["flag", "29", "1"], ["node_capacity", "29", "0"],
        ["node_allocatable", "28", "0"], ["image table", "35", "0"],
      ])
    #expect(parsed.texts("max_pods_source", "kind", "value").contains(["bootstrap", "NULL"]))
  }

  @Test("the CNI's version is that of the pod, or else of what runs, or of what ran last")
  func imageInForce() throws {
    func container(_ id: Int, _ state: String, _ version: String) -> (ArtifactID, String, String) {
      (
        .systemContainers, "runtime/inspect/\(id).json",
        #"{"status":{"id":"c\#(id)","metadata":{"name":"aws-node"},"state":"\#(state)","createdAt":"\#(id)000","#
          + #""image":{"image":"r/amazon-k8s-cni:\#(version)"}}}"#
      )
    }
    let ended = [
      container(1, "CONTAINER_EXITED", "v1.16.0"), container(3, "CONTAINER_EXITED", "v1.17.0"),
    ]
    let daemonSet: (ArtifactID, String, String) = (
      .agentDaemonSet, "kube/ds-aws-node.json",
      #"{"kind":"DaemonSet","metadata":{"name":"aws-node"},"spec":{"template":{"spec":{"containers":[{"name":"aws-node","image":"r/amazon-k8s-cni:v1.19.0"}]}}}}"#
    )
    let pod: (ArtifactID, String, String) = (
      .nodePods, "kube/pods.json",
      #"{"kind":"Pod","metadata":{"name":"aws-node-7cx2f"},"spec":{"containers":[{"name":"aws-node","image":"r/amazon-k8s-cni:v1.18.5"}]}}"#
    )
    let cases: [([(ArtifactID, String, String)], [String])] = [
      ([daemonSet], ["aws-node", "v1.19.0", "daemonset"]),
      (ended + [daemonSet], ["aws-node", "v1.17.0", "runtime"]),
      ([container(2, "CONTAINER_RUNNING", "v1.18.0")] + ended, ["aws-node", "v1.18.0", "runtime"]),
      (ended + [daemonSet, pod], ["aws-node", "v1.18.5", "pod_spec"]),
    ]
    for (members, expected) in cases {
      #expect(texts(try rows(members).derive(CNIImage.self), 0, 2, 3) == [expected])
    }
  }

  @Test("settings come from one place as a whole: what is not set there is not set")
  func settingsInForce() throws {
    let pod: (ArtifactID, String, String) = (
      .nodePods, "kube/pods.json",
      #"{"kind":"Pod","metadata":{"name":"aws-node-7cx2f","namespace":"kube-system"},"spec":{"containers":[{"name":"aws-node","env":[{"name":"MAX_ENI","value":"2"},{"name":"WARM_IP_TARGET","value":"5"}]}]}}"#
    )
    let process: (ArtifactID, String, String) = (
      .agentEnvironment, "ipamd/agent_env.json",
      #"{"environment":[{"name":"WARM_IP_TARGET","value":"3"}]}"#
    )
    let ended: (ArtifactID, String, String) = (
      .systemContainers, "runtime/inspect/1.json",
      #"{"status":{"id":"c","metadata":{"name":"aws-node"},"state":"CONTAINER_EXITED"},"info":{"config":{"envs":[{"key":"WARM_IP_TARGET","value":"9"}]}}}"#
    )
    #expect(
      texts(try rows([ended, pod]).derive(CNISetting.self), 0, 1, 2, 4) == [
        ["aws-node", "MAX_ENI", "2", "pod_spec"], ["aws-node", "WARM_IP_TARGET", "5", "pod_spec"],
      ])
    #expect(
      texts(try rows([ended, pod, process]).derive(CNISetting.self), 1, 2, 4) == [
        ["WARM_IP_TARGET", "3", "process"]
      ])
    #expect(texts(try rows([ended]).derive(CNISetting.self), 2, 4) == [["9", "runtime"]])
  }

  @Test("environment files and assignments are merged over drop-ins")
  func unitEnvironment() throws {
    let parsed = try rows([
      (
        .unitFiles, Self.unit,
        "[Service]\nEnvironmentFile=/etc/a\nEnvironment=A=1\nEnvironment=B=2\nExecStart=/bin/x\n"
      ),
      (
        .unitFiles, Self.unit + ".d/10-a.conf",
        "[Service]\nEnvironment=\nEnvironment=C=3\nEnvironmentFile=-/etc/b\n"
      ),
      (
        .unitFiles, "system/unit-files/etc/systemd/system/service.d/10-all.conf",
        "[Service]\nExecStartPre=/bin/all\n"
      ),
    ])
    #expect(
      texts(parsed.derive(UnitEnvironment.self), 0, 1, 3, 4) == [
        ["kubelet.service", "file", "/etc/a", "0"], ["kubelet.service", "file", "/etc/b", "1"],
        ["kubelet.service", "assignment", "C=3", "0"],
      ])
    // The unit's own drop-in of that name is stronger than the one for every service.
    #expect(
      texts(parsed.derive(UnitExec.self), 1, 3).sorted { $0[0] < $1[0] } == [
        ["ExecStart", "/bin/x"], ["ExecStartPre", "/bin/all"],
      ])
  }

  @Test("what follows a backslash with blanks is kept apart, and the next directive stands")
  func blanksBehindBackslash() throws {
    let text =
      "[Service]\nExecStart=/usr/bin/kubelet --a \\ \n  --b=1 \\\n  --c \\ \t\nRestart=always\n"
      + "ExecStartPre=/sbin/iptables \\\n  # no\n  -P FORWARD ACCEPT\n"
    let parsed = try rows([(.unitFiles, Self.unit, text)])
    #expect(
      parsed.texts("unit_directive", "key", "value", "behind_blanks") == [
        ["ExecStart", "/usr/bin/kubelet --a", "--b=1  --c"], ["Restart", "always", "NULL"],
        ["ExecStartPre", "/sbin/iptables  -P FORWARD ACCEPT", "NULL"],
      ])
    #expect(parsed.issues.map(\.line) == [2])
  }

  @Test("a fragment that systemctl prints is known by the path in front of it")
  func fragments() throws {
    let text =
      "# /x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/systemd/system/kubelet.service\n[Service]\n"
      + "Type=notify\nExecStart=/usr/bin/false\n\n# /etc/systemd/system/kubelet.service.d/exec-start.conf\n"
      + "[Service]\nExecStart=\nExecStart=+/usr/bin/kubelet --config /etc/kubernetes/kubelet/config\n"
    let parsed = try rows([(.unitFiles, "kubelet/kubelet_service.txt", text)])
    #expect(
      texts(parsed.derive(UnitExec.self), 0, 1, 3, 4, 5) == [
        [
          "kubelet.service", "ExecStart",
          "/usr/bin/kubelet --config /etc/kubernetes/kubelet/config", "+", "kubelet",
        ]
      ])
  }
}

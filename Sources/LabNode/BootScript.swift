/// The script that is a node's first process: it makes the node out of fresh namespaces and then stays.
/// When it ends, the kernel takes everything away again.
struct BootScript {
  let node: NodeModel
  let inputs: NodeInputs
  /// The folder of this node's state, as the host sees it.
  let state: String
  /// The lab's own program.
  let program: String
  let faults: [ToolFault]

  var text: String {
    [
      start, files, vpc, network, firewall,
      node.variant.hasRuntime ? RuntimeScript(node: node).text : "", processes, trafficSteps,
      faultSteps, end,
    ].joined(separator: "\n")
  }

  private var start: String {
    """
    #!/bin/bash
    # First process of a lab node (\(node.variant.name)). Made by cnitriage-lab; not meant to be edited.
    set -euo pipefail
    state=\(quote(state))
    exec 9>"$state/status"
    trap 'echo "failed line $LINENO: $BASH_COMMAND" >&9' ERR
    note() { echo "note: $*"; }
    batch() { grep -v '^$' | "$@" -batch -; }
    export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    hostname \(node.instance.name)
    mount -t proc proc /proc
    mount -t sysfs sysfs /sys
    \(ControlGroups.mounting)
    as_process() { echo $(($1 - 1)) >/proc/sys/kernel/ns_last_pid 2>/dev/null || true; }

    """
  }

  // Overlays keep the host's programs and libraries in sight, and the node's changes out of the host.
  private var files: String {
    """
    # --- files ---------------------------------------------------------------------------------
    live=$state/live
    mkdir -p "$live"
    mount -t tmpfs -o mode=755 cnilab "$live"
    mkdir "$live/run" "$live/log"
    for name in etc usr opt var/lib; do
      mkdir -p "$live/upper/$name" "$live/work/$name"
      mount -t overlay overlay \\
        -o "lowerdir=/$name,upperdir=$live/upper/$name,workdir=$live/work/$name" "/$name"
    done
    mount --bind "$live/log" /var/log
    rm -rf /etc/os-release /etc/resolv.conf /etc/machine-id /etc/hostname /etc/sysctl.d \\
      /etc/systemd/system /etc/systemd/network /etc/cni /etc/kubernetes /usr/lib/systemd/network \\
      /usr/lib/sysctl.d /usr/bin/systemctl /var/lib/kubelet /var/lib/cni \\
      /etc/containerd /opt/cni \\
      /usr/lib/systemd/system/{iptables,netfilter-persistent,firewalld,ufw,docker,containerd}.service
    cp -a "$state/root/etc/." /etc/
    cp -a "$state/root/usr/." /usr/
    cp -a "$state/root/opt/." /opt/
    cp -a "$state/root/var/lib/." /var/lib/
    cp -a "$state/root/var/log/." /var/log/
    cp -a "$state/root/run/." "$live/run/"
    chmod 755 /usr/bin/systemctl
    [ ! -d /opt/cni/bin ] || chmod 755 /opt/cni/bin/*
    # An overlay can't lie on an overlay: the runtime's images and containers get a place of their own.
    mkdir -p "$live/containerd" /var/lib/containerd
    mount --bind "$live/containerd" /var/lib/containerd
    mkdir -p "$live/run/cnilab"
    chmod 600 /var/lib/kubelet/kubeconfig
    ln -sfn \(quote(program)) /usr/bin/kubelet
    mkdir -p /usr/lib/cnitriage-lab/app "$live/run/netns" "$live/run/lock"
    for name in \(Self.programs.joined(separator: " ")); do
      ln -sfn \(quote(program)) "/usr/lib/cnitriage-lab/app/$name"
    done
    for tool in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
      case $tool in ip6*) base=ip6tables ;; *) base=iptables ;; esac
      ln -sfn "/usr/sbin/$base-\(node.variant.backend.rawValue)${tool#$base}" "/etc/alternatives/$tool"
    done
    touch "$live/vpc"

    """
  }

  private var vpc: String {
    """
    # --- the VPC around the node -----------------------------------------------------------------
    unshare --net="$live/vpc" true
    exec 8<"$live/vpc"
    mount --rbind "$live/run" /run
    in_vpc() { nsenter --net=/proc/self/fd/8 "$@"; }

    """
  }

  private var network: String {
    let plan = KernelPlan(node: node)
    var text = """
      # --- ENIs, pods, routes and rules ------------------------------------------------------------
      batch ip <<'END'
      \(lines(plan.enis))
      END
      batch in_vpc ip <<'END'
      \(lines(plan.vpc))
      END
      in_vpc sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0

      """
    // A real runtime makes the pods' networks itself.
    let pods = node.variant.hasRuntime ? [] : plan.podNetworks
    for pod in pods {
      text += "ip netns add \(pod.namespace)\n"
    }
    if !pods.isEmpty { text += "batch ip <<'END'\n\(lines(plan.pods))\nEND\n" }
    for pod in pods {
      text += """
        batch ip -n \(pod.namespace) <<'END'
        \(lines(plan.insidePod(pod)))
        END

        """
    }
    for (key, value) in plan.parameters {
      text += "sysctl -qw \(key)=\(value) 2>/dev/null || note \"\(key) cannot be set here\"\n"
    }
    return text
  }

  private var firewall: String {
    let firewall = Firewall(node: node)
    var text = """
      # --- packet filter -------------------------------------------------------------------------
      iptables-restore <<'END'
      \(firewall.ipv4)END
      ip6tables-restore <<'END' || note 'no IPv6 packet filter here'
      \(firewall.ipv6)END

      """
    if let nftables = firewall.nftables {
      text += "nft -f - <<'END'\n\(nftables)END\n"
    }
    return text
  }

  // Real packets from the VPC to pods, so that counters are those of a kernel; where the policy is
  // DROP they show up there. They come late because a port of a bridge needs a moment to forward.
  private var trafficSteps: String {
    let addresses = KernelPlan(node: node).podNetworks.prefix(3).map(\.address)
    return """
      # Some traffic for the counters.
      for address in \(addresses.joined(separator: " ")); do
        for packet in 1 2 3 4; do
          in_vpc bash -c "echo probe >/dev/udp/$address/9" 2>/dev/null || true
        done
      done

      """
  }

  private var faultSteps: String {
    guard !faults.isEmpty else { return "" }
    var text = "# --- commands that are to misbehave ---\n"
    for fault in faults {
      let name = fault.command
      text += "for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin; do\n"
      text += "  if [ \"$folder\" = /usr/sbin ] || [ -e \"$folder/\(name)\" ]; then\n"
      text += "    rm -f \"$folder/\(name)\"\n"
      if let replacement = fault.replacement {
        text += "    printf '%s' \(quote(replacement)) >\"$folder/\(name)\"\n"
        text += "    chmod 755 \"$folder/\(name)\"\n"
      }
      text += "  fi\ndone\n"
    }
    return text
  }

  // Without a runtime the programs of the node's system pods are the node's own processes.
  private var podProcesses: String {
    let environment = node.agentEnvironment
      .map { quote("\($0.name)=\($0.value)") }.joined(separator: " \\\n  ")
    let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    let host = "HOSTNAME=\(node.instance.name)"
    let plan = ContainerPlan(node: node)
    return """
      as_process 2105
      ./kube-proxy \(words(ContainerPlan.proxyArguments)) 8>&- 9>&- </dev/null &
      as_process 2411
      env -i PATH=\(path) \(host) \\
        \(environment) \\
        ./aws-k8s-agent 8>&- 9>&- </dev/null &
      as_process 2498
      ./controller \(words(ContainerPlan.policyAgentArguments)) 8>&- 9>&- </dev/null &
      as_process 2560
      ./eks-pod-identity-agent \(words(plan.identityArguments)) 8>&- 9>&- </dev/null &
      \(coreDNS)
      \(plan.pods.map(ControlGroups.placing).joined(separator: "\n"))
      """
  }

  private func words(_ arguments: [String]) -> String {
    arguments.map(quote).joined(separator: " ")
  }

  private var processes: String {
    let arguments = KubeletUnit(node: node).arguments.map(quote).joined(separator: " ")
    return """
      # --- processes -------------------------------------------------------------------------------
      cd /usr/lib/cnitriage-lab/app
      (exec nsenter --net=/proc/self/fd/8 ./cnilab-vpc serve vpc) 9>&- </dev/null &
      as_process \(KubeletJournal.processID)
      env -i PATH="$PATH" \(arguments) 8>&- 9>&- </dev/null &
      \(node.variant.hasRuntime ? "" : podProcesses)
      cd /
      for port in \(ports.joined(separator: " ")); do
        for attempt in $(seq 1 200); do
          if (exec 3<>"/dev/tcp/$port") 2>/dev/null; then continue 2; fi
          sleep 0.05
        done
        echo "failed: nothing answers at $port" >&9
        exit 1
      done

      """
  }

  // The cluster's DNS runs in the networks of its pods, where kube-proxy's rules send the questions.
  private var coreDNS: String {
    node.runningPods.filter { $0.pod.name.hasPrefix("coredns-") }.map { running in
      "(exec nsenter --net=/run/netns/\(running.pod.networkNamespace) ./coredns -conf "
        + "/etc/coredns/Corefile) 8>&- 9>&- </dev/null &"
    }.joined(separator: "\n")
  }

  /// The lab's program under the names of a node's processes.
  private static let programs = [
    LabProcess.agent, .proxy, .policyAgent, .podIdentityAgent, .coreDNS, .vpc, .runtimeSetup,
  ].map(\.rawValue)

  /// Where an answer is waited for; servers that refuse on purpose are left out.
  private var ports: [String] {
    let faulty: [(ServerFault.Server?, String)] = [
      (.imds, "169.254.169.254/80"), (nil, "\(node.instance.apiServer)/8080"),
      (nil, "\(node.instance.resolver)/53"), (.kubeletHealthz, "127.0.0.1/10248"),
      (nil, "127.0.0.1/10256"), (nil, "127.0.0.1/8163"),
      (nil, "\(node.instance.podIdentityAgent)/80"), (nil, "127.0.0.1/61678"),
      (.introspection, "127.0.0.1/61679"), (nil, "\(node.instance.clusterDNS)/53"),
    ]
    return faulty.filter { server, _ in
      server.map { inputs.fault(of: $0) != .refusing } ?? true
    }.map(\.1)
  }

  private var end: String {
    """
    # Bound late: from here on the folder below /run is out of the node's sight.
    echo ready >&9
    exec 8<&- 9>&-
    trap - ERR
    set +e
    # The first process of a namespace has to wait for orphans.
    while :; do
      sleep 3600 &
      wait $!
    done

    """
  }

  private func lines(_ commands: [String]) -> String { commands.joined(separator: "\n") }

  private func quote(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}

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
      start, BootFiles(node: node, inputs: inputs, state: state, program: program).text, vpc,
      network, firewall,
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
    \(surroundings)
    \(ControlGroups.helpers)
    as_process() { echo $(($1 - 1)) >/proc/sys/kernel/ns_last_pid 2>/dev/null || true; }

    """
  }

  // Where the node is to be seen below a folder, the script goes on with that folder as its root: what
  // it makes is the node, and what lies outside is the container from which one looks at it.
  private var surroundings: String {
    let root = node.variant.image.root
    let mounts = "mount -t proc proc /proc\nmount -t sysfs sysfs /sys\n\(ControlGroups.mounting)"
    guard !root.isEmpty else { return mounts }
    return """
      if [ "${1:-}" != inside ]; then
      \(mounts)
      mount -t tmpfs -o mode=755 cnilab /mnt
      mkdir -p \(root)
      mount --rbind / \(root)
      # The container from which one looks has no systemd to talk to.
      mkdir /mnt/upper /mnt/work
      mount -t overlay overlay -o lowerdir=/usr/bin,upperdir=/mnt/upper,workdir=/mnt/work /usr/bin
      rm -f /usr/bin/systemctl
      exec chroot \(root) /bin/bash "$0" inside
      fi
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
    guard node.variant.image.hasKubelet else { return "" }
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
    guard !addresses.isEmpty else { return "" }
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
    let image = node.variant.image
    guard image.hasKubelet else { return "" }
    let proxy = """
      as_process 2105
      ./kube-proxy \(words(ContainerPlan.proxyArguments)) 8>&- 9>&- </dev/null &
      """
    guard image.hasCNI else { return proxy }
    return """
      \(proxy)
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
    let arguments = KubeletUnit(node: node).arguments
    let kubelet = """
      as_process \(KubeletJournal.processID)
      (exec -a \(arguments[0]) env -i PATH="$PATH" /usr/bin/kubelet \(words(Array(arguments.dropFirst())))) \\
        8>&- 9>&- </dev/null &
      """
    return """
      # --- processes -------------------------------------------------------------------------------
      cd /usr/lib/cnitriage-lab/app
      (exec nsenter --net=/proc/self/fd/8 ./cnilab-vpc serve vpc) 9>&- </dev/null &
      \(node.variant.image.hasKubelet ? kubelet : "")
      \(node.variant.hasRuntime ? "" : podProcesses)
      cd /
      for port in \(ports.joined(separator: " ")); do
        for attempt in $(seq 1 1200); do
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

  /// Where an answer is waited for; servers that refuse on purpose are left out.
  private var ports: [String] {
    let image = node.variant.image
    var all: [(ServerFault.Server?, String)] = [
      (nil, "\(node.instance.apiServer)/8080"), (nil, "\(node.instance.resolver)/53"),
    ]
    if image.isInstance { all.append((.imds, "169.254.169.254/80")) }
    if image.hasKubelet {
      all += [(.kubeletHealthz, "127.0.0.1/10248"), (nil, "127.0.0.1/10256")]
    }
    if image.hasCNI {
      all += [
        (nil, "127.0.0.1/8163"), (nil, "\(node.instance.podIdentityAgent)/80"),
        (nil, "127.0.0.1/61678"), (.introspection, "127.0.0.1/61679"),
        (nil, "\(node.instance.clusterDNS)/53"),
      ]
    }
    return all.filter { server, _ in
      server.map { inputs.fault(of: $0) != .refusing } ?? true
    }.map(\.1)
  }

  private var end: String {
    """
    \(node.variant.image == .bottlerocket ? Self.withoutTools : "")
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

  // Its root has neither shells nor package managers. What runs already needs none.
  private static let withoutTools = """
    rm -f /usr/bin/{sh,bash,dash,perl,curl,dpkg*,apt*,kubectl,systemctl} /usr/bin/python3*
    """

  private func lines(_ commands: [String]) -> String { commands.joined(separator: "\n") }

  private func quote(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}

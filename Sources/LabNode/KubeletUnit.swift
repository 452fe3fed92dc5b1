/// How the node starts its kubelet, in the shape of the AL2023 image.
struct KubeletUnit {
  let node: NodeModel

  var arguments: [String] {
    let instance = node.instance
    return [
      "/usr/bin/kubelet", "--cloud-provider=external",
      "--config=/etc/kubernetes/kubelet/config.json",
      "--config-dir=/etc/kubernetes/kubelet/config.json.d",
      "--hostname-override=\(instance.name)",
      "--image-credential-provider-bin-dir=/etc/eks/image-credential-provider",
      "--image-credential-provider-config=/etc/eks/image-credential-provider/config.json",
      "--kubeconfig=/var/lib/kubelet/kubeconfig", "--node-ip=\(instance.enis[0].primary)",
      "--node-labels=eks.amazonaws.com/nodegroup=\(instance.cluster)-a", "--v=2",
    ]
  }

  var text: String {
    let accept =
      node.variant.unitAcceptsForwarding
      ? "ExecStartPre=/sbin/iptables -P FORWARD ACCEPT -w 5\n" : ""
    return """
      [Unit]
      Description=Kubernetes Kubelet
      Documentation=https://github.com/kubernetes/kubernetes
      After=containerd.service
      Wants=containerd.service

      [Service]
      Slice=runtime.slice
      EnvironmentFile=/etc/eks/kubelet/environment
      \(accept)ExecStart=/usr/bin/kubelet $NODEADM_KUBELET_ARGS

      Restart=on-failure
      RestartForceExitStatus=SIGPIPE
      RestartSec=5
      KillMode=process
      CPUAccounting=true
      MemoryAccounting=true

      [Install]
      WantedBy=multi-user.target

      """
  }

  var configuration: JSON {
    let instance = node.instance
    return [
      "kind": "KubeletConfiguration", "apiVersion": "kubelet.config.k8s.io/v1beta1",
      "address": "0.0.0.0",
      "cgroupDriver": .string(node.variant.hasRuntime ? "cgroupfs" : "systemd"), "cgroupRoot": "/",
      "clusterDomain": "cluster.local",
      "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
      "evictionHard": ["memory.available": "100Mi", "nodefs.available": "10%"],
      "featureGates": ["RotateKubeletServerCertificate": true], "hairpinMode": "hairpin-veth",
      "kubeReserved": ["cpu": "70m", "ephemeral-storage": "1Gi", "memory": "574Mi"],
      "protectKernelDefaults": true,
      "providerID": .string("aws:///\(instance.zone)/\(instance.id)"), "readOnlyPort": 0,
      "serializeImagePulls": false, "serverTLSBootstrap": true,
    ]
  }
}

/// What systemd would say about a unit.
struct UnitState {
  let id: String
  let description: String
  let fragment: String
  /// When it became active.
  let since: Moment
  let booted: Moment
  var subState = "running"
  var processID = 0

  static func all(_ node: NodeModel) -> [UnitState] {
    func unit(_ id: String, _ description: String, _ seconds: Double, _ pid: Int) -> UnitState {
      UnitState(
        id: id, description: description, fragment: "/usr/lib/systemd/system/\(id)",
        since: node.booted + seconds, booted: node.booted, processID: pid)
    }
    var units = [
      UnitState(
        id: "kubelet.service", description: "Kubernetes Kubelet",
        fragment: "/etc/systemd/system/kubelet.service", since: node.kubeletStarted,
        booted: node.booted, processID: KubeletJournal.processID),
      unit("containerd.service", "containerd container runtime", 11.82, 1544),
      unit("systemd-networkd.service", "Network Configuration", 3.61, 611),
      unit("systemd-resolved.service", "Network Name Resolution", 3.88, 634),
      unit("chronyd.service", "NTP client/server", 4.12, 702),
      unit("amazon-ssm-agent.service", "amazon-ssm-agent", 8.07, 1208),
    ]
    if node.variant.restoresSavedRules {
      var saved = unit("iptables.service", "IPv4 firewall with iptables", 1_932.6, 0)
      saved.subState = "exited"
      units.append(saved)
    }
    return units
  }

  /// The block that `systemctl show` prints.
  var text: String {
    let monotonic = since.microseconds - booted.microseconds
    return """
      Type=\(subState == "exited" ? "oneshot" : "simple")
      Restart=\(subState == "exited" ? "no" : "on-failure")
      MainPID=\(processID)
      NRestarts=0
      ExecMainStartTimestamp=\(since.systemd)
      ExecMainStartTimestampMonotonic=\(monotonic)
      ExecMainPID=\(processID)
      ExecMainCode=0
      ExecMainStatus=0
      Id=\(id)
      Names=\(id)
      Description=\(description)
      LoadState=loaded
      ActiveState=active
      SubState=\(subState)
      FragmentPath=\(fragment)
      DropInPaths=
      UnitFileState=enabled
      UnitFilePreset=disabled
      StateChangeTimestamp=\(since.systemd)
      StateChangeTimestampMonotonic=\(monotonic)
      InactiveExitTimestamp=\((since - 0.05).systemd)
      InactiveExitTimestampMonotonic=\(monotonic - 50_000)
      ActiveEnterTimestamp=\(since.systemd)
      ActiveEnterTimestampMonotonic=\(monotonic)
      NeedDaemonReload=no

      """
  }

  /// A stand-in for `systemctl`: a lab node has no systemd as its first process, so the real program
  /// could only refuse.
  static let standIn = #"""
    #!/bin/bash
    # Stand-in of the lab: answers from the texts of the node's units.
    units=/usr/lib/cnitriage-lab/units
    verb= keys= names=()
    while [ $# -gt 0 ]; do
      case $1 in
        --version) echo 'systemd 252 (252.23-6.amzn2023)'; exit 0 ;;
        -p | --property) keys+=",$2"; shift ;;
        --property=*) keys+=",${1#*=}" ;;
        -p*) keys+=",${1#-p}" ;;
        -*) ;;
        *) if [ -z "$verb" ]; then verb=$1; else names+=("$1"); fi ;;
      esac
      shift
    done
    only() {
      if [ -z "$keys" ]; then cat; else
        while IFS= read -r line; do
          case "$keys," in *",${line%%=*},"*) printf '%s\n' "$line" ;; esac
        done
      fi
    }
    absent() {
      printf '%s\n' "Id=$1" "Names=$1" "Description=$1" LoadState=not-found ActiveState=inactive \
        SubState=dead FragmentPath= DropInPaths= UnitFileState= UnitFilePreset= MainPID=0 \
        NRestarts=0 ActiveEnterTimestamp= ActiveEnterTimestampMonotonic=0 NeedDaemonReload=no
    }
    status=0 first=1
    for name in "${names[@]}"; do
      case $name in *.*) ;; *) name+=.service ;; esac
      case $verb in
        show)
          [ $first = 1 ] || echo
          first=0
          if [ -f "$units/$name" ]; then only <"$units/$name"; else absent "$name" | only; fi ;;
        cat)
          file=$(sed -n 's/^FragmentPath=//p' "$units/$name" 2>/dev/null)
          if [ -f "$file" ]; then echo "# $file"; cat "$file"; else
            echo "No files found for $name." >&2; status=1
          fi ;;
        is-active)
          if [ -f "$units/$name" ]; then echo active; else echo inactive; status=3; fi ;;
        is-enabled)
          if [ -f "$units/$name" ]; then echo enabled; else echo disabled; status=1; fi ;;
        *)
          echo "System has not been booted with systemd as init system (PID 1). Can't operate." >&2
          exit 1 ;;
      esac
    done
    exit $status

    """#
}

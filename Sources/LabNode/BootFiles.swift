/// The part of a node's boot script that lays the node's files over the machine's.
struct BootFiles {
  let node: NodeModel
  let inputs: NodeInputs
  /// The folder of this node's state, as the host sees it.
  let state: String
  /// The lab's own program.
  let program: String

  private var image: NodeImage { node.variant.image }

  /// The steps.
  var text: String { [overlays, copies, programs, finish].joined(separator: "\n") }

  // Overlays keep the host's programs and libraries in sight, and the node's changes out of the host.
  private var overlays: String {
    """
    # --- files ---------------------------------------------------------------------------------
    live=$state/live
    mkdir -p "$live"
    mount -t tmpfs -o mode=755 cnilab "$live"
    mkdir "$live/run" "$live/log"
    \(logsOnDisk)
    for name in etc usr opt var; do
      mkdir -p "$live/upper/$name" "$live/work/$name"
      mount -t overlay overlay \\
        -o "lowerdir=/$name,upperdir=$live/upper/$name,workdir=$live/work/$name" "/$name"
    done
    mount --bind "$live/log" /var/log
    rm -rf /etc/os-release /etc/resolv.conf /etc/machine-id /etc/hostname /etc/sysctl.d \\
      /etc/systemd/system /etc/systemd/network /etc/cni /etc/kubernetes /etc/containerd \\
      /etc/docker /etc/netplan /etc/network /etc/NetworkManager /etc/firewalld /etc/ufw \\
      /etc/logrotate.d /usr/lib/systemd/network /usr/lib/sysctl.d /usr/bin/systemctl \\
      /usr/lib/os-release /opt/cni /var/lib/kubelet /var/lib/cni /var/snap \\
      /usr/lib/systemd/system/{iptables,netfilter-persistent,firewalld,ufw,docker,containerd}.service

    """
  }

  private var copies: String {
    """
    for name in etc usr opt var; do cp -a "$state/root/$name/." "/$name/"; done
    cp -a "$state/root/run/." "$live/run/"
    find /var/log -name '*.gz' | while read -r file; do
      gzip -nc "$file" >"$file.new"
      mv "$file.new" "$file"
    done
    \(lengthening)
    \(links)
    # An overlay can't lie on an overlay: the runtime's images and containers get a place of their own.
    mkdir -p "$live/containerd" /var/lib/containerd
    mount --bind "$live/containerd" /var/lib/containerd
    mkdir -p "$live/run/cnilab" "$live/run/netns" "$live/run/lock" /usr/lib/cnitriage-lab/app

    """
  }

  // Logs of a gigabyte have no place in memory.
  private var logsOnDisk: String {
    guard inputs.logMiB > 0 else { return "" }
    let folder = Lab.logFolder(state.split(separator: "/").last.map(String.init) ?? "")
    return "mkdir -p '\(folder)'\nmount --bind '\(folder)' \"$live/log\""
  }

  private var lengthening: String {
    guard inputs.logMiB > 0 else { return "" }
    let calls = [("ipamd", 8), ("plugin", 2)].map { name, tenths in
      "lengthen /var/log/aws-routed-eni/\(name).log \(max(1, inputs.logMiB * tenths / 10))"
    }
    return """
      lengthen() { (exec -a \(LabProcess.history.rawValue) '\(program)' "$1" "$2"); } # file, MiB
      \(calls.joined(separator: "\n"))
      """
  }

  private var links: String {
    let links = LogFiles(node: node).links
    guard !links.isEmpty else { return "" }
    return "mkdir -p /var/log/containers\n"
      + links.sorted { $0.key < $1.key }.map { "ln -sfn '\($0.value)' '\($0.key)'" }
      .joined(separator: "\n")
  }

  private var programs: String {
    let names = LabProcess.inContainers + [.vpc, .runtimeSetup]
    let backend = node.variant.backend.rawValue
    return """
      chmod 755 /usr/bin/systemctl
      ln -sfn '\(program)' /usr/bin/kubelet
      for name in \(names.map(\.rawValue).joined(separator: " ")); do
        ln -sfn '\(program)' "/usr/lib/cnitriage-lab/app/$name"
      done
      for tool in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
        case $tool in ip6*) base=ip6tables ;; *) base=iptables ;; esac
        ln -sfn "/usr/sbin/$base-\(backend)${tool#$base}" "/etc/alternatives/$tool"
      done
      for file in /opt/cni/bin/* /usr/bin/rpm /etc/eks/image-credential-provider/ecr-*; do
        [ ! -f "$file" ] || chmod 755 "$file"
      done
      \(image.hasRPM || image == .bottlerocket || image == .autoMode ? "rm -rf /var/lib/dpkg" : "")

      """
  }

  // Real certificates, which end within a year as the cluster's do.
  private var finish: String {
    guard image.hasKubelet else {
      // The machine's own tools of a node are out of place here.
      return """
        rm -f /usr/bin/{kubelet,containerd,ctr,kubectl} /usr/sbin/runc /usr/local/bin/kubectl
        touch "$live/vpc"

        """
    }
    let own = "/O=system:nodes/CN=system:node:\(node.instance.name)"
    return """
      chmod 600 \(image.kubeconfig)
      certificate() { # name, subject, days
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days "$3" \\
          -subj "$2" -keyout "$1.key" -out "$1.crt" 2>/dev/null
      }
      pki=/var/lib/kubelet/pki
      mkdir -p "$pki" /etc/kubernetes/pki
      certificate /etc/kubernetes/pki/ca /CN=kubernetes 3650
      certificate "$pki/server" '\(own)' 365
      cat "$pki/server.crt" "$pki/server.key" >"$pki/kubelet-server-current.pem"
      cp "$pki/kubelet-server-current.pem" "$pki/kubelet-client-current.pem"
      rm -f /etc/kubernetes/pki/ca.key "$pki"/server.*
      chmod 600 "$pki"/*.pem
      touch "$live/vpc"

      """
  }
}

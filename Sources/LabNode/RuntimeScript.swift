/// The part of a node's boot script that starts a real container runtime with the node's pods.
struct RuntimeScript {
  let node: NodeModel

  /// The runtime's configuration, in the shape of the AL2023 image.
  var configuration: String {
    """
    version = 2
    root = "/var/lib/containerd"
    state = "/run/containerd"

    [grpc]
    address = "/run/containerd/containerd.sock"

    [plugins."io.containerd.grpc.v1.cri"]
    sandbox_image = "\(ContainerPlan(node: node).pauseImage)"
    \(node.variant.hasRuntime ? Self.modest : "")
    [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d:/etc/docker/certs.d"

    [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    discard_unpacked_layers = true

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    SystemdCgroup = \(node.variant.hasRuntime ? "false" : "true")

    [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"

    """
  }

  /// A lab may run in a container that must not make its processes safe from the kernel's killer.
  private static let modest = "restrict_oom_score_adj = true\n"

  /// Files from which the images are made: all share one layer, each has a configuration of its own.
  var imageFiles: [String: String] {
    var files: [String: String] = [:]
    var entries: [JSON] = []
    for (index, image) in ContainerPlan(node: node).images.enumerated() {
      let name = "config-\(index).json"
      let configuration: JSON = [
        "architecture": "amd64", "os": "linux",
        "created": .string((node.booted - Double(864_000 + index)).zulu),
        "config": [
          "Entrypoint": ["/pause"],
          "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        ],
        "rootfs": ["type": "layers", "diff_ids": ["sha256:LAYER"]],
      ]
      files["\(Self.folder)/\(name)"] = configuration.text
      entries.append([
        "Config": .string(name), "RepoTags": [.string(image)], "Layers": ["layer.tar"],
      ])
    }
    files["\(Self.folder)/manifest.json"] = JSON.array(entries).text
    return files
  }

  private static let folder = "/usr/lib/cnitriage-lab/images"

  /// A program for x86-64 that waits for ever: an ELF header, one segment, `pause` in a loop.
  static let pause: [UInt8] = {
    let code: [UInt8] = [0xB8, 0x22, 0, 0, 0, 0x0F, 0x05, 0xEB, 0xF7]
    func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
      (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
    let base: UInt64 = 0x40_0000
    let start: UInt64 = 64 + 56
    let size = start + UInt64(code.count)
    let header: [[UInt8]] = [
      [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0], [UInt8](repeating: 0, count: 8),
      bytes(UInt16(2)), bytes(UInt16(62)), bytes(UInt32(1)), bytes(base + start),
      bytes(UInt64(64)), bytes(UInt64(0)), bytes(UInt32(0)), bytes(UInt16(64)),
      bytes(UInt16(56)), bytes(UInt16(1)), bytes(UInt16(64)), bytes(UInt16(0)), bytes(UInt16(0)),
    ]
    let segment: [[UInt8]] = [
      bytes(UInt32(1)), bytes(UInt32(5)), bytes(UInt64(0)), bytes(base), bytes(base), bytes(size),
      bytes(size), bytes(UInt64(0x1000)),
    ]
    return header.flatMap { $0 } + segment.flatMap { $0 } + code
  }()

  /// The steps, for nodes with a runtime.
  var text: String {
    let octal = Self.pause.map { byte in
      "\\" + String(repeating: "0", count: 3 - String(byte, radix: 8).count)
        + String(byte, radix: 8)
    }.joined()
    return """
      # --- container runtime -----------------------------------------------------------------------
      image=\(RuntimeSetup.notes)/image
      mkdir -p "$image"/root/{app,dev,etc,host,proc,sys,tmp,usr,var}
      printf '\(octal)' >"$image/root/pause"
      chmod 755 "$image/root/pause"
      tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$image/root" \\
        -cf "$image/layer.tar" .
      layer=$(sha256sum "$image/layer.tar")
      for file in \(Self.folder)/*.json; do
        sed "s/LAYER/${layer%% *}/" "$file" >"$image/${file##*/}"
      done
      (cd "$image" && tar -cf images.tar ./*.json layer.tar)
      as_process 1544
      /usr/bin/containerd >\(RuntimeSetup.notes)/containerd.log 2>&1 8>&- 9>&- </dev/null &
      for attempt in $(seq 1 200); do
        if ctr version >/dev/null 2>&1; then break; fi
        sleep 0.05
      done
      ctr --namespace k8s.io images import --no-unpack "$image/images.tar" >/dev/null
      rm -rf "$image"
      /usr/lib/cnitriage-lab/app/cnilab-cri 8>&- 9>&- </dev/null

      """
  }
}

/// The CNI's plugin of a node with a runtime: a script that makes the networks of the node's pods as
/// the real plugin does, with the addresses that the node's ipamd gave to them.
struct PluginScript {
  let node: NodeModel

  /// The programs below /opt/cni/bin that a runtime calls.
  var files: [String: String] {
    [
      "/opt/cni/bin/aws-cni": main, "/opt/cni/bin/egress-cni": Self.passing,
      "/opt/cni/bin/portmap": Self.passing, "/opt/cni/bin/loopback": Self.loopback,
    ]
  }

  private static let versions = #"""
    #!/bin/bash
    # Stand-in of the lab for a CNI plugin.
    set -euo pipefail
    export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    notes=/run/cnilab
    if [ "${CNI_COMMAND:-VERSION}" = VERSION ]; then
      echo '{"cniVersion":"1.0.0","supportedVersions":["0.3.1","0.4.0","1.0.0"]}'
      exit 0
    fi
    cat >/dev/null

    """#

  /// Passes on what the plugin before said.
  private static let passing =
    versions + #"""
      [ "$CNI_COMMAND" != ADD ] || cat "$notes/$CNI_CONTAINERID.json"

      """#

  private static let loopback =
    versions + #"""
      [ "$CNI_COMMAND" = ADD ] || exit 0
      nsenter --net="$CNI_NETNS" ip link set lo up
      printf '{"cniVersion":"0.3.1","interfaces":[{"name":"lo","mac":"00:00:00:00:00:00",'
      printf '"sandbox":"%s"}],"ips":[{"version":"4","interface":0,' "$CNI_NETNS"
      printf '"address":"127.0.0.1/8"}]}\n'

      """#

  private var main: String {
    let cases = node.runningPods.map { pod, allocation in
      "  \(pod.namespace)/\(pod.name)) veth=\(pod.hostVeth) mac=\(pod.hostMAC) "
        + "address=\(allocation.address) table=\(allocation.eni.table) ;;"
    }
    return Self.versions + #"""
      pod=${CNI_ARGS##*K8S_POD_NAME=} pod=${pod%%;*}
      namespace=${CNI_ARGS##*K8S_POD_NAMESPACE=} namespace=${namespace%%;*}
      case $namespace/$pod in

      """# + cases.joined(separator: "\n") + #"""

          *)
            echo '{"cniVersion":"1.0.0","code":11,"msg":"the node has no address for this pod"}'
            exit 1 ;;
        esac
        if [ "$CNI_COMMAND" = DEL ]; then
          ip link delete "$veth" 2>/dev/null || true
          ip rule delete to "$address" priority 512 2>/dev/null || true
          ip rule delete from "$address" priority 1536 2>/dev/null || true
          exit 0
        fi
        [ "$CNI_COMMAND" = ADD ] || exit 0
        ip -batch - <<END
        link add $veth address $mac mtu 9001 type veth peer name $CNI_IFNAME mtu 9001 netns $CNI_NETNS
        link set $veth up
        route add $address dev $veth scope link
        rule add to $address lookup main priority 512
        END
        [ "$table" = 254 ] || ip rule add from "$address" lookup "$table" priority 1536
        nsenter --net="$CNI_NETNS" ip -batch - <<END
        addr add $address/32 dev $CNI_IFNAME
        link set $CNI_IFNAME up
        route add 169.254.1.1 dev $CNI_IFNAME scope link
        route add default via 169.254.1.1 dev $CNI_IFNAME
        neigh add 169.254.1.1 lladdr $mac dev $CNI_IFNAME nud permanent
        END
        echo "$CNI_NETNS" >"$notes/$CNI_CONTAINERID.netns"
        printf '{"cniVersion":"1.0.0","interfaces":[{"name":"%s"},{"name":"%s","sandbox":"%s"}],' \
          "$veth" "$CNI_IFNAME" "$CNI_NETNS" >"$notes/$CNI_CONTAINERID.json"
        printf '"ips":[{"interface":1,"address":"%s/32"}],"dns":{}}\n' "$address" \
          >>"$notes/$CNI_CONTAINERID.json"
        cat "$notes/$CNI_CONTAINERID.json"

        """#
  }
}

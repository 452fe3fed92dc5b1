/// How the node starts its kubelet, in the shape of the node's image.
struct KubeletUnit {
  let node: NodeModel

  private var image: NodeImage { node.variant.image }
  private var instance: Instance { node.instance }

  var arguments: [String] {
    let provider = "/etc/eks/image-credential-provider"
    var arguments = [
      image == .ubuntu ? "/snap/kubelet-eks/179/kubelet" : "/usr/bin/kubelet",
      "--config=\(image.kubeletConfiguration)", "--kubeconfig=\(image.kubeconfig)",
      "--node-ip=\(instance.enis[0].primary)", "--v=2",
    ]
    if image != .hybrid { arguments.append("--cloud-provider=external") }
    switch image {
    case .al2023, .autoMode, .hybrid, .bare:
      arguments += [
        "--config-dir=\(image.kubeletConfiguration).d", "--hostname-override=\(instance.name)",
        "--image-credential-provider-bin-dir=\(provider)",
        "--image-credential-provider-config=\(provider)/config.json",
      ]
    case .al2, .ubuntu, .bottlerocket:
      arguments.append(
        "--container-runtime-endpoint=unix:///run/containerd/containerd.sock")
    }
    return arguments + ["--node-labels=\(labels)"]
  }

  private var labels: String {
    image == .hybrid
      ? "eks.amazonaws.com/compute-type=hybrid,eks.amazonaws.com/hybrid-credential-provider=ssm"
      : "eks.amazonaws.com/nodegroup=\(instance.cluster)-a"
  }

  /// Everything that the kubelet is started with.
  var files: [String: String] {
    var files = [
      "/etc/systemd/system/\(image.kubeletUnit)": text,
      image.kubeletConfiguration: configuration.indented() + "\n",
      image.kubeconfig: kubeconfig,
    ]
    let line = arguments.dropFirst().joined(separator: " ")
    switch image {
    case .al2:
      let folder = "/etc/systemd/system/kubelet.service.d"
      files["\(folder)/10-kubelet-args.conf"] = "[Service]\nEnvironment='KUBELET_ARGS=\(line)'\n"
      files["\(folder)/30-kubelet-extra-args.conf"] =
        "[Service]\nEnvironment='KUBELET_EXTRA_ARGS=--max-pods=\(instance.maxPods)'\n"
    case .ubuntu: break
    case .bottlerocket:
      files["/etc/kubernetes/kubelet/env"] = "NODE_IP=\(instance.enis[0].primary)\n"
    case .al2023, .autoMode, .hybrid, .bare:
      files["/etc/eks/kubelet/environment"] = "NODEADM_KUBELET_ARGS=\(line)\n"
      files["\(image.kubeletConfiguration).d/40-nodeadm.conf"] =
        JSON.object([
          ("kind", "KubeletConfiguration"), ("apiVersion", "kubelet.config.k8s.io/v1beta1"),
          ("clusterDNS", [.string(instance.clusterDNS)]),
          ("maxPods", .number(Int64(instance.maxPods))),
        ]).indented() + "\n"
    }
    return files
  }

  var text: String {
    let accept =
      node.variant.unitAcceptsForwarding
      ? "ExecStartPre=/sbin/iptables -P FORWARD ACCEPT -w 5\n" : ""
    let command =
      switch image {
      case .al2: "/usr/bin/kubelet $KUBELET_ARGS $KUBELET_EXTRA_ARGS"
      case .ubuntu: "/usr/bin/snap run kubelet-eks.daemon"
      case .bottlerocket: arguments.joined(separator: " ")
      case .al2023, .autoMode, .hybrid, .bare: "/usr/bin/kubelet $NODEADM_KUBELET_ARGS"
      }
    let runtime = image == .al2 ? "docker" : "containerd"
    let environment =
      [.al2023, .autoMode, .hybrid].contains(image)
      ? "EnvironmentFile=/etc/eks/kubelet/environment\n" : ""
    return """
      [Unit]
      Description=Kubernetes Kubelet
      Documentation=https://github.com/kubernetes/kubernetes
      After=\(runtime).service
      Wants=\(runtime).service

      [Service]
      Slice=runtime.slice
      \(environment)\(accept)ExecStart=\(command)

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

  private var configuration: JSON {
    let provider =
      image == .hybrid
      ? "eks-hybrid:///\(instance.region)/\(instance.cluster)/\(instance.name)"
      : "aws:///\(instance.zone)/\(instance.id)"
    let base: JSON = [
      "kind": "KubeletConfiguration", "apiVersion": "kubelet.config.k8s.io/v1beta1",
      "address": "0.0.0.0",
      "cgroupDriver": .string(node.variant.hasRuntime ? "cgroupfs" : "systemd"),
      "cgroupRoot": "/", "clusterDomain": "cluster.local",
      "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
      "evictionHard": ["memory.available": "100Mi", "nodefs.available": "10%"],
      "featureGates": ["RotateKubeletServerCertificate": true], "hairpinMode": "hairpin-veth",
      "kubeReserved": ["cpu": "70m", "ephemeral-storage": "1Gi", "memory": "574Mi"],
      "protectKernelDefaults": true, "providerID": .string(provider), "readOnlyPort": 0,
      "serializeImagePulls": false, "serverTLSBootstrap": true,
    ]
    // Where there are no drop-ins all of it stands in one file.
    guard [.al2, .ubuntu, .bottlerocket].contains(image) else { return base }
    return base.adding([
      ("clusterDNS", [.string(instance.clusterDNS)]),
      ("maxPods", .number(Int64(instance.maxPods))),
    ])
  }

  private var kubeconfig: String {
    """
    apiVersion: v1
    kind: Config
    clusters:
    - name: kubernetes
      cluster:
        server: http://\(instance.apiServer):8080
    current-context: kubelet
    contexts:
    - name: kubelet
      context:
        cluster: kubernetes
        user: kubelet
    users:
    - name: kubelet
      user: {}

    """
  }
}

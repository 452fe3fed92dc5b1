/// The containers of a node's pods, as its runtime is asked for them.
struct ContainerPlan {
  let node: NodeModel

  /// A directory or file of the node that a container sees.
  struct Mount: Sendable {
    let host: String
    let inside: String
    var isReadOnly = false
  }

  /// A container.
  struct Container: Sendable {
    let name: String
    let image: String
    var command: [String] = []
    var environment: [(name: String, value: String)] = []
    var mounts: [Mount] = []
    var cpuShares: UInt64 = 51
    var memoryLimit: UInt64 = 0
    var isPrivileged = false
    /// Whether the container runs the lab's program, which brings no libraries of its own.
    var runsLab = false
  }

  /// A pod with its containers.
  struct PodPlan: Sendable {
    let namespace: String
    let name: String
    let uid: String
    let isHostNetwork: Bool
    let labels: [String: String]
    let containers: [Container]

    /// The control group of the pod, as a kubelet names it that drives control groups itself.
    var controlGroup: String { "/kubepods/burstable/pod\(uid)" }

    /// The same as a kubelet names it that lets systemd drive them.
    var slice: String {
      "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod"
        + uid.replacing("-", with: "_") + ".slice"
    }

    /// Where the kubelet keeps the logs of the pod.
    var logFolder: String { "/var/log/pods/\(namespace)_\(name)_\(uid)" }
  }

  private var registry: String { "602401143452.dkr.ecr.\(node.instance.region).amazonaws.com" }
  private var program: String { "/usr/lib/cnitriage-lab" }

  /// The image of the container that holds a pod's network.
  var pauseImage: String { "\(registry)/eks/pause:3.10" }

  /// Every image on the node, each once.
  var images: [String] {
    var names = [
      pauseImage, "\(registry)/amazon-k8s-cni-init:\(node.instance.cniVersion)-eksbuild.1",
    ]
    for image in pods.flatMap(\.containers).map(\.image) where !names.contains(image) {
      names.append(image)
    }
    return names
  }

  /// Every pod that runs.
  var pods: [PodPlan] {
    let image = node.variant.image
    let agents = image.hasCNI ? [agent, proxy, identity] : [proxy]
    return (image.hasSystemPods ? agents : []) + node.runningPods.map { workload($0.pod) }
  }

  private func system(_ name: String, _ app: String, _ containers: [Container]) -> PodPlan {
    PodPlan(
      namespace: "kube-system", name: name, uid: Invented.uuid("kube-system/\(name)"),
      isHostNetwork: true, labels: ["k8s-app": app], containers: containers)
  }

  private var agent: PodPlan {
    let own = Mount(host: program, inside: program, isReadOnly: true)
    return system(
      node.agentPodName, "aws-node",
      [
        Container(
          name: "aws-node", image: node.instance.cniImage, command: ["/app/aws-k8s-agent"],
          environment: node.agentEnvironment,
          mounts: [
            own, Mount(host: "/opt/cni/bin", inside: "/host/opt/cni/bin"),
            Mount(host: "/etc/cni/net.d", inside: "/host/etc/cni/net.d"),
            Mount(
              host: "/var/log/aws-routed-eni", inside: "/host/var/log/aws-routed-eni"),
            Mount(host: "/run/aws-node", inside: "/var/run/aws-node"),
          ], cpuShares: 25, runsLab: true),
        Container(
          name: "aws-eks-nodeagent",
          image: "\(registry)/amazon/aws-network-policy-agent:v1.4.2-eksbuild.1",
          command: ["/app/controller"] + Self.policyAgentArguments, mounts: [own], cpuShares: 25,
          isPrivileged: true, runsLab: true),
      ])
  }

  /// What the network policy agent is started with.
  static let policyAgentArguments = [
    "--enable-ipv6=false", "--enable-network-policy=false", "--enable-cloudwatch-logs=false",
    "--enable-policy-event-logs=false", "--log-level=debug", "--metrics-bind-addr=:8162",
    "--health-probe-bind-addr=:8163",
  ]

  /// What kube-proxy is started with.
  static let proxyArguments = ["--v=2", "--config=/var/lib/kube-proxy-config/config"]

  /// What the Pod Identity agent is started with.
  var identityArguments: [String] {
    ["server", "--port", "80", "--cluster-name", node.instance.cluster, "--probe-port", "2703"]
  }

  private var proxy: PodPlan {
    system(
      "kube-proxy-x9d2f", "kube-proxy",
      [
        Container(
          name: "kube-proxy", image: "\(registry)/eks/kube-proxy:v1.33.3-minimal-eksbuild.4",
          command: ["/app/kube-proxy"] + Self.proxyArguments,
          mounts: [Mount(host: program, inside: program, isReadOnly: true)], cpuShares: 102,
          isPrivileged: true, runsLab: true)
      ])
  }

  private var identity: PodPlan {
    system(
      "eks-pod-identity-agent-v5k8h", "eks-pod-identity-agent",
      [
        Container(
          name: "eks-pod-identity-agent",
          image: "\(registry)/eks/eks-pod-identity-agent:v0.1.33",
          command: ["/app/eks-pod-identity-agent"] + identityArguments,
          mounts: [Mount(host: program, inside: program, isReadOnly: true)], runsLab: true)
      ])
  }

  private func workload(_ pod: Pod) -> PodPlan {
    let container =
      if pod.isClusterDNS {
        Container(
          name: "coredns", image: "\(registry)/eks/coredns:v1.12.2-eksbuild.4",
          command: ["/app/coredns", "-conf", "/etc/coredns/Corefile"],
          mounts: [Mount(host: program, inside: program, isReadOnly: true)], cpuShares: 102,
          memoryLimit: 170 << 20, runsLab: true)
      } else {
        Container(name: "main", image: "registry.example.org/\(pod.application):4.2.0")
      }
    return PodPlan(
      namespace: pod.namespace, name: pod.name, uid: pod.uid, isHostNetwork: false,
      labels: [
        pod.isClusterDNS ? "k8s-app" : "app": pod.isClusterDNS ? "kube-dns" : pod.application
      ],
      containers: [container])
  }
}

extension Pod {
  /// Whether the pod is one of the cluster's DNS.
  var isClusterDNS: Bool { name.hasPrefix("coredns-") }

  /// The name of what runs in it: the pod's without the parts that Kubernetes adds.
  var application: String { name.split(separator: "-").first.map(String.init) ?? name }
}

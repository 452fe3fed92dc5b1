extension ArtifactID {
  /// ipamd's health before anything heavy was collected.
  public static let probeBaseline: Self = "probe.ipamd_grpc_baseline"
  /// How late a sleeping thread wakes up.
  public static let probeCanary: Self = "probe.canary"
  /// ipamd's health over its socket.
  public static let probeIPAMD: Self = "probe.ipamd_grpc"
  /// aws-node's own health probe, started by the runtime.
  public static let probeIPAMDExec: Self = "probe.ipamd_exec"
  /// The network policy agent's health.
  public static let probePolicyAgent: Self = "probe.npa_http"
  /// The kubelet's health.
  public static let probeKubelet: Self = "probe.kubelet_healthz"
  /// kube-proxy's health.
  public static let probeKubeProxy: Self = "probe.kube_proxy"
  /// The container runtime's cheapest calls.
  public static let probeRuntime: Self = "probe.cri"
  /// The API server by the kubelet's address of it.
  public static let probeAPIEndpoint: Self = "probe.api_endpoint"
  /// The API server by the cluster's address of it.
  public static let probeAPIClusterAddress: Self = "probe.api_clusterip"
  /// The instance metadata service.
  public static let probeMetadata: Self = "probe.imds"
  /// EC2's endpoint in the region.
  public static let probeEC2: Self = "probe.ec2"
  /// Other endpoints in the region.
  public static let probeServices: Self = "probe.aws_endpoints"
  /// The agent that hands out pods' credentials.
  public static let probePodIdentity: Self = "probe.pod_identity"
  /// The host's name servers.
  public static let probeHostNames: Self = "probe.dns_host"
  /// The cluster's name servers.
  public static let probeClusterNames: Self = "probe.dns_cluster"
  /// How far the clock is off.
  public static let probeClock: Self = "probe.clock"
  /// Ports of pods of this node.
  public static let probeLocalPods: Self = "probe.local_pods"
  /// The figures of all probes.
  public static let probeSummary: Self = "probe.summary"
}

extension Artifact.Derivation {
  /// Five health checks.
  public static let probeBaseline: Self = "5 gRPC health checks before anything else, 0.2 s apart"
  /// Two hundred sleeps.
  public static let probeCanary: Self = "200 sleeps of 10 ms"
  /// Forty health checks.
  public static let probeIPAMD: Self = "40 gRPC health checks, 0.5 s apart"
  /// Eight starts of the probe's program.
  public static let probeIPAMDExec: Self = "8 starts of aws-node's own probe, 2 s apart"
  /// GETs of the policy agent.
  public static let probePolicyAgent: Self = "10 GETs each of :8163/healthz and /readyz"
  /// GETs of the kubelet.
  public static let probeKubelet: Self = "20 GETs of the kubelet's /healthz"
  /// GETs of kube-proxy.
  public static let probeKubeProxy: Self = "10 GETs each of :10256/healthz and :10249/healthz"
  /// Calls of the runtime.
  public static let probeRuntime: Self = "20 times each CRI Version and Status"
  /// Connections to the kubeconfig's server.
  public static let probeAPIEndpoint: Self = "10 connections to the kubeconfig's server, 5 /livez"
  /// Connections to the service's address.
  public static let probeAPIClusterAddress: Self =
    "10 connections to the service kubernetes, 5 /livez"
  /// Requests to the metadata service.
  public static let probeMetadata: Self = "20 times a metadata token and the instance id"
  /// Connections to EC2.
  public static let probeEC2: Self = "5 connections to the region's EC2 endpoint"
  /// Connections to other services.
  public static let probeServices: Self = "3 connections each to STS, ECR, S3 and EKS endpoints"
  /// Connections to the pod identity agent.
  public static let probePodIdentity: Self = "5 connections to the pod identity agent"
  /// Questions to the host's name servers.
  public static let probeHostNames: Self = "20 questions to each of the host's name servers"
  /// Questions to the cluster's name servers.
  public static let probeClusterNames: Self =
    "20 questions each over UDP and TCP to the cluster's name servers"
  /// Questions to a time server.
  public static let probeClock: Self = "3 questions to 169.254.169.123"
  /// Connections to pods.
  public static let probeLocalPods: Self = "1 connection each to ports of 20 local pods"
  /// Figures of all samples.
  public static let probeSummary: Self = "figures of all probes' samples"
}

extension Artifact {
  /// Timed probes: they tell apart a slow ipamd, slow starts of its health probe, and a starved
  /// node. Every sample is stored; no sample tries twice.
  static let probe: [Artifact] = [
    Artifact(
      .probeBaseline,
      "ipamd's health before the collector itself loads the node.",
      source: .derived(.probeBaseline), path: "probe/ipamd_grpc_baseline.samples.jsonl",
      needsRoot: true, timeoutSeconds: 15, capBytes: 64 << 10, stage: .logs),
    timed(
      .probeCanary, "How late a sleeping thread wakes up: whether the node itself is starved.",
      .probeCanary, "canary", needsRoot: false),
    timed(
      .probeIPAMD, "How long ipamd takes to say that it serves; the kubelet gives up after 10 s.",
      .probeIPAMD, "ipamd_grpc"),
    timed(
      .probeIPAMDExec,
      "The same the way the kubelet asks: the runtime starts the probe inside the container.",
      .probeIPAMDExec, "ipamd_exec", tier: .standard),
    timed(
      .probePolicyAgent, "Whether the network policy agent is alive.", .probePolicyAgent,
      "npa_http", tier: .standard, needsRoot: false),
    timed(
      .probeKubelet, "Whether the kubelet is stalled.", .probeKubelet, "kubelet_healthz",
      needsRoot: false),
    timed(
      .probeKubeProxy, "Whether kube-proxy is alive and up to date.", .probeKubeProxy,
      "kube_proxy", tier: .standard, needsRoot: false),
    timed(
      .probeRuntime, "Whether the container runtime is slow.", .probeRuntime, "cri",
      tier: .standard),
    timed(
      .probeAPIEndpoint,
      "The way to the API server: name, connection, health; TLS is left to the node's own tools.",
      .probeAPIEndpoint, "api_endpoint"),
    timed(
      .probeAPIClusterAddress,
      "The way that aws-node takes when it starts; it fails when kube-proxy's rules are missing.",
      .probeAPIClusterAddress, "api_clusterip"),
    timed(
      .probeMetadata, "How long instance metadata takes, and whether it is throttled.",
      .probeMetadata, "imds", needsRoot: false),
    timed(
      .probeEC2,
      "The way to EC2: name, private or public address, connection; TLS is not spoken.",
      .probeEC2, "ec2", needsRoot: false),
    timed(
      .probeServices,
      "The ways to STS, ECR, S3 and EKS: name, address, connection; TLS is not spoken.",
      .probeServices, "aws_endpoints", tier: .standard, needsRoot: false),
    timed(
      .probePodIdentity, "Whether the agent that hands out pods' credentials listens.",
      .probePodIdentity, "pod_identity", tier: .standard, needsRoot: false),
    timed(
      .probeHostNames, "Whether the host's name servers answer, on which ipamd depends.",
      .probeHostNames, "dns_host", needsRoot: false),
    timed(
      .probeClusterNames, "Whether CoreDNS answers through kube-proxy's rules.",
      .probeClusterNames, "dns_cluster", tier: .standard, needsRoot: false),
    Artifact(
      .probeClock,
      "How far the clock is off; signed requests fail when it is far.",
      source: .derived(.probeClock), path: "probe/clock.json", timeoutSeconds: 5,
      capBytes: 64 << 10, stage: .probes),
    timed(
      .probeLocalPods, "The way from the host into pods of this node.", .probeLocalPods,
      "local_pods", tier: .full),
    Artifact(
      .probeSummary,
      "The figures of all probes, and the node's load around each.",
      source: .derived(.probeSummary), path: "probe/summary.json", capBytes: 1 << 20,
      stage: .again),
  ]

  private static func timed(
    _ id: ArtifactID, _ summary: String, _ derivation: Derivation, _ name: String,
    tier: Tier = .minimum, needsRoot: Bool = true
  ) -> Artifact {
    Artifact(
      id, summary, source: .derived(derivation), path: "probe/\(name).samples.jsonl", tier: tier,
      needsRoot: needsRoot, timeoutSeconds: 60, stage: .probes)
  }
}

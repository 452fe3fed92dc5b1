extension ArtifactID {
  /// Which container runtime the node has.
  public static let runtimeDetection: Self = "runtime.detect"
  /// Name and version of the container runtime.
  public static let runtimeVersion: Self = "runtime.version"
  /// Whether the runtime and its network are ready.
  public static let runtimeStatus: Self = "runtime.status"
  /// The runtime's configuration files.
  public static let runtimeConfiguration: Self = "runtime.config"
  /// The runtime's configuration as it puts it together.
  public static let runtimeConfigurationInEffect: Self = "runtime.config_dump"
  /// The runtime's journal.
  public static let runtimeJournal: Self = "runtime.journal"
  /// Every pod sandbox with its address and its network namespace.
  public static let sandboxes: Self = "runtime.sandboxes"
  /// The pod sandboxes once more, after everything else was gathered.
  public static let sandboxesAgain: Self = "runtime.sandboxes_again"
  /// Every container.
  public static let containers: Self = "runtime.containers"
  /// The containers of the cluster's own pods in detail.
  public static let systemContainers: Self = "runtime.inspect_system"
  /// Every image, and what they take of the disk.
  public static let images: Self = "runtime.images"
  /// The stacks of containerd.
  public static let runtimeStacks: Self = "runtime.stackdump"
  /// The journal of the service that fetches the pause image.
  public static let sandboxImageJournal: Self = "runtime.sandbox_image"
  /// What docker says of itself.
  public static let dockerState: Self = "runtime.docker"
  /// The journal of a snapshotter that loads images lazily.
  public static let snapshotterJournal: Self = "runtime.soci"
  /// The node's graphics processors.
  public static let graphicsProcessors: Self = "runtime.gpu"
}

extension Artifact.Derivation {
  /// Sockets and processes of container runtimes.
  public static let runtimeDetection: Self = "sockets and processes of container runtimes"
  /// The runtime's answer to Version, and its programs' own.
  public static let runtimeVersion: Self = "CRI Version, and what the runtime's programs say"
  /// The runtime's answer to Status.
  public static let runtimeStatus: Self = "CRI Status"
  /// The runtime's answers to ListPodSandbox and PodSandboxStatus.
  public static let runtimeSandboxes: Self = "CRI ListPodSandbox and PodSandboxStatus"
  /// The runtime's answer to ListContainers.
  public static let runtimeContainers: Self = "CRI ListContainers"
  /// The runtime's answers to ContainerStatus.
  public static let runtimeSystemContainers: Self = "CRI ContainerStatus of the cluster's own pods"
  /// The runtime's answers to ListImages and ImageFsInfo.
  public static let runtimeImages: Self = "CRI ListImages and ImageFsInfo"
  /// The file that containerd writes when it is signalled.
  public static let runtimeStacks: Self = "stacks that containerd writes on a signal"
  /// Several answers of docker's program.
  public static let dockerState: Self = "docker info, version, ps, images and inspect"
}

extension Artifact {
  /// The container runtime: the ground truth of which pod has which address.
  static let runtime: [Artifact] = [
    Artifact(
      .runtimeDetection,
      "Sockets and processes of container runtimes: which one the node has.",
      source: .derived(.runtimeDetection), path: "runtime/detect.json", timeoutSeconds: 10,
      capBytes: 64 << 10),
    Artifact(
      .runtimeVersion,
      "Name and version of the runtime and of its programs: known bugs.",
      source: .derived(.runtimeVersion), path: "runtime/version.json", holds: .runtime,
      needsRoot: true, timeoutSeconds: 5, capBytes: 64 << 10),
    Artifact(
      .runtimeStatus,
      "Whether the runtime says that it and its network are ready, and which CNI it loaded.",
      source: .derived(.runtimeStatus), path: "runtime/status.json", holds: .runtime,
      needsRoot: true, timeoutSeconds: 10, capBytes: 1 << 20, redaction: .configuration),
    Artifact(
      .runtimeConfiguration,
      "The runtime's configuration: CNI folders, pause image, cgroup driver, docker's iptables.",
      source: .files([
        "/etc/containerd/config.toml", "/etc/containerd/config.d", "/etc/containerd/conf.d",
        "/etc/docker/daemon.json", "/etc/crio/crio.conf", "/etc/crio/crio.conf.d",
        "/etc/crictl.yaml",
      ]),
      path: "runtime/config", needsRoot: true, capBytes: 512 << 10, redaction: .configuration),
    Artifact(
      .runtimeConfigurationInEffect,
      "containerd's configuration with everything that it imports, wherever that stands.",
      source: .command("containerd", ["config", "dump"]), path: "runtime/config-dump.toml",
      tier: .standard, needsRoot: true, capBytes: 512 << 10, redaction: .configuration),
    Artifact(
      .runtimeJournal,
      "The runtime's log: the CNI's results with sandbox ids, and a slow runtime.",
      source: .journal(units: ["containerd", "docker", "crio"]), path: "runtime/containerd.log",
      needs: [.trait(.systemd)], holds: .journal, tier: .standard, needsRoot: true,
      timeoutSeconds: 60, capBytes: 50 << 20, keeps: .headAndTail, redaction: .log),
    sandboxList,
    sandboxList.again(
      .sandboxesAgain,
      "The pod sandboxes once more: what differs from the first reading was in motion.",
      path: "runtime/sandboxes.b.json"),
    Artifact(
      .containers,
      "Every container, running or not: restarts of the cluster's own pods.",
      source: .derived(.runtimeContainers), path: "runtime/containers.json", holds: .runtime,
      needsRoot: true, timeoutSeconds: 20, capBytes: 10 << 20, redaction: .kubernetesObjects),
    Artifact(
      .systemContainers,
      "The containers of aws-node, kube-proxy and coredns: environment, mounts, image, exit code.",
      source: .derived(.runtimeSystemContainers), path: "runtime/inspect", holds: .runtime,
      needsRoot: true, timeoutSeconds: 20, capBytes: 2 << 20, redaction: .kubernetesObjects),
    Artifact(
      .images,
      "Every image and what they take of the disk: pressure, and images that are not there.",
      source: .derived(.runtimeImages), path: "runtime/images.json", holds: .runtime,
      tier: .standard, needsRoot: true, timeoutSeconds: 15, capBytes: 2 << 20),
    Artifact(
      .runtimeStacks,
      "What a hung containerd is waiting for; only with side effects allowed.",
      source: .derived(.runtimeStacks), path: "runtime/stacks.log", holds: .runtime, tier: .full,
      needsRoot: true, timeoutSeconds: 15, capBytes: 20 << 20),
    Artifact(
      .sandboxImageJournal,
      "The journal of the service that fetches the pause image: it was collected as garbage.",
      source: .journal(units: ["sandbox-image"]), path: "runtime/sandbox-image.log",
      needs: [.trait(.systemd)], holds: .journal, tier: .standard, needsRoot: true,
      timeoutSeconds: 15, redaction: .log),
    Artifact(
      .dockerState,
      "docker's own words, on nodes where docker is the runtime.",
      source: .derived(.dockerState), path: "runtime/docker", holds: .runtime, tier: .standard,
      needsRoot: true, timeoutSeconds: 30, capBytes: 4 << 20, redaction: .configuration),
    Artifact(
      .snapshotterJournal,
      "The journal of the snapshotter that loads images lazily.",
      source: .journal(units: ["soci-snapshotter"]), path: "runtime/extra/soci-snapshotter.log",
      needs: [.trait(.systemd)], holds: .journal, tier: .full, needsRoot: true,
      timeoutSeconds: 15, capBytes: 20 << 20, redaction: .log),
    Artifact(
      .graphicsProcessors,
      "The node's graphics processors.",
      source: .command("nvidia-smi", ["--query"]), path: "runtime/extra/nvidia-smi.txt",
      tier: .full, timeoutSeconds: 30),
  ]

  private static let sandboxList = Artifact(
    .sandboxes,
    "Every pod sandbox with its address and network namespace: the truth about leaked addresses.",
    source: .derived(.runtimeSandboxes), path: "runtime/sandboxes.json", holds: .runtime,
    needsRoot: true, timeoutSeconds: 30, capBytes: 20 << 20, redaction: .kubernetesObjects,
    stage: .snapshot)
}

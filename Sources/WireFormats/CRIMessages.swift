/// The answers of a container runtime, version 1 of its interface, as far as a bundle wants them.
/// Numbers and names are those of the interface's declaration; version 1alpha2 has the same.
public enum CRIMessages {
  /// Names and versions of the runtime.
  public static let version = MessageSchema([
    .init(1, "version", .string), .init(2, "runtimeName", .string),
    .init(3, "runtimeVersion", .string), .init(4, "runtimeApiVersion", .string),
  ])

  /// Whether the runtime and its network are ready.
  public static let status = MessageSchema([
    .init(
      1, "status",
      .message(
        MessageSchema([
          .init(
            1, "conditions",
            .message(
              MessageSchema([
                .init(1, "type", .string), .init(2, "status", .bool), .init(3, "reason", .string),
                .init(4, "message", .string),
              ])), isRepeated: true)
        ]))),
    .init(2, "info", .documents),
  ])

  /// Every pod sandbox.
  public static let sandboxes = MessageSchema([
    .init(
      1, "items",
      .message(
        MessageSchema([
          .init(1, "id", .string), .init(2, "metadata", .message(sandboxMetadata)),
          .init(3, "state", sandboxState), .init(4, "createdAt", .int64), .init(5, "labels", .map),
          .init(6, "annotations", .map), .init(7, "runtimeHandler", .string),
        ])), isRepeated: true)
  ])

  /// One pod sandbox with its addresses and, if asked for, the runtime's own data.
  public static let sandbox = MessageSchema([
    .init(
      1, "status",
      .message(
        MessageSchema([
          .init(1, "id", .string), .init(2, "metadata", .message(sandboxMetadata)),
          .init(3, "state", sandboxState), .init(4, "createdAt", .int64),
          .init(5, "network", .message(sandboxNetwork)),
          .init(6, "linux", .message(sandboxLinux)), .init(7, "labels", .map),
          .init(8, "annotations", .map), .init(9, "runtimeHandler", .string),
        ]))),
    .init(2, "info", .documents),
  ])

  /// Every container, running or not.
  public static let containers = MessageSchema([
    .init(
      1, "containers",
      .message(
        MessageSchema([
          .init(1, "id", .string), .init(2, "podSandboxId", .string),
          .init(3, "metadata", .message(containerMetadata)), .init(4, "image", .message(imageSpec)),
          .init(5, "imageRef", .string), .init(6, "state", containerState),
          .init(7, "createdAt", .int64), .init(8, "labels", .map), .init(9, "annotations", .map),
          .init(10, "imageId", .string),
        ])), isRepeated: true)
  ])

  /// One container with its mounts, exit code and, if asked for, the runtime's own data.
  public static let container = MessageSchema([
    .init(
      1, "status",
      .message(
        MessageSchema([
          .init(1, "id", .string), .init(2, "metadata", .message(containerMetadata)),
          .init(3, "state", containerState), .init(4, "createdAt", .int64),
          .init(5, "startedAt", .int64), .init(6, "finishedAt", .int64),
          .init(7, "exitCode", .int32), .init(8, "image", .message(imageSpec)),
          .init(9, "imageRef", .string), .init(10, "reason", .string),
          .init(11, "message", .string), .init(12, "labels", .map), .init(13, "annotations", .map),
          .init(14, "mounts", .message(mount), isRepeated: true), .init(15, "logPath", .string),
          .init(16, "resources", .message(MessageSchema([.init(1, "linux", .message(resources))]))),
          .init(17, "imageId", .string),
        ]))),
    .init(2, "info", .documents),
  ])

  /// Every image.
  public static let images = MessageSchema([
    .init(
      1, "images",
      .message(
        MessageSchema([
          .init(1, "id", .string), .init(2, "repoTags", .string, isRepeated: true),
          .init(3, "repoDigests", .string, isRepeated: true), .init(4, "size", .uint64),
          .init(5, "uid", .message(MessageSchema([.init(1, "value", .int64)]))),
          .init(6, "username", .string), .init(7, "spec", .message(imageSpec)),
          .init(8, "pinned", .bool),
        ])), isRepeated: true)
  ])

  /// What the images and the containers' layers take of their file systems.
  public static let imageUsage = MessageSchema([
    .init(1, "imageFilesystems", .message(usage), isRepeated: true),
    .init(2, "containerFilesystems", .message(usage), isRepeated: true),
  ])

  // MARK: - Parts

  private static let sandboxState = MessageSchema.Kind.enumeration([
    "SANDBOX_READY", "SANDBOX_NOTREADY",
  ])
  private static let containerState = MessageSchema.Kind.enumeration([
    "CONTAINER_CREATED", "CONTAINER_RUNNING", "CONTAINER_EXITED", "CONTAINER_UNKNOWN",
  ])
  private static let namespaceMode = MessageSchema.Kind.enumeration([
    "POD", "CONTAINER", "NODE", "TARGET",
  ])

  private static let sandboxMetadata = MessageSchema([
    .init(1, "name", .string), .init(2, "uid", .string), .init(3, "namespace", .string),
    .init(4, "attempt", .uint32),
  ])
  private static let sandboxNetwork = MessageSchema([
    .init(
      2, "additionalIps", .message(MessageSchema([.init(1, "ip", .string)])), isRepeated: true),
    .init(1, "ip", .string),
  ])
  private static let sandboxLinux = MessageSchema([
    .init(
      1, "namespaces",
      .message(
        MessageSchema([
          .init(
            2, "options",
            .message(
              MessageSchema([
                .init(1, "network", namespaceMode), .init(2, "pid", namespaceMode),
                .init(3, "ipc", namespaceMode), .init(4, "targetId", .string),
              ])))
        ])))
  ])
  private static let containerMetadata = MessageSchema([
    .init(1, "name", .string), .init(2, "attempt", .uint32),
  ])
  private static let imageSpec = MessageSchema([
    .init(1, "image", .string), .init(2, "annotations", .map),
    .init(18, "userSpecifiedImage", .string),
  ])
  private static let mount = MessageSchema([
    .init(1, "containerPath", .string), .init(2, "hostPath", .string),
    .init(3, "readonly", .bool), .init(4, "selinuxRelabel", .bool),
    .init(
      5, "propagation",
      .enumeration([
        "PROPAGATION_PRIVATE", "PROPAGATION_HOST_TO_CONTAINER", "PROPAGATION_BIDIRECTIONAL",
      ])),
  ])
  private static let resources = MessageSchema([
    .init(1, "cpuPeriod", .int64), .init(2, "cpuQuota", .int64), .init(3, "cpuShares", .int64),
    .init(4, "memoryLimitInBytes", .int64), .init(5, "oomScoreAdj", .int64),
    .init(6, "cpusetCpus", .string), .init(7, "cpusetMems", .string), .init(9, "unified", .map),
  ])
  private static let usage = MessageSchema([
    .init(1, "timestamp", .int64),
    .init(2, "fsId", .message(MessageSchema([.init(1, "mountpoint", .string)]))),
    .init(3, "usedBytes", .message(MessageSchema([.init(1, "value", .uint64)]))),
    .init(4, "inodesUsed", .message(MessageSchema([.init(1, "value", .uint64)]))),
  ])
}

/// What was gathered and how it went: the contract between the two halves of the product.
///
/// It is the last member of a bundle, `manifest.json`; a bundle without it was interrupted.
public struct Manifest: Sendable, Codable, Equatable {
  /// The schema's name and version; it changes only when a reader of the old one would err.
  public static let schemaName = "cnitriage.bundle/1"

  /// Always ``schemaName`` in bundles of this version.
  public var schema: String
  /// A random id that names this bundle.
  public var bundleID: String
  /// Whether every planned item was reached.
  public var complete: Bool
  /// Why the run ended.
  public var endReason: EndReason
  /// The program that wrote the bundle.
  public var tool: ToolVersion
  /// When the run began, RFC 3339 in UTC.
  public var startedAt: String
  /// When the last item was finished, RFC 3339 in UTC.
  public var endedAt: String
  /// What kind of machine it ran on.
  public var platform: Platform
  /// How much was concealed; `nil` in bundles of versions that knew ``RedactionLevel/secrets`` only.
  public var redaction: RedactionLevel?
  /// What the collector was allowed to do; `nil` in bundles of earlier versions.
  public var privilege: Privilege?
  /// Words of the user, by their keys.
  public var labels: [String: String]?
  /// The user's case id.
  public var caseID: String?
  /// The cluster whose objects are in the bundle; `nil` where nobody asked for them.
  public var cluster: Cluster?
  /// Sums over all items.
  public var totals: Totals
  /// One entry for every member, and one for every item that has none.
  public var items: [ManifestItem]

  /// Puts a manifest together.
  public init(
    bundleID: String, complete: Bool, endReason: EndReason, tool: ToolVersion, startedAt: String,
    endedAt: String, platform: Platform, redaction: RedactionLevel? = nil, items: [ManifestItem]
  ) {
    schema = Self.schemaName
    self.bundleID = bundleID
    self.complete = complete
    self.endReason = endReason
    self.tool = tool
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.platform = platform
    self.redaction = redaction
    self.items = items
    totals = Totals(of: items)
  }

  enum CodingKeys: String, CodingKey {
    case schema, complete, tool, platform, redaction, privilege, labels, cluster, totals, items
    case caseID = "case_id"
    case bundleID = "bundle_id"
    case endReason = "end_reason"
    case startedAt = "started_at"
    case endedAt = "ended_at"
  }
}

extension Manifest {
  /// Why a run ended.
  public enum EndReason: String, Sendable, Codable {
    /// Everything planned was done.
    case done
    /// The first Ctrl-C.
    case sigint
    /// A polite request to stop.
    case sigterm
    /// The time limit of the whole run.
    case deadline
    /// The disk filled up.
    case disk
    /// The program failed.
    case error
  }

  /// The cluster whose objects an operator's credentials read.
  public struct Cluster: Sendable, Codable, Equatable {
    /// Its name in EKS, if it is known.
    public var name: String?
    /// The context of kubectl that was asked.
    public var context: String?
    /// The region of AWS, if it is known.
    public var region: String?
    /// When its objects were read, RFC 3339 in UTC.
    public var collectedAt: String

    /// Names a cluster.
    public init(name: String?, context: String?, region: String?, collectedAt: String) {
      self.name = name
      self.context = context
      self.region = region
      self.collectedAt = collectedAt
    }

    enum CodingKeys: String, CodingKey {
      case name, context, region
      case collectedAt = "collected_at"
    }
  }

  /// Whether the bundle holds a node; one that was gathered about a cluster alone doesn't.
  public var holdsNode: Bool { cluster == nil || !platform.hostName.isEmpty }

  /// The program that wrote a bundle.
  public struct ToolVersion: Sendable, Codable, Equatable {
    /// Always `cnitriage` in our own bundles.
    public var name: String
    /// Semantic version.
    public var version: String

    /// Names a program and its version.
    public init(name: String, version: String) {
      self.name = name
      self.version = version
    }
  }

  /// What kind of machine a bundle comes from.
  public struct Platform: Sendable, Codable, Equatable {
    /// `ID` of os-release, such as `amzn`.
    public var osID: String?
    /// `VERSION_ID` of os-release.
    public var osVersion: String?
    /// Release of the running kernel.
    public var kernel: String
    /// Machine architecture as the kernel names it.
    public var architecture: String
    /// The node's host name; empty in a bundle of a cluster alone.
    public var hostName: String
    /// Instance id, where the metadata service told it.
    public var instanceID: String?
    /// Effective user id of the collector.
    public var effectiveUserID: UInt32
    /// Where the node's file system was found; `/` unless it is mounted elsewhere.
    public var hostRoot: String
    /// Family of the operating system: `al2`, `al2023`, `bottlerocket`, `ubuntu`, `debian` or `other`.
    public var family: String?
    /// Whether it is a node of EKS: `yes`, `no`, `hybrid`, `auto` or `unknown`.
    public var eks: String?
    /// The container runtime, such as `containerd`.
    public var runtime: String?
    /// Name of the first process, such as `systemd`.
    public var initSystem: String?
    /// Version of the control group hierarchy, 1 or 2.
    public var cgroup: Int?
    /// Whether the collector ran in a container.
    public var isInContainer: Bool?
    /// The instance type, where the metadata service told it.
    public var instanceType: String?
    /// The instance's region, where the metadata service told it.
    public var region: String?
    /// The instance's availability zone, where the metadata service told it.
    public var availabilityZone: String?

    /// Describes a machine.
    public init(
      osID: String?, osVersion: String?, kernel: String, architecture: String, hostName: String,
      instanceID: String?, effectiveUserID: UInt32, hostRoot: String
    ) {
      self.osID = osID
      self.osVersion = osVersion
      self.kernel = kernel
      self.architecture = architecture
      self.hostName = hostName
      self.instanceID = instanceID
      self.effectiveUserID = effectiveUserID
      self.hostRoot = hostRoot
    }

    enum CodingKeys: String, CodingKey {
      case kernel, family, eks, runtime, cgroup
      case initSystem = "init"
      case isInContainer = "in_container"
      case instanceType = "instance_type"
      case region
      case availabilityZone = "availability_zone"
      case osID = "os_id"
      case osVersion = "os_version"
      case architecture = "arch"
      case hostName = "host_name"
      case instanceID = "instance_id"
      case effectiveUserID = "uid"
      case hostRoot = "host_root"
    }
  }

  /// What the collector was allowed to do, and which of the node's namespaces it shared.
  public struct Privilege: Sendable, Codable, Equatable {
    /// Effective capabilities by name, without `CAP_` and in lower case.
    public var capabilities: [String]
    /// Whether it ran in the node's network namespace; `nil` where that can't be told.
    public var hostNetwork: Bool?
    /// Whether it ran in the node's namespace of processes; `nil` where that can't be told.
    public var hostProcesses: Bool?
    /// How it came into the node's network namespace, if it began in another one.
    public var note: String?

    /// Describes what was allowed.
    public init(
      capabilities: [String], hostNetwork: Bool?, hostProcesses: Bool?, note: String? = nil
    ) {
      self.capabilities = capabilities
      self.hostNetwork = hostNetwork
      self.hostProcesses = hostProcesses
      self.note = note
    }

    enum CodingKeys: String, CodingKey {
      case capabilities = "caps"
      case hostNetwork = "host_netns"
      case hostProcesses = "host_pidns"
      case note
    }
  }

  /// Sums over all items of a bundle.
  public struct Totals: Sendable, Codable, Equatable {
    /// Number of entries.
    public var items: Int
    /// Entries with status `ok` or `empty`.
    public var ok: Int
    /// Entries whose evidence is lost or cut, whatever the reason; `skipped` ones don't count.
    public var incomplete: Int
    /// Bytes stored in all members together, before compression.
    public var bytesStored: Int
    /// Masked secrets per redaction rule.
    public var redactions: [String: Int]

    /// Adds up what entries say.
    public init(of entries: [ManifestItem]) {
      items = entries.count
      ok = entries.count { $0.status.isComplete }
      incomplete = entries.count { !$0.status.isComplete && $0.status != .skipped }
      bytesStored = entries.reduce(0) { $0 + $1.bytesStored }
      redactions = entries.reduce(into: [:]) { sums, item in
        for (rule, count) in item.redaction { sums[rule, default: 0] += count }
      }
    }

    enum CodingKeys: String, CodingKey {
      case items, ok, incomplete, redactions
      case bytesStored = "bytes_stored"
    }
  }
}

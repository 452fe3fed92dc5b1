/// The declaration of one collected item: what it is, why it is wanted, where a node has it, and
/// within which bounds it is taken. Documentation, `collect --list` and the collector all read it.
public struct Artifact: Sendable {
  /// The word that collector and analyzer share.
  public let id: ArtifactID
  /// One sentence: what the item holds and what it decides.
  public let summary: String
  /// How a node answers.
  public let source: Source
  /// Where the bytes stand in a bundle, relative to its top folder; for a group of files a folder.
  public let path: String
  /// What must be true before the source may be asked at all.
  public let needs: [Need]
  /// The resource on which items take turns.
  public let holds: Lock?
  /// How early the item is wanted.
  public let tier: Tier
  /// Whether an unprivileged run can never get it.
  public let needsRoot: Bool
  /// The longest the source may take, in seconds.
  public let timeoutSeconds: Double
  /// The most bytes that are kept.
  public let capBytes: Int
  /// Which end of an item that exceeds its cap is kept.
  public let keeps: Kept
  /// What is masked while the bytes pass.
  public let redaction: RedactionRule
  /// Whether the item is taken before the others, because taking the others changes it.
  public let stage: Stage

  /// Declares an item. Every bound has the value of its class unless the item says otherwise.
  public init(
    _ id: ArtifactID, _ summary: String, source: Source, path: String, needs: [Need] = [],
    holds: Lock? = nil, tier: Tier = .minimum, needsRoot: Bool = false,
    timeoutSeconds: Double = 5, capBytes: Int = 1 << 20, keeps: Kept = .head,
    redaction: RedactionRule = .scan, stage: Stage = .parallel
  ) {
    self.id = id
    self.summary = summary
    self.source = source
    self.path = path
    self.needs = needs
    self.holds = holds
    self.tier = tier
    self.needsRoot = needsRoot
    self.timeoutSeconds = timeoutSeconds
    self.capBytes = capBytes
    self.keeps = keeps
    self.redaction = redaction
    self.stage = stage
  }
}

extension Artifact {
  /// How a node answers. An enumeration, so that every kind of source is handled everywhere.
  public enum Source: Sendable, Equatable {
    /// The first of these files that exists.
    case file([String])
    /// Every regular file below these folders or matching these patterns; `*` stands for any run
    /// of characters inside one path component. Members keep their path below `path`.
    case files([String])
    /// A program, looked up on a fixed path, with its arguments; never a shell line.
    case command(String, [String])
    /// A GET on a loopback port.
    case http(port: Int, path: String)
    /// Paths below `/latest/` of the instance metadata service, with an IMDSv2 token; a path that
    /// ends in `/*/NAME` is asked for every entry that the listing before the star returns.
    case metadata([String])
    /// A value that the collector computes from system calls.
    case derived(Derivation)
  }

  /// The values that the collector computes itself.
  public enum Derivation: String, Sendable, CaseIterable {
    /// Kernel, host name, boot id and boot time.
    case hostIdentity
    /// The sizes of every file in the CNI's log folder.
    case cniLogListing
    /// The environment of the running address manager, reduced to known names.
    case agentEnvironment
    /// The arguments and start time of the running kubelet.
    case kubeletFlags
    /// Which iptables programs exist and which backend each one drives.
    case iptablesInfo
    /// Every value below `/proc/sys/net`.
    case networkSysctls
    /// Whether the instance metadata service answers with and without a token, from the host and
    /// from inside an ordinary pod's network namespace.
    case metadataReach
    /// Fields of units that decide forwarding, as `systemctl show` prints them.
    case unitStates
  }

  /// A guard: listing a table whose module is absent would load the module, and so change the node.
  public enum Need: Sendable, Equatable {
    /// `/proc/net/ip_tables_names` or its IPv6 twin names at least one table.
    case legacyTables(ipv6: Bool)
    /// The `nf_tables` subsystem is in use.
    case nftables
  }

  /// A resource on which items take turns, so that they don't fight over it.
  public enum Lock: String, Sendable, CaseIterable {
    /// The lock of the iptables programs.
    case xtables
    /// journald, which reads its files one query at a time.
    case journal
    /// The address manager's introspection server.
    case ipamd
    /// The instance metadata service, which limits packets per second.
    case metadata
  }

  /// How early an item is wanted.
  public enum Tier: String, Sendable, Comparable, CaseIterable {
    /// Always gathered; a bundle without it is incomplete.
    case minimum
    /// Gathered unless the minimal profile was asked for.
    case standard
    /// Gathered on request.
    case full

    /// Orders tiers from the smallest profile to the largest.
    public static func < (left: Tier, right: Tier) -> Bool {
      left.rank < right.rank
    }

    private var rank: Int {
      switch self {
      case .minimum: 0
      case .standard: 1
      case .full: 2
      }
    }
  }

  /// Which part of an item that exceeds its cap is kept.
  public enum Kept: String, Sendable {
    /// The beginning.
    case head
    /// The first 1 MiB and the newest rest, with a marked cut.
    case headAndTail
  }

  /// What is masked while the bytes of an item pass.
  public enum RedactionRule: String, Sendable {
    /// Secrets by shape, as in any text.
    case scan
    /// Logs: secrets by shape; lines of absurd length are cut. Not for JSON documents, which are
    /// one line of any length.
    case log
    /// Environment files: values of names outside the allow-list, then secrets by shape.
    case environment
    /// Configuration trees: the values of secret keys, then secrets by shape.
    case configuration
    /// Kubernetes objects: environment values by the allow-list, then secrets by shape.
    case kubernetesObjects
    /// The bytes pass unchanged, because they are compressed.
    case none
  }

  /// When in a run an item is taken.
  public enum Stage: Int, Sendable, Comparable, CaseIterable {
    /// Logs that later items would write into.
    case logs
    /// State that must be read within a moment of each other.
    case snapshot
    /// Everything else.
    case parallel

    /// Orders stages by time.
    public static func < (left: Stage, right: Stage) -> Bool {
      left.rawValue < right.rawValue
    }
  }
}

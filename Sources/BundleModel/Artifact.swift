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
  /// The longest the source may take, in seconds. It ends what hangs: a node that has no processor
  /// time left is one of the nodes that a bundle is for, and must not lose facts to its own slowness.
  public let timeoutSeconds: Double
  /// The most bytes that are kept; of a group of files, of each.
  public let capBytes: Int
  /// The most bytes that are kept of all files of a group together, the newest files first; `nil`
  /// where the number of files bounds the group.
  public let groupBytes: Int?
  /// Which end of an item that exceeds its cap is kept.
  public let keeps: Kept
  /// What is masked while the bytes pass.
  public let redaction: RedactionRule
  /// Whether the item is taken before the others, because taking the others changes it.
  public let stage: Stage
  /// How the members of a group of files are named.
  public let naming: Naming
  /// What answers in the same form where the node lacks the program that `source` names.
  public let fallback: Derivation?

  /// Declares an item. Every bound has the value of its class unless the item says otherwise.
  public init(
    _ id: ArtifactID, _ summary: String, source: Source, path: String, needs: [Need] = [],
    holds: Lock? = nil, tier: Tier = .minimum, needsRoot: Bool = false,
    timeoutSeconds: Double? = nil, capBytes: Int = 1 << 20, groupBytes: Int? = nil,
    keeps: Kept = .head, redaction: RedactionRule = .scan, stage: Stage = .parallel,
    naming: Naming = .fullPath, fallback: Derivation? = nil
  ) {
    self.id = id
    self.summary = summary
    self.source = source
    self.path = path
    self.needs = needs
    self.holds = holds
    self.tier = tier
    self.needsRoot = needsRoot
    self.timeoutSeconds = timeoutSeconds ?? source.timeoutSeconds
    self.capBytes = capBytes
    self.groupBytes = groupBytes
    self.keeps = keeps
    self.redaction = redaction
    self.stage = stage
    self.naming = naming
    self.fallback = fallback
  }

  /// The same item within other bounds.
  public func bounded(timeoutSeconds: Double, capBytes: Int) -> Artifact {
    Artifact(
      id, summary, source: source, path: path, needs: needs, holds: holds, tier: tier,
      needsRoot: needsRoot, timeoutSeconds: timeoutSeconds, capBytes: capBytes,
      groupBytes: groupBytes, keeps: keeps, redaction: redaction, stage: stage, naming: naming,
      fallback: fallback)
  }

  /// The same item once more at the end of the run, under an id and a path of its own.
  public func again(_ id: ArtifactID, _ summary: String, path: String) -> Artifact {
    Artifact(
      id, summary, source: source, path: path, needs: needs, holds: holds, tier: tier,
      needsRoot: needsRoot, timeoutSeconds: timeoutSeconds, capBytes: capBytes,
      groupBytes: groupBytes, keeps: keeps, redaction: redaction, stage: .again, naming: naming,
      fallback: fallback)
  }
}

extension Artifact {
  /// How a node answers. An enumeration, so that every kind of source is handled everywhere.
  public enum Source: Sendable, Equatable {
    /// The first of these files that exists; a text in braces stands for what the node itself
    /// names, see ``FoundPath``.
    case file([String])
    /// Every regular file below these folders or matching these patterns; `*` stands for any run
    /// of characters inside one path component, once in each; a text in braces stands for what
    /// the node itself names, see ``FoundPath``. Members stand below `path`.
    case files([String])
    /// A program, looked up on a fixed path, with its arguments; never a shell line.
    case command(String, [String])
    /// The first of these programs that the node has, each with its arguments.
    case anyCommand([[String]])
    /// The journal of units within the run's time window, in the form `short-iso-precise` and in
    /// UTC; `options` are further arguments of `journalctl`.
    case journal(units: [String], options: [String] = [])
    /// A GET on a loopback port.
    case http(port: Int, path: String)
    /// Paths below `/latest/` of the instance metadata service, with an IMDSv2 token; a path that
    /// ends in `/*/NAME` is asked for every entry that the listing before the star returns.
    case metadata([String])
    /// A value that the collector computes.
    case derived(Derivation)

    /// The time limit of this class of sources, in seconds: what is read and computed here takes
    /// milliseconds, so that only a dead file system needs the whole time; a server that is silent
    /// for half as long is taken for dead.
    var timeoutSeconds: Double {
      switch self {
      case .file, .files, .derived: 10
      case .command, .anyCommand, .journal, .http, .metadata: 5
      }
    }
  }

  /// Names a value that the collector computes. Each group of the catalogue declares its own; the
  /// collector has one computation for each.
  public struct Derivation: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    /// A few words that say what is computed; they stand in `collect --list`.
    public let rawValue: String

    /// Names a computation.
    public init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// Lets the catalogue declare derivations as literals.
    public init(stringLiteral value: String) {
      rawValue = value
    }
  }

  /// A guard: what must be true before an item may be asked for.
  public enum Need: Sendable, Equatable {
    /// `/proc/net/ip_tables_names` or its IPv6 twin names at least one table. Listing a table whose
    /// module is absent would load the module, and so change the node.
    case legacyTables(ipv6: Bool)
    /// The kernel's part of the backend that this iptables program drives is loaded; asking would
    /// load it otherwise.
    case backend(String)
    /// The default iptables program's backend holds this table; listing it would create it
    /// otherwise.
    case table(String, ipv6: Bool)
    /// A kernel module is loaded or built in; asking would load it otherwise.
    case module(String)
    /// A path exists that a running service keeps; asking for the service might start it otherwise.
    case path(String)
    /// The node is of a kind that has such a thing; elsewhere the item is `unsupported`.
    case trait(NodeTrait)
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
    /// The container runtime.
    case runtime
    /// The API server, as the node's own tools reach it.
    case kubernetes
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
    /// Lists of command lines: full arguments of known programs only, then secrets by shape.
    case commandLines
    /// The bytes pass unchanged, because they are compressed.
    case none
  }

  /// How the members of a group of files are named below the group's path.
  public enum Naming: Sendable, Equatable {
    /// By the whole path on the node, because the folder decides what a file means.
    case fullPath
    /// By the file's name, for files of one folder.
    case fileName
    /// By the path below a folder of the node.
    case below(String)
  }

  /// When in a run an item is taken.
  public enum Stage: Int, Sendable, Comparable, CaseIterable {
    /// Logs that later items would write into.
    case logs
    /// State that must be read within a moment of each other.
    case snapshot
    /// Everything else.
    case parallel
    /// Timed probes. They mostly wait, so they run beside ``parallel`` and take no place from it.
    case probes
    /// Second readings of state and counters, after everything else: what differs from the first
    /// reading was in motion, what agrees is a fact.
    case again

    /// Orders stages by time.
    public static func < (left: Stage, right: Stage) -> Bool {
      left.rawValue < right.rawValue
    }
  }
}

/// How gathering one member of a bundle went.
public struct ManifestItem: Sendable, Codable, Equatable {
  /// The item; the members of a group of files share it.
  public var id: ArtifactID
  /// Where the bytes stand, relative to the top folder; `nil` when nothing was stored.
  public var path: String?
  /// How the node was asked.
  public var source: Source
  /// The outcome.
  public var status: ItemStatus
  /// Why the status is not `ok`, in words for a person.
  public var reason: String?
  /// Exit code of a program that ran to its end.
  public var exitCode: Int32?
  /// The signal that ended a program.
  public var signal: Int32?
  /// Status of an HTTP answer.
  public var httpStatus: Int?
  /// When asking began, RFC 3339 in UTC.
  public var startedAt: String
  /// How long the source took, in milliseconds.
  public var durationMilliseconds: Int
  /// Bytes that the source gave, before cuts and masks.
  public var bytesSource: Int
  /// Bytes in the bundle.
  public var bytesStored: Int
  /// SHA-256 of the stored bytes in hexadecimal; `nil` when nothing was stored.
  public var sha256: String?
  /// Modification time of a file on the node, RFC 3339 in UTC.
  public var originModifiedAt: String?
  /// Number of a file in its file system, which a rotated log keeps under its new name.
  public var originInode: UInt64?
  /// What was left out, if anything.
  public var truncation: Truncation?
  /// Masked secrets per redaction rule.
  public var redaction: [String: Int]
  /// Where the standard error of a program stands, if it wrote any.
  public var standardError: String?
  /// What a reader should know beside the status, such as a process that could not be ended.
  public var warnings: [String]?

  /// Describes an item that has just begun; the runner fills in what it learns.
  public init(id: ArtifactID, source: Source, startedAt: String) {
    self.id = id
    self.source = source
    self.startedAt = startedAt
    status = .ok
    durationMilliseconds = 0
    bytesSource = 0
    bytesStored = 0
    redaction = [:]
  }

  enum CodingKeys: String, CodingKey {
    case id, path, source, status, reason, signal, sha256, truncation, redaction, warnings
    case exitCode = "exit_code"
    case httpStatus = "http_status"
    case startedAt = "started_at"
    case durationMilliseconds = "duration_ms"
    case bytesSource = "bytes_source"
    case bytesStored = "bytes_stored"
    case originModifiedAt = "origin_mtime"
    case originInode = "origin_inode"
    case standardError = "stderr"
  }
}

extension ManifestItem {
  /// How the node was asked: one of the kinds, with what names it.
  public struct Source: Sendable, Codable, Equatable {
    /// The kind of source.
    public var kind: Kind
    /// Program and arguments.
    public var argv: [String]?
    /// Path of the file on the node.
    public var origin: String?
    /// Address that was asked.
    public var url: String?

    /// Names a source.
    public init(
      kind: Kind, argv: [String]? = nil, origin: String? = nil, url: String? = nil
    ) {
      self.kind = kind
      self.argv = argv
      self.origin = origin
      self.url = url
    }
  }

  /// The kinds of source.
  public enum Kind: String, Sendable, Codable {
    /// A file of the node.
    case file
    /// The output of a program.
    case command
    /// An HTTP answer.
    case http
    /// Several answers of the metadata service.
    case metadata
    /// Computed by the collector.
    case derived
  }

  /// What was left out of an item.
  public struct Truncation: Sendable, Codable, Equatable {
    /// Which part was kept.
    public var mode: Mode
    /// How many bytes are missing.
    public var droppedBytes: Int

    /// Describes a cut.
    public init(mode: Mode, droppedBytes: Int) {
      self.mode = mode
      self.droppedBytes = droppedBytes
    }

    enum CodingKeys: String, CodingKey {
      case mode
      case droppedBytes = "dropped_bytes"
    }
  }

  /// Which part of a cut item was kept.
  public enum Mode: String, Sendable, Codable {
    /// The beginning.
    case head
    /// The beginning and the end.
    case headAndTail = "head_tail"
  }
}

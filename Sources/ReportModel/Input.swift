extension Report {
  /// One bundle or file system that was judged.
  public struct Input: Sendable, Codable, Equatable {
    /// Names it inside the report: `b1`.
    public var id: String
    /// The layout: `native`, `elc`, `nma`, `cni-support`, `logdog` or `rootfs`.
    public var kind: String
    /// The file's name without its folder.
    public var name: String
    /// SHA-256 of the archive, where it is one.
    public var sha256: String?
    /// The node it comes from.
    public var node: Node
    /// The time that its evidence covers.
    public var window: Window
    /// The masking level that it was collected with.
    public var redaction: String?
    /// Every item and how gathering it went.
    public var items: [Item]

    /// Describes an input.
    public init(
      id: String, kind: String, name: String, sha256: String?, node: Node, window: Window,
      redaction: String?, items: [Item]
    ) {
      self.id = id
      self.kind = kind
      self.name = name
      self.sha256 = sha256
      self.node = node
      self.window = window
      self.redaction = redaction
      self.items = items
    }
  }

  /// The machine behind an input; what is not known is `nil`.
  public struct Node: Sendable, Codable, Equatable {
    /// Instance id.
    public var id: String?
    /// Instance type.
    public var type: String?
    /// Host name.
    public var host: String?
    /// Availability zone.
    public var zone: String?
    /// Version of the CNI.
    public var cni: String?
    /// Version of the kubelet.
    public var kubelet: String?
    /// Operating system and version.
    public var os: String?
    /// Kernel release.
    public var kernel: String?
    /// Backend of the default iptables program: `iptables-nft` or `iptables-legacy`.
    public var iptables: String?

    /// A machine of which nothing is known yet.
    public init() {}
  }

  /// A span of time, RFC 3339 in UTC.
  public struct Window: Sendable, Codable, Equatable {
    /// The oldest evidence with a time.
    public var from: String?
    /// When the bundle was made.
    public var to: String?

    /// Describes a span.
    public init(from: String?, to: String?) {
      self.from = from
      self.to = to
    }
  }

  /// One item of a bundle and how gathering it went.
  public struct Item: Sendable, Codable, Equatable {
    /// The item's id.
    public var id: String
    /// Where it stands in the bundle.
    public var path: String?
    /// How it went, in the words of the manifest.
    public var status: String
    /// Why it is not `ok`.
    public var reason: String?
    /// Stored bytes.
    public var bytes: Int?
    /// How long it took, in milliseconds.
    public var milliseconds: Int?
    /// Bytes that were left out.
    public var droppedBytes: Int?

    /// Describes an item.
    public init(
      id: String, path: String?, status: String, reason: String?, bytes: Int?,
      milliseconds: Int?, droppedBytes: Int?
    ) {
      self.id = id
      self.path = path
      self.status = status
      self.reason = reason
      self.bytes = bytes
      self.milliseconds = milliseconds
      self.droppedBytes = droppedBytes
    }

    enum CodingKeys: String, CodingKey {
      case id, path, status, reason, bytes
      case milliseconds = "duration_ms"
      case droppedBytes = "dropped_bytes"
    }
  }
}

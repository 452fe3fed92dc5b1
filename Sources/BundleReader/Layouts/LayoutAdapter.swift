import BundleModel

/// Knows one way in which another collector, or an image, lays out its files: by which names it is
/// recognised, and which file belongs to which item.
protocol LayoutAdapter: Sendable {
  /// The kind of input that it reads.
  static var kind: BundleKind { get }
  /// Names below the layout's top folder that give it away, at most three components long, and how
  /// much each of them counts; see ``LayoutProbe/threshold``.
  static var marks: [String: Int] { get }
  /// Where a file belongs; `path` is relative to the layout's top folder.
  static func placement(of path: String) -> Placement?
}

/// Where a file of another layout belongs.
struct Placement: Sendable {
  /// The items whose content it holds: several where one file holds what several commands printed.
  var artifacts: [ArtifactID]
  /// The absolute path that it had on the node, if it was a file there.
  var origin: String?
  /// How the file is taken apart, where it holds several items.
  var parts: TextParts.Form?
  /// What it is about, where several files may tell the same.
  var subject: String?
  /// Whether it counts only where no other file has the same subject.
  var isSpare = false
  /// How early in the catalogue's list of places the file stands: the first one that exists counts.
  var rank: Int?

  /// A file that holds one item.
  init(_ artifact: ArtifactID, origin: String? = nil) {
    artifacts = [artifact]
    self.origin = origin
  }

  /// A file that holds several items.
  init(parts: TextParts.Form) {
    artifacts = parts.artifacts
    self.parts = parts
  }

  /// The same for a file that may tell what others tell.
  func about(_ subject: String, isSpare: Bool = false) -> Placement {
    var copy = self
    copy.subject = subject
    copy.isSpare = isSpare
    return copy
  }
}

/// Finds out by the names of files alone what an input is, while it is walked for the first time.
struct LayoutProbe {
  /// A recognised layout and the folder, with its slash, below which its files stand.
  struct Match {
    let layout: any LayoutAdapter.Type
    let folder: String
    /// Folders that hold a layout as well and are not read.
    let others: [String]
  }

  /// How much the marks of a layout must count together: one mark that nothing else has, or several
  /// names of which each could be anybody's.
  static let threshold = 3
  /// Every layout but our own. Where two fit the same folder, the first one does.
  static let layouts: [any LayoutAdapter.Type] = [
    NodeMonitoringLayout.self, EKSLogCollectorLayout.self, SupportScriptLayout.self,
    LogdogLayout.self, RootFileSystemLayout.self,
  ]
  private static let marks: [String: [(layout: Int, weight: Int)]] = {
    var marks: [String: [(layout: Int, weight: Int)]] = [:]
    for (index, layout) in layouts.enumerated() {
      for (name, weight) in layout.marks { marks[name, default: []].append((index, weight)) }
    }
    return marks
  }()
  private static let depth = 3

  private let limit: Int
  private var scores: [[String: Int]] = layouts.map { _ in [:] }

  init(limits: ReadLimits) {
    limit = limits.candidates
  }

  /// Takes the next path in.
  mutating func see(_ path: String) {
    var end = path.endIndex
    for _ in 0..<Self.depth {
      let slash = path[..<end].utf8.lastIndex(of: UInt8(ascii: "/"))
      let start = slash.map { path.utf8.index(after: $0) } ?? path.startIndex
      for mark in Self.marks[String(path[start...])] ?? [] {
        add(mark.weight, to: mark.layout, at: String(path[..<start]))
      }
      guard let slash else { return }
      end = slash
    }
  }

  private mutating func add(_ weight: Int, to layout: Int, at folder: String) {
    if let known = scores[layout][folder] {
      scores[layout][folder] = min(known + weight, 1000)
    } else if scores[layout].count < limit {
      scores[layout][folder] = weight
    }
  }

  /// The layout of the input: the one nearest to its root.
  func match() -> Match? {
    var found: [(depth: Int, layout: Int, folder: String)] = []
    for (layout, folders) in scores.enumerated() {
      for (folder, score) in folders where score >= Self.threshold {
        found.append((folder.utf8.count { $0 == UInt8(ascii: "/") }, layout, folder))
      }
    }
    found.sort { ($0.depth, $0.layout, $0.folder) < ($1.depth, $1.layout, $1.folder) }
    guard let best = found.first else { return nil }
    let others = found.filter { $0.depth == best.depth && $0.folder != best.folder }
    return Match(
      layout: Self.layouts[best.layout], folder: best.folder,
      others: Set(others.map(\.folder)).sorted())
  }
}

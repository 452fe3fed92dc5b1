import BundleArchive

/// Walks an input and the archives inside it as one: members of an inner archive have its path for a
/// folder. An inner archive that is damaged costs only its own rest; one that was made to harm costs
/// the whole input.
final class NestedStream: MemberStream {
  private struct Level {
    let stream: any MemberStream
    /// What stands before the paths of the level's members.
    let prefix: String
  }

  private let limits: ReadLimits
  private let budget: ReadBudget
  private var levels: [Level]
  /// A chunk that was looked at to recognise an archive, and is none's.
  private var peeked: ArraySlice<UInt8>?
  private var ownNotes: WalkNotes
  private var links: [(path: String, target: String)] = []
  private var finished: [WalkNotes] = []

  init(_ stream: any MemberStream, limits: ReadLimits, budget: ReadBudget) {
    self.limits = limits
    self.budget = budget
    levels = [Level(stream: stream, prefix: "")]
    ownNotes = WalkNotes(limit: limits.notes)
  }

  var modified: Int64 { levels.last?.stream.modified ?? 0 }
  var mode: Int { levels.last?.stream.mode ?? 0 }

  var notes: WalkNotes {
    (finished + levels.map(\.stream.notes) + [ownNotes]).reduce(WalkNotes(limit: limits.notes)) {
      $0.joined(with: $1)
    }
  }

  /// Whether a name is an archive's.
  static func isArchive(_ name: some StringProtocol) -> Bool {
    let ends = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar.xz", ".txz", ".tar.bz2"]
    return ends.contains { name.hasSuffix($0) }
  }

  func next() throws(BundleError) -> (path: String, size: Int)? {
    peeked = nil
    while let level = levels.last {
      guard let (inner, size) = try nextMember(of: level) else {
        collectLinks(of: level)
        finished.append(level.stream.notes)
        levels.removeLast()
        continue
      }
      let path = level.prefix + inner
      guard path.utf8.count <= limits.pathBytes else {
        throw .exceeds("a path", "\(path.utf8.count) bytes, \(limits.pathBytes) are allowed")
      }
      if levels.count <= limits.nesting, Self.isArchive(inner), try enter(path, level) { continue }
      return (path, size)
    }
    return nil
  }

  func takeLinks() -> [(path: String, target: String)] {
    for level in levels { collectLinks(of: level) }
    defer { links = [] }
    return links
  }

  private func collectLinks(of level: Level) {
    let found = level.stream.takeLinks().prefix(max(0, limits.listing - links.count))
    links += found.map { (level.prefix + $0.path, $0.target) }
  }

  private func nextMember(of level: Level) throws(BundleError) -> (path: String, size: Int)? {
    do {
      return try level.stream.next()
    } catch {
      guard levels.count > 1, error.code == "E301" else { throw error }
      ownNotes.add("\(Shown.text(level.prefix.dropLast())): \(error.what)")
      return nil
    }
  }

  /// Goes into the member that the walk stands at, if it is an archive.
  private func enter(_ path: String, _ level: Level) throws(BundleError) -> Bool {
    guard let start = try level.stream.nextChunk() else { return false }
    guard FileSignature.isArchive(start) else {
      peeked = start
      return false
    }
    var first: ArraySlice<UInt8>? = start
    let source = ArchiveSource {
      if let chunk = first {
        first = nil
        return chunk
      }
      return try level.stream.nextChunk()
    }
    do {
      let stream = try ArchiveStream(source, name: path, limits: limits, budget: budget)
      levels.append(Level(stream: stream, prefix: path + "/"))
    } catch {
      guard error.code == "E301" else { throw error }
      ownNotes.add("\(Shown.text(path)): \(error.what)")
    }
    return true
  }

  func nextChunk() throws(BundleError) -> ArraySlice<UInt8>? {
    if let chunk = peeked {
      peeked = nil
      return chunk
    }
    return try levels.last?.stream.nextChunk()
  }
}

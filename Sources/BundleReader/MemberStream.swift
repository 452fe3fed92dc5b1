import BundleArchive
import SystemPackage

/// Walks the regular files of an archive or folder in a fixed order and hands out their bytes.
/// The archive's member names are checked here, in one place, before anything else sees them.
protocol MemberStream: AnyObject {
  /// The next regular file's checked path and declared size, or `nil` at the end.
  func next() throws(BundleError) -> (path: String, size: Int)?
  /// When that file was modified, in microseconds since 1970.
  var modified: Int64 { get }
  /// That file's permission bits.
  var mode: Int { get }
  /// The next bytes of that file, or `nil` at its end.
  func nextChunk() throws(BundleError) -> ArraySlice<UInt8>?
  /// What was ignored so far, such as links.
  var notes: WalkNotes { get }
  /// The symbolic links that were met since the last call; they are never followed.
  func takeLinks() -> [(path: String, target: String)]
}

/// The members of an archive.
final class ArchiveStream: MemberStream {
  private var reader: ArchiveReader
  private let source: ArchiveSource?
  private let archiveBytes: Int?
  private let name: String
  private let limits: ReadLimits
  private let budget: ReadBudget
  private var totalBytes = 0
  private var readBytes = 0
  /// What ended the walk: it ends it for every caller, also after one that bore it.
  private var end: BundleError?
  private(set) var modified: Int64 = 0
  private(set) var mode = 0
  private(set) var notes: WalkNotes
  private var links: [(path: String, target: String)] = []

  /// The members of an archive inside another one.
  init(
    _ source: ArchiveSource, name: String, limits: ReadLimits, budget: ReadBudget
  ) throws(BundleError) {
    self.name = name
    self.limits = limits
    self.budget = budget
    self.source = source
    notes = WalkNotes(limit: limits.notes)
    archiveBytes = nil
    do {
      reader = try ArchiveReader(source)
    } catch {
      throw Self.failure(error, source, name: name, archiveBytes: nil)
    }
  }

  init(
    _ file: OpenFile, name: String, limits: ReadLimits, budget: ReadBudget
  ) throws(BundleError) {
    self.name = name
    self.limits = limits
    self.budget = budget
    source = nil
    notes = WalkNotes(limit: limits.notes)
    do {
      archiveBytes = Int(try file.descriptor.seek(offset: 0, from: .end))
      try file.descriptor.seek(offset: 0, from: .start)
    } catch {
      throw .notReadable(name, "\(error)")
    }
    do {
      reader = try ArchiveReader(file.descriptor)
    } catch {
      throw Self.failure(error, nil, name: name, archiveBytes: archiveBytes)
    }
  }

  func next() throws(BundleError) -> (path: String, size: Int)? {
    while let member = try header() {
      try count(member.size)
      guard let path = try MemberPath.normalise(member.path, limits: limits) else { continue }
      switch member.kind {
      case .file:
        guard member.size <= limits.memberBytes else {
          throw .exceeds(name, "entry `\(Shown.text(path))` has \(member.size) bytes")
        }
        modified = member.modified
        mode = member.mode
        return (path, member.size)
      case .directory: continue
      case .link, .special:
        notes.ignore(path)
        if links.count < limits.listing, let target = member.target { links.append((path, target)) }
      }
    }
    return nil
  }

  func takeLinks() -> [(path: String, target: String)] {
    defer { links = [] }
    return links
  }

  private func header() throws(BundleError) -> ArchiveMember? {
    if let end { throw end }
    do {
      return try reader.next()
    } catch {
      throw failure(error)
    }
  }

  /// Counts a member's declared size, which tar can't exceed, and compares it with what has been
  /// read of the compressed bytes by now.
  private func count(_ size: Int) throws(BundleError) {
    try checkRatio(totalBytes)
    totalBytes += max(0, min(size, limits.totalBytes + 1))
    try budget.take(size)
  }

  private func checkRatio(_ unpacked: Int) throws(BundleError) {
    guard unpacked > limits.ratioFloorBytes, unpacked / limits.ratio > reader.compressedBytes
    else { return }
    let error = BundleError.exceeds(
      Shown.text(name), "it unpacks to more than \(limits.ratio) times its size")
    end = error
    throw error
  }

  func nextChunk() throws(BundleError) -> ArraySlice<UInt8>? {
    do {
      guard let chunk = try reader.nextChunk() else { return nil }
      // A sparse file has more bytes than the archive holds, and tells so nowhere else.
      readBytes += chunk.count
      try checkRatio(readBytes)
      return chunk[...]
    } catch let error as BundleError {
      throw error
    } catch let error as ArchiveError {
      throw failure(error)
    } catch {
      throw .damaged(Shown.text(name), "\(error)", size: 0)
    }
  }

  private func failure(_ error: ArchiveError) -> BundleError {
    let failure = Self.failure(
      error, source, name: name, archiveBytes: archiveBytes ?? source?.bytes)
    end = failure
    return failure
  }

  private static func failure(
    _ error: ArchiveError, _ source: ArchiveSource?, name: String, archiveBytes: Int?
  ) -> BundleError {
    // What broke the outer archive broke this one.
    if let failure = source?.failure as? BundleError { return failure }
    // libarchive has words, but no code, for an end of input in the middle of a member.
    let shown = Shown.text(name)
    return error.message.contains("runcated")
      ? .endsEarly(shown, after: archiveBytes ?? 0)
      : .damaged(shown, Shown.text(error.message), size: archiveBytes ?? 0)
  }
}

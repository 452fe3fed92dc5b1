import BundleArchive
import SystemPackage

/// Walks the regular files of an archive or folder in a fixed order and hands out their bytes.
/// The archive's member names are checked here, in one place, before anything else sees them.
protocol MemberStream: AnyObject {
  /// The next regular file's checked path and declared size, or `nil` at the end.
  func next() throws(BundleError) -> (path: String, size: Int)?
  /// When that file was modified, in microseconds since 1970.
  var modified: Int64 { get }
  /// The next bytes of that file, or `nil` at its end.
  func nextChunk() throws(BundleError) -> ArraySlice<UInt8>?
  /// What was ignored so far, such as links.
  var notes: [String] { get }
}

/// The members of an archive.
final class ArchiveStream: MemberStream {
  private var reader: ArchiveReader
  private let archiveBytes: Int
  private let name: String
  private let limits: ReadLimits
  private var members = 0
  private var totalBytes = 0
  private(set) var modified: Int64 = 0
  private(set) var notes: [String] = []

  init(_ file: OpenFile, name: String, limits: ReadLimits) throws(BundleError) {
    self.name = name
    self.limits = limits
    do {
      archiveBytes = Int(try file.descriptor.seek(offset: 0, from: .end))
      try file.descriptor.seek(offset: 0, from: .start)
    } catch {
      throw .notReadable(name, "\(error)")
    }
    do {
      reader = try ArchiveReader(file.descriptor)
    } catch {
      throw Self.failure(error, name: name, archiveBytes: archiveBytes)
    }
  }

  func next() throws(BundleError) -> (path: String, size: Int)? {
    while let member = try header() {
      members += 1
      guard members <= limits.members else {
        throw .exceeds(name, "more than \(limits.members) entries")
      }
      try count(member.size)
      guard let path = try MemberPath.normalise(member.path, limits: limits) else { continue }
      switch member.kind {
      case .file:
        guard member.size <= limits.memberBytes else {
          throw .exceeds(name, "entry `\(path)` has \(member.size) bytes")
        }
        modified = member.modified
        return (path, member.size)
      case .directory: continue
      case .link, .special: notes.append("ignored \(path): it is no regular file")
      }
    }
    return nil
  }

  private func header() throws(BundleError) -> ArchiveMember? {
    do {
      return try reader.next()
    } catch {
      throw failure(error)
    }
  }

  /// Counts a member's declared size, which tar can't exceed, and compares it with what has been
  /// read of the compressed bytes by now.
  private func count(_ size: Int) throws(BundleError) {
    if totalBytes > limits.ratioFloorBytes, totalBytes / limits.ratio > reader.compressedBytes {
      throw .exceeds(name, "it unpacks to more than \(limits.ratio) times its size")
    }
    totalBytes += max(0, size)
    guard totalBytes <= limits.totalBytes else {
      throw .exceeds(name, "more than \(limits.totalBytes) bytes unpacked")
    }
  }

  func nextChunk() throws(BundleError) -> ArraySlice<UInt8>? {
    do {
      return try reader.nextChunk()?[...]
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ error: ArchiveError) -> BundleError {
    Self.failure(error, name: name, archiveBytes: archiveBytes)
  }

  private static func failure(
    _ error: ArchiveError, name: String, archiveBytes: Int
  ) -> BundleError {
    // libarchive has words, but no code, for an end of input in the middle of a member.
    error.message.contains("runcated")
      ? .endsEarly(name, after: archiveBytes)
      : .damaged(name, error.message, size: archiveBytes)
  }
}

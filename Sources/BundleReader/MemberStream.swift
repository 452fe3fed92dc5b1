import BundleArchive
import SystemPackage

/// Walks the regular files of an archive or folder in a fixed order and hands out their bytes.
/// The archive's member names are checked here, in one place, before anything else sees them.
protocol MemberStream: AnyObject {
  /// The next regular file's checked path and declared size, or `nil` at the end.
  func next() throws(BundleError) -> (path: String, size: Int)?
  /// The next bytes of that file, or `nil` at its end.
  func nextChunk() throws(BundleError) -> ArraySlice<UInt8>?
  /// What was ignored so far, such as links.
  var notes: [String] { get }
}

/// The members of an archive.
final class ArchiveStream: MemberStream {
  private var reader: ArchiveReader
  private let name: String
  private let limits: ReadLimits
  private var members = 0
  private var totalBytes = 0
  private var memberBytes = 0
  private(set) var notes: [String] = []

  init(_ file: OpenFile, name: String, limits: ReadLimits) throws(BundleError) {
    self.name = name
    self.limits = limits
    do {
      try file.descriptor.seek(offset: 0, from: .start)
      reader = try ArchiveReader(file.descriptor)
    } catch let error as ArchiveError {
      throw .damaged(name, error.message, after: 0)
    } catch {
      throw .notReadable(name, "\(error)")
    }
  }

  func next() throws(BundleError) -> (path: String, size: Int)? {
    while let member = try header() {
      members += 1
      guard members <= limits.members else {
        throw .exceeds(name, "more than \(limits.members) entries")
      }
      memberBytes = 0
      guard let path = try MemberPath.normalise(member.path, limits: limits) else { continue }
      switch member.kind {
      case .file:
        guard member.size <= limits.memberBytes else {
          throw .exceeds(name, "entry `\(path)` has \(member.size) bytes")
        }
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

  func nextChunk() throws(BundleError) -> ArraySlice<UInt8>? {
    let chunk: [UInt8]?
    do {
      chunk = try reader.nextChunk()
    } catch {
      throw failure(error)
    }
    guard let chunk else { return nil }
    memberBytes += chunk.count
    totalBytes += chunk.count
    guard memberBytes <= limits.memberBytes, totalBytes <= limits.totalBytes else {
      throw .exceeds(name, "more than \(limits.totalBytes) bytes unpacked")
    }
    if totalBytes > limits.ratioFloorBytes, totalBytes / limits.ratio > reader.compressedBytes {
      throw .exceeds(name, "it unpacks to more than \(limits.ratio) times its size")
    }
    return chunk[...]
  }

  private func failure(_ error: ArchiveError) -> BundleError {
    // libarchive has words, but no code, for an end of input in the middle of a member.
    return error.message.contains("runcated")
      ? .endsEarly(name, after: reader.compressedBytes)
      : .damaged(name, error.message, after: reader.compressedBytes)
  }
}

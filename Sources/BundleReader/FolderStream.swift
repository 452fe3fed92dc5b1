import BundleArchive
import FoundationEssentials
import SystemPackage

/// The regular files below a folder, sorted by path. Links are never followed.
final class FolderStream: MemberStream {
  private let root: FilePath
  private let limits: ReadLimits
  private var pending: ArraySlice<(path: String, size: Int)>
  private var current: OpenFile?
  private(set) var modified: Int64 = 0
  private(set) var notes: [String] = []

  init(_ path: String, name: String, limits: ReadLimits) throws(BundleError) {
    root = FilePath(path)
    self.limits = limits
    pending = []
    var files: [(path: String, size: Int)] = []
    var folders: [(path: String, depth: Int)] = [("", 0)]
    while let folder = folders.popLast() {
      guard folder.depth <= limits.depth else {
        throw .exceeds(name, "folders are nested more than \(limits.depth) deep")
      }
      for entry in try names(in: folder.path, of: name) {
        let path = folder.path.isEmpty ? entry : "\(folder.path)/\(entry)"
        switch kind(of: path) {
        case .folder: folders.append((path, folder.depth + 1))
        case .file(let size): files.append((path, size))
        case .other: notes.append("ignored \(path): it is no regular file")
        }
        guard files.count + folders.count <= limits.members else {
          throw .exceeds(name, "more than \(limits.members) entries")
        }
      }
    }
    pending = files.sorted { $0.path < $1.path }[...]
  }

  private enum Kind {
    case folder
    case file(Int)
    case other
  }

  private func names(in folder: String, of name: String) throws(BundleError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: root.appending(folder).string)
    } catch {
      throw .notReadable(name, "folder `\(folder)` cannot be listed")
    }
  }

  private func kind(of path: String) -> Kind {
    // An entry that vanished or can't be looked at is treated like any other oddity.
    guard
      let attributes = try? FileManager.default.attributesOfItem(
        atPath: root.appending(path).string)
    else { return .other }
    switch attributes[.type] as? FileAttributeType {
    case .typeDirectory: return .folder
    case .typeRegular: return .file((attributes[.size] as? UInt64).map { Int(clamping: $0) } ?? 0)
    default: return .other
    }
  }

  func next() throws(BundleError) -> (path: String, size: Int)? {
    current = nil
    guard let file = pending.popFirst() else { return nil }
    do {
      current = OpenFile(
        try FileDescriptor.open(
          root.appending(file.path), .readOnly,
          options: [.closeOnExec, .noFollow, .nonBlocking]))
      modified = Self.modified(root.appending(file.path))
    } catch {
      throw .notReadable(file.path, "\(error)")
    }
    return file
  }

  /// Bundles of folders get the times of their files; a file that can't be asked has none.
  private static func modified(_ path: FilePath) -> Int64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path.string)
    let date = attributes?[.modificationDate] as? Date
    return date.map { Int64($0.timeIntervalSince1970 * 1_000_000) } ?? 0
  }

  func nextChunk() throws(BundleError) -> ArraySlice<UInt8>? {
    guard let current else { return nil }
    do {
      let chunk = try current.descriptor.readChunk(upTo: ArchiveReader.chunkBytes)
      return chunk.isEmpty ? nil : chunk[...]
    } catch {
      throw .notReadable("a member", "\(error)")
    }
  }
}

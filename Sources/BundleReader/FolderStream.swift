import BundleArchive
import FoundationEssentials
import SystemPackage

/// The regular files below a folder, sorted by path. Links are never followed.
final class FolderStream: MemberStream {
  private let root: FilePath
  private let limits: ReadLimits
  private let isMachine: Bool
  private var pending: ArraySlice<(path: String, size: Int)>
  private var current: OpenFile?
  private(set) var modified: Int64 = 0
  private(set) var mode = 0
  private(set) var notes: WalkNotes
  private var links: [(path: String, target: String)] = []

  /// - Parameter isSelective: whether a folder that is a whole machine's is walked only where
  ///   something of interest can stand.
  init(
    _ path: String, name: String, limits: ReadLimits, isSelective: Bool = false
  ) throws(BundleError) {
    root = FilePath(path)
    self.limits = limits
    pending = []
    notes = WalkNotes(limit: limits.notes)
    isMachine = isSelective && Self.isMachine(root)
    var files: [(path: String, size: Int)] = []
    var folders: [(path: String, depth: Int)] = [("", 0)]
    while let folder = folders.popLast() {
      guard folder.depth <= limits.depth else {
        throw .exceeds(name, "folders are nested more than \(limits.depth) deep")
      }
      for entry in try entries(of: folder.path, name) {
        let path = folder.path.isEmpty ? entry : "\(folder.path)/\(entry)"
        switch kind(of: path) {
        case .folder:
          if isMachine, !RootFileSystemLayout.mayHold(path) { continue }
          folders.append((path, folder.depth + 1))
        case .file(let size):
          if isMachine, !RootFileSystemLayout.wants(path) { continue }
          files.append((path, size))
        case .other:
          notes.ignore(path)
          if links.count < limits.listing, let target = target(of: path) {
            links.append((path, target))
          }
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

  /// Whether a folder is the root of a machine's file system.
  private static func isMachine(_ root: FilePath) -> Bool {
    let files = FileManager.default
    return ["etc/os-release", "usr/lib/os-release"].contains {
      files.fileExists(atPath: root.appending($0).string)
    } && files.fileExists(atPath: root.appending("usr").string)
  }

  /// Where a symbolic link leads; what is none leads nowhere.
  private func target(of path: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: root.appending(path).string)
  }

  /// Links are known before the walk begins.
  func takeLinks() -> [(path: String, target: String)] {
    defer { links = [] }
    return links
  }

  private func entries(of folder: String, _ name: String) throws(BundleError) -> [String] {
    do {
      return try names(in: folder, of: name)
    } catch {
      guard isMachine, !folder.isEmpty else { throw error }
      notes.add(error.what)
      return []
    }
  }

  private func names(in folder: String, of name: String) throws(BundleError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: root.appending(folder).string)
    } catch {
      throw .notReadable(name, "folder `\(Shown.text(folder))` cannot be listed")
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
    while let file = pending.popFirst() {
      do {
        current = OpenFile(
          try FileDescriptor.open(
            root.appending(file.path), .readOnly,
            options: [.closeOnExec, .noFollow, .nonBlocking]))
      } catch {
        // What only root may read must not cost the rest of an image; a copy must be whole.
        guard isMachine else { throw .notReadable(Shown.text(file.path), "\(error)") }
        notes.add("\(Shown.text(file.path)) cannot be read: \(error)")
        continue
      }
      look(at: root.appending(file.path))
      return file
    }
    return nil
  }

  /// Bundles of folders get the times of their files; a file that can't be asked has none.
  private func look(at path: FilePath) {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path.string)
    let date = attributes?[.modificationDate] as? Date
    modified = date.map { Int64($0.timeIntervalSince1970 * 1_000_000) } ?? 0
    mode = (attributes?[.posixPermissions] as? any BinaryInteger).map { Int(clamping: $0) } ?? 0
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

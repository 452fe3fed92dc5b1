import BundleModel
import FoundationEssentials
import SystemPackage

/// Lists folders with sizes, modes and times, to a depth and never into network file systems.
struct FolderEntries: Sendable {
  let host: Host
  let limit: Int

  /// A file or folder that was seen.
  struct Entry: Sendable, Encodable {
    var path: String
    var kind: FileStatus.Kind
    var size: Int
    /// Permission bits as four octal digits.
    var mode: String
    var owner: UInt32
    var group: UInt32
    var mtime: String
    var inode: UInt64
  }

  private struct Listing: Encodable {
    var entries: [Entry]
    /// Whether the limit of entries was reached.
    var is_cut: Bool
    var not_read: [String]
  }

  /// What stands in some folders, each to a depth of its own.
  func output(_ folders: [(path: String, depth: Int)]) -> DerivedSource.Output {
    var entries: [Entry] = []
    var unread: [String] = []
    var exists = false
    let rooted = host.rooted(avoidingNetwork: true)
    for folder in folders {
      guard case .found(let place) = rooted.resolve(folder.path) else {
        unread.append("\(folder.path): on a network file system")
        continue
      }
      guard FileManager.default.fileExists(atPath: place.string) else { continue }
      exists = true
      walk(folder.path, place, folder.depth, rooted, &entries, &unread)
    }
    guard exists || !unread.isEmpty else {
      return .none(
        .missing, "no such folder: \(folders.map(\.path).joined(separator: ", "))")
    }
    if entries.isEmpty, let reason = unread.first {
      return .none(reason.hasSuffix("cannot be listed") ? .denied : .skipped, reason)
    }
    return .json(
      Listing(entries: entries, is_cut: entries.count >= limit, not_read: unread))
  }

  private func walk(
    _ path: String, _ place: FilePath, _ depth: Int, _ rooted: RootedPath,
    _ entries: inout [Entry], _ unread: inout [String]
  ) {
    guard depth > 0 else { return }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: place.string).sorted()
    } catch {
      unread.append("\(path): cannot be listed")
      return
    }
    for name in names where entries.count < limit {
      let below = place.appending(name)
      if let type = rooted.avoiding.networkType(at: below.string) {
        unread.append("\(path)/\(name): on a network file system (\(type))")
        continue
      }
      // What vanished between listing and looking is simply not there any more.
      guard let status = try? FileStatus(of: below, followingLinks: false) else { continue }
      entries.append(
        Entry(
          path: "\(path)/\(name)", kind: status.kind, size: status.size,
          mode: status.modeText,
          owner: status.owner, group: status.group,
          mtime: RFC3339.string(microseconds: status.modified), inode: status.inode))
      if status.kind == .folder {
        walk("\(path)/\(name)", below, depth - 1, rooted, &entries, &unread)
      }
    }
  }
}

import BundleModel
import FoundationEssentials
import SystemPackage

/// Lists the CNI's log folder, so that rotation and left-out files can be seen.
struct LogListing: Sendable {
  let host: Host
  let limit: Int

  private static let folder = "/var/log/aws-routed-eni"

  private struct Listing: Encodable {
    var files: [File]
  }

  private struct File: Encodable {
    var name: String
    var size: Int
    var mtime: String?
    var inode: Int?
  }

  func output() -> DerivedSource.Output {
    let paths = FileListing(host: host, limit: limit).files(matching: [Self.folder])
    if paths.paths.isEmpty {
      return paths.denied.isEmpty
        ? .none(.missing, "no such folder: \(Self.folder)")
        : .none(.denied, "permission denied: \(Self.folder)")
    }
    return .json(Listing(files: paths.paths.compactMap(file)))
  }

  private func file(_ path: String) -> File? {
    // A file that was rotated away between listing and looking is simply not there any more.
    guard
      let attributes = try? FileManager.default.attributesOfItem(atPath: host.path(path).string)
    else { return nil }
    let modified = attributes[.modificationDate] as? Date
    return File(
      name: String(path.dropFirst(Self.folder.utf8.count + 1)),
      size: (attributes[.size] as? UInt64).map { Int(clamping: $0) } ?? 0,
      mtime: modified.map {
        RFC3339.string(microseconds: Int64($0.timeIntervalSince1970 * 1_000_000))
      },
      inode: (attributes[.systemFileNumber] as? UInt64).map { Int(clamping: $0) })
  }
}

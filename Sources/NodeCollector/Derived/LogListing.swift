import BundleModel

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
    var mtime: String
    var inode: UInt64
  }

  func output() -> DerivedSource.Output {
    let listing = FileListing(host: host, limit: limit).files(matching: [Self.folder])
    if let avoided = listing.avoided.first, listing.files.isEmpty {
      return .none(.skipped, "\(avoided.path) lies on a network file system (\(avoided.type))")
    }
    if listing.files.isEmpty {
      return listing.denied.isEmpty
        ? .none(.missing, "no such folder: \(Self.folder)")
        : .none(.denied, "permission denied: \(Self.folder)")
    }
    return .json(
      Listing(
        files: listing.files.map { file in
          File(
            name: String(file.path.dropFirst(Self.folder.utf8.count + 1)), size: file.status.size,
            mtime: RFC3339.string(microseconds: file.status.modified), inode: file.status.inode)
        }))
  }
}

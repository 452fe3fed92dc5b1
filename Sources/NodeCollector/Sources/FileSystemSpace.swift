import Glibc

/// The space of a file system.
struct FileSystemSpace: Sendable {
  /// Bytes in all.
  let total: Int
  /// Bytes that this user may still write.
  let free: Int

  /// Asks the file system that holds a path; `nil` when it can't be asked.
  init?(of path: String) {
    var status = statvfs()
    guard unsafe Glibc.statvfs(path, &status) == 0 else { return nil }
    let unit = Int(status.f_frsize)
    total = Int(clamping: status.f_blocks) * unit
    free = Int(clamping: status.f_bavail) * unit
  }

  /// What stays free unless the user says otherwise: a twentieth, and at least 512 MiB, so that the
  /// services of the node can go on logging.
  var standardReserve: Int { max(total / 20, 512 << 20) }
}

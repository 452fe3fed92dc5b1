import CLinux

/// The space of a file system.
struct FileSystemSpace: Sendable {
  /// Bytes in all.
  let total: Int
  /// Bytes that this user may still write.
  let free: Int

  /// Asks the file system that holds a path; `nil` when it can't be asked.
  init?(of path: String) {
    var (all, available): (UInt64, UInt64) = (0, 0)
    guard unsafe cnitriage_space(path, &all, &available) == 0 else { return nil }
    total = Int(clamping: all)
    free = Int(clamping: available)
  }

  /// What stays free unless the user says otherwise: a twentieth, and at least 512 MiB, so that the
  /// services of the node can go on logging.
  var standardReserve: Int { max(total / 20, 512 << 20) }
}

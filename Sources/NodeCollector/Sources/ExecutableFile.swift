import CLinux
import Glibc
import SystemPackage

/// Looks at a path without running it.
enum ExecutableFile {
  /// Whether a regular file that this user may execute stands at a path.
  static func exists(at path: FilePath) -> Bool {
    var status = stat()
    guard unsafe stat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return false
    }
    return unsafe access(path.string, X_OK) == 0
  }
}

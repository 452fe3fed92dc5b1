import CLinux
import Glibc

/// Looks at a path without connecting to it.
enum SocketFile {
  /// Whether a socket stands at a path, perhaps behind a link.
  static func exists(at path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }
}

import CLinux
import Glibc
import SystemPackage

extension Host {
  /// Opens a file of the node for reading. A FIFO or device with a file's name doesn't block, and
  /// where the node's file system is mounted elsewhere its links lead to the node's own files.
  func open(_ absolute: String) throws(Errno) -> FileDescriptor {
    guard hasForeignProcesses, root != "/" else {
      do {
        return try FileDescriptor.open(
          path(absolute), .readOnly, options: [.closeOnExec, .nonBlocking])
      } catch {
        throw error as? Errno ?? .ioError
      }
    }
    let inside = "/" + path(absolute).string.dropFirst(root.string.utf8.count).drop { $0 == "/" }
    let descriptor = unsafe cnitriage_open_in_root(
      root.string, inside, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Errno(rawValue: -descriptor) }
    return FileDescriptor(rawValue: descriptor)
  }
}

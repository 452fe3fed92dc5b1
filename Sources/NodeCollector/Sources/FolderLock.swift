import Glibc
import SystemPackage

/// Keeps a second run away from the same output folder. The folder itself is locked, so that no file
/// is left behind.
public final class FolderLock: Sendable {
  private let descriptor: CInt

  /// Why there is no lock.
  enum Failure: Error {
    case isHeld
    case cannotOpen(Errno)
  }

  init(_ folder: String) throws(Failure) {
    descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(Errno(rawValue: errno)) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
    // A file system without locks can't tell; then nobody is kept away.
    guard errno != EWOULDBLOCK else {
      close(descriptor)
      throw .isHeld
    }
  }

  deinit {
    close(descriptor)
  }
}

extension FileDescriptor {
  /// Whether space for this many bytes could be set aside for the file.
  func reserve(_ bytes: Int) -> Bool {
    posix_fallocate(rawValue, 0, off_t(bytes)) == 0
  }
}

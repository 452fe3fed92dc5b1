import Glibc
public import SystemPackage

/// A file that appears under its name only when it is whole. Unless it is published, it vanishes
/// with its value; a program that is killed leaves a name that says what it is: `.NAME.PID.partial`.
public final class PartialFile {
  /// The name that the file will have.
  public let path: FilePath
  /// The name that it has until then.
  public let partialPath: FilePath
  /// Open for reading and writing until the file is closed.
  public let descriptor: FileDescriptor
  private var isOpen = true
  private var isPublished = false

  /// Starts a file that only this user may read.
  public init(_ path: FilePath) throws(Errno) {
    self.path = path
    let name = path.lastComponent?.string ?? "file"
    partialPath = path.removingLastComponent().appending(".\(name).\(getpid()).partial")
    do {
      descriptor = try FileDescriptor.open(
        partialPath, .readWrite, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: .ownerReadWrite)
    } catch {
      throw error as? Errno ?? .ioError
    }
  }

  deinit {
    // What can't be closed or removed has a name that says what it is.
    if isOpen { try? descriptor.close() }
    if !isPublished { _ = unsafe unlink(partialPath.string) }
  }

  /// Hands everything of the file to the disk.
  public func sync() throws(Errno) {
    guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Ends writing.
  public func close() throws(Errno) {
    guard isOpen else { return }
    isOpen = false
    do { try descriptor.close() } catch { throw error as? Errno ?? .ioError }
  }

  /// Gives the file its name; another file with it is kept unless it is to be replaced.
  public func publish(replacing: Bool) throws(Errno) {
    if replacing {
      guard unsafe rename(partialPath.string, path.string) == 0 else {
        throw Errno(rawValue: errno)
      }
    } else {
      // A second name fails where one exists; a renaming would not.
      guard unsafe link(partialPath.string, path.string) == 0 else {
        throw Errno(rawValue: errno)
      }
      _ = unsafe unlink(partialPath.string)
    }
    isPublished = true
  }
}

import CLinux
import Glibc
import SystemPackage

/// What the kernel says about a file without opening it.
struct FileStatus: Sendable, Equatable {
  /// What kind of file it is.
  enum Kind: String, Sendable, Encodable {
    case file, folder, link, socket, pipe
    /// `/dev/null`, which stands for an emptied file.
    case null
    case device
  }

  let kind: Kind
  /// The file system's number; with ``inode`` it names the file, whatever its path becomes.
  let device: UInt64
  let inode: UInt64
  /// Bytes.
  let size: Int
  /// Permission bits, with set-user-id and the like.
  let mode: UInt32
  let owner: UInt32
  let group: UInt32
  /// Microseconds since 1970, UTC.
  let modified: Int64

  /// Looks at a path.
  init(of path: FilePath, followingLinks: Bool = true) throws(Errno) {
    var status = stat()
    let code =
      followingLinks ? unsafe stat(path.string, &status) : unsafe lstat(path.string, &status)
    guard code == 0 else { throw Errno(rawValue: errno) }
    self.init(status)
  }

  /// Looks at an open file.
  init(of descriptor: FileDescriptor) throws(Errno) {
    var status = stat()
    guard unsafe fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
    self.init(status)
  }

  private init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFSOCK: .socket
      case S_IFIFO: .pipe
      case S_IFCHR where status.st_rdev == 0x103: .null
      default: .device
      }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    mode = UInt32(status.st_mode) & 0o7777
    owner = status.st_uid
    group = status.st_gid
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
  }

  /// The permission bits as four octal digits.
  var modeText: String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }

  /// The target of a symbolic link as it is written there; `nil` for anything else.
  static func target(of path: FilePath) -> String? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let count = unsafe readlink(path.string, start, buffer.count)
      guard count > 0 else { return nil }
      return unsafe String(
        decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

/// How full a file system is.
struct FileSystemSpace: Sendable, Encodable {
  var block_bytes: UInt64
  var blocks: UInt64
  var blocks_free: UInt64
  /// Blocks that users other than root may take.
  var blocks_available: UInt64
  var inodes: UInt64
  var inodes_free: UInt64
  var read_only: Bool

  /// Asks the file system that holds a path; blocks for as long as that file system does.
  init(of path: FilePath) throws(Errno) {
    var space = statvfs()
    guard unsafe statvfs(path.string, &space) == 0 else { throw Errno(rawValue: errno) }
    block_bytes = UInt64(space.f_frsize)
    blocks = UInt64(space.f_blocks)
    blocks_free = UInt64(space.f_bfree)
    blocks_available = UInt64(space.f_bavail)
    inodes = UInt64(space.f_files)
    inodes_free = UInt64(space.f_ffree)
    read_only = UInt64(space.f_flag) & UInt64(ST_RDONLY) != 0
  }

  /// Bytes in all.
  var total: Int { Int(clamping: blocks.multipliedReportingOverflow(by: block_bytes).partialValue) }

  /// Bytes that users other than root may still write.
  var free: Int {
    Int(clamping: blocks_available.multipliedReportingOverflow(by: block_bytes).partialValue)
  }

  /// What stays free unless the user says otherwise: a twentieth, and at least 512 MiB, so that the
  /// services of the node can go on logging.
  var standardReserve: Int { max(total / 20, 512 << 20) }
}

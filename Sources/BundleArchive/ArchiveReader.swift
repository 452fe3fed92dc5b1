import CArchive
public import SystemPackage

/// Reads a tar stream of any common compression from an open descriptor, member by member.
/// Nothing is ever extracted: the caller gets names and bytes.
public struct ArchiveReader: ~Copyable {
  /// Size of the chunks that are handed out, in bytes.
  public static let chunkBytes = 128 << 10

  /// What a stream is made of.
  public enum Form: Sendable {
    /// Members of a tar archive, compressed or not.
    case tar
    /// The bytes of one file, compressed by gzip: a single member without a name.
    case gzip
  }

  private let handle: ArchiveHandle
  /// Keeps the bytes alive that libarchive pulls.
  private let source: ArchiveSource?
  private var reachedEnd = false

  /// Recognises the archive; the descriptor must be open for reading and stay open meanwhile.
  public init(_ descriptor: FileDescriptor) throws(ArchiveError) {
    let handle = try Self.open(.tar)
    try handle.check(
      unsafe archive_read_open_fd(handle.pointer, descriptor.rawValue, Self.chunkBytes), .open)
    self.handle = handle
    source = nil
  }

  /// Recognises the archive behind a source.
  public init(_ source: ArchiveSource, form: Form = .tar) throws(ArchiveError) {
    let handle = try Self.open(form)
    // The reader keeps the source alive as long as the handle.
    let client = unsafe Unmanaged.passUnretained(source).toOpaque()
    try handle.check(
      unsafe archive_read_open(handle.pointer, client, nil, readBlock, nil), .open)
    self.handle = handle
    self.source = source
  }

  private static func open(_ form: Form) throws(ArchiveError) -> ArchiveHandle {
    let handle = try ArchiveHandle.reader()
    try handle.check(unsafe archive_read_support_filter_gzip(handle.pointer), .configure)
    guard form == .tar else {
      try handle.check(unsafe archive_read_support_format_raw(handle.pointer), .configure)
      return handle
    }
    // Only what bundles use: every further format is code that hostile bytes could reach.
    try handle.check(unsafe archive_read_support_format_tar(handle.pointer), .configure)
    try handle.check(unsafe archive_read_support_filter_zstd(handle.pointer), .configure)
    try handle.check(unsafe archive_read_support_filter_xz(handle.pointer), .configure)
    try handle.check(unsafe archive_read_support_filter_bzip2(handle.pointer), .configure)
    return handle
  }

  /// The next member, or `nil` at the end. After an error the archive is over.
  public mutating func next() throws(ArchiveError) -> ArchiveMember? {
    // libarchive would repeat a fatal error for ever.
    guard !reachedEnd else { return nil }
    var pointer: OpaquePointer?
    let code = unsafe archive_read_next_header(handle.pointer, &pointer)
    if code == ARCHIVE_EOF {
      reachedEnd = true
      return nil
    }
    guard code >= ARCHIVE_WARN, let entry = unsafe pointer else {
      reachedEnd = true
      throw handle.lastError(.readHeader)
    }
    return unsafe member(entry)
  }

  private func member(_ entry: OpaquePointer) -> ArchiveMember {
    let utf8 = unsafe archive_entry_pathname_utf8(entry)
    let name = unsafe utf8 ?? archive_entry_pathname(entry)
    let isLink = unsafe archive_entry_hardlink(entry) != nil
    let kind: ArchiveMember.Kind =
      switch unsafe archive_entry_filetype(entry) {
      case 0o100000: isLink ? .link : .file
      case 0o040000: .directory
      case 0o120000: .link
      default: isLink ? .link : .special
      }
    let target = unsafe archive_entry_symlink(entry)
    return unsafe ArchiveMember(
      path: name.map { unsafe String(cString: $0) } ?? "",
      kind: kind,
      target: target.map { unsafe String(cString: $0) },
      mode: Int(archive_entry_perm(entry)),
      size: Int(archive_entry_size(entry)),
      modified: Self.microseconds(
        Int64(archive_entry_mtime(entry)), Int64(archive_entry_mtime_nsec(entry))))
  }

  /// Extended headers can state any time; one that no clock shows is none.
  private static func microseconds(_ seconds: Int64, _ nanoseconds: Int64) -> Int64 {
    guard (-(1 << 40)..<(1 << 40)).contains(seconds) else { return 0 }
    return seconds * 1_000_000 + nanoseconds / 1000
  }

  /// The next bytes of the current member, or `nil` at its end.
  public mutating func nextChunk() throws(ArchiveError) -> [UInt8]? {
    guard !reachedEnd else { return nil }
    var failed = false
    let chunk = unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, count in
      let read = unsafe archive_read_data(handle.pointer, buffer.baseAddress, buffer.count)
      failed = read < 0
      count = max(0, read)
    }
    if failed {
      reachedEnd = true
      throw handle.lastError(.readData)
    }
    return chunk.isEmpty ? nil : chunk
  }

  /// The next bytes of the current member, into a buffer of the caller's; 0 at the member's end.
  public mutating func nextChunk(into buffer: inout [UInt8]) throws(ArchiveError) -> Int {
    guard !reachedEnd else { return 0 }
    let read = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe archive_read_data(handle.pointer, bytes.baseAddress, bytes.count)
    }
    guard read >= 0 else {
      reachedEnd = true
      throw handle.lastError(.readData)
    }
    return read
  }

  /// Bytes read from the descriptor so far: the compressed size up to here.
  public var compressedBytes: Int {
    unsafe Int(archive_filter_bytes(handle.pointer, -1))
  }
}

/// The header of one archive member.
public struct ArchiveMember: Sendable, Equatable {
  /// The path as it stands in the archive: untrusted, and possibly empty.
  public let path: String
  /// What the member is.
  public let kind: Kind
  /// Where a symbolic link leads, as untrusted as the path; `nil` for everything else.
  public let target: String?
  /// Permission bits.
  public let mode: Int
  /// Declared size in bytes.
  public let size: Int
  /// Modification time in microseconds since 1970, UTC.
  public let modified: Int64

  /// The kinds of member that matter to a reader.
  public enum Kind: String, Sendable {
    /// A regular file.
    case file
    /// A folder.
    case directory
    /// A symbolic or hard link.
    case link
    /// A device, FIFO or socket.
    case special
  }
}

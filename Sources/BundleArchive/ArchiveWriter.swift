import CArchive
public import SystemPackage

/// Writes a tar stream, member by member, to an open descriptor.
///
/// Equal input gives equal bytes: owners, modes and the compressor's header carry nothing of the
/// machine. The descriptor stays open; closing and syncing it is the caller's.
public struct ArchiveWriter: ~Copyable {
  /// How the tar stream is compressed.
  public enum Compression: Sendable, Equatable {
    /// gzip with a level from 1 to 9.
    case gzip(level: Int)
    /// Zstandard with a level from 1 to 19.
    case zstd(level: Int)
    /// Plain tar.
    case none
  }

  private let handle: ArchiveHandle
  private let output: ArchiveOutput

  /// Starts an archive on a descriptor that is open for writing.
  public init(_ descriptor: FileDescriptor, compression: Compression) throws(ArchiveError) {
    try self.init(ArchiveOutput(descriptor), compression: compression)
  }

  /// Starts an archive on an output.
  public init(_ output: ArchiveOutput, compression: Compression) throws(ArchiveError) {
    handle = try Self.open(output, compression)
    self.output = output
  }

  private static func open(
    _ output: ArchiveOutput, _ compression: Compression
  ) throws(ArchiveError) -> ArchiveHandle {
    let handle = try ArchiveHandle.writer()
    // ustar where it suffices, pax records where a path or size asks for more.
    try handle.check(unsafe archive_write_set_format_pax_restricted(handle.pointer), .configure)
    try start(handle, on: output, compression)
    return handle
  }

  /// Sets compression and output of a handle whose format is set.
  static func start(
    _ handle: borrowing ArchiveHandle, on output: ArchiveOutput, _ compression: Compression
  ) throws(ArchiveError) {
    try add(compression, to: handle)
    // Nothing behind the compressor's last byte, so that a checksum covers exactly the archive.
    try handle.check(unsafe archive_write_set_bytes_in_last_block(handle.pointer, 1), .configure)
    // Small blocks would cost a system call each.
    try handle.check(
      unsafe archive_write_set_bytes_per_block(handle.pointer, 256 << 10), .configure)
    // The writer keeps the output alive as long as the handle.
    let client = unsafe Unmanaged.passUnretained(output).toOpaque()
    try handle.check(
      unsafe archive_write_open(handle.pointer, client, nil, writeBlock, nil), .open)
  }

  private static func add(
    _ compression: Compression, to handle: borrowing ArchiveHandle
  ) throws(ArchiveError) {
    switch compression {
    case .none:
      try handle.check(unsafe archive_write_add_filter_none(handle.pointer), .configure)
    case .gzip(let level):
      try handle.check(unsafe archive_write_add_filter_gzip(handle.pointer), .configure)
      try set("gzip", "compression-level", String(level), on: handle)
      // The time of compression would make equal bundles differ.
      try handle.check(
        unsafe archive_write_set_filter_option(handle.pointer, "gzip", "timestamp", nil),
        .configure)
    case .zstd(let level):
      try handle.check(unsafe archive_write_add_filter_zstd(handle.pointer), .configure)
      try set("zstd", "compression-level", String(level), on: handle)
    }
  }

  private static func set(
    _ filter: String, _ key: String, _ value: String, on handle: borrowing ArchiveHandle
  ) throws(ArchiveError) {
    try handle.check(
      unsafe archive_write_set_filter_option(handle.pointer, filter, key, value), .configure)
  }

  /// Starts a regular file of mode 0600; exactly `size` bytes must follow.
  ///
  /// - Parameters:
  ///   - path: relative path, plain ASCII by construction.
  ///   - size: number of bytes that follow.
  ///   - modified: modification time in microseconds since 1970, UTC.
  public mutating func beginFile(
    path: String, size: Int, modified: Int64
  ) throws(ArchiveError) {
    try writeHeader(
      path: path, size: size, modified: modified, type: Self.regularFile, mode: 0o600)
  }

  /// Writes a folder of mode 0700.
  public mutating func addDirectory(path: String, modified: Int64) throws(ArchiveError) {
    try writeHeader(path: path, size: 0, modified: modified, type: Self.directory, mode: 0o700)
  }

  private func writeHeader(
    path: String, size: Int, modified: Int64, type: UInt32, mode: UInt32
  ) throws(ArchiveError) {
    let entry = try EntryHandle.make()
    unsafe archive_entry_set_pathname(entry.pointer, path)
    unsafe archive_entry_set_size(entry.pointer, Int64(size))
    unsafe archive_entry_set_filetype(entry.pointer, type)
    unsafe archive_entry_set_perm(entry.pointer, mode)
    let (seconds, rest) = modified.quotientAndRemainder(dividingBy: 1_000_000)
    unsafe archive_entry_set_mtime(entry.pointer, Int(seconds), Int(rest) * 1000)
    try handle.check(unsafe archive_write_header(handle.pointer, entry.pointer), .writeHeader)
  }

  /// Appends bytes to the member that was begun last.
  public mutating func write(_ bytes: ArraySlice<UInt8>) throws(ArchiveError) {
    try Self.write(bytes, to: handle)
  }

  static func write(
    _ bytes: ArraySlice<UInt8>, to handle: borrowing ArchiveHandle
  ) throws(ArchiveError) {
    var remaining = bytes
    while !remaining.isEmpty {
      let count = unsafe remaining.withUnsafeBytes { buffer in
        unsafe archive_write_data(handle.pointer, buffer.baseAddress, buffer.count)
      }
      // A member that gets more than it declared would otherwise be cut without a word.
      guard count > 0 else { throw handle.lastError(.writeData) }
      remaining = remaining.dropFirst(count)
    }
  }

  /// Writes the end of the archive and flushes the compressor.
  public consuming func finish() throws(ArchiveError) {
    try end()
  }

  /// The same for an owner that goes on living; nothing may be written afterwards.
  public mutating func end() throws(ArchiveError) {
    try handle.check(unsafe archive_write_close(handle.pointer), .close)
  }
}

/// Takes a block from libarchive.
private func writeBlock(
  _ archive: OpaquePointer?, _ client: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?,
  _ count: Int
) -> Int {
  guard let client = unsafe client else { return -1 }
  let output = unsafe Unmanaged<ArchiveOutput>.fromOpaque(client).takeUnretainedValue()
  let error = unsafe output.write(UnsafeRawBufferPointer(start: bytes, count: count))
  guard error != 0, let archive = unsafe archive else { return count }
  unsafe cnitriage_archive_fail(archive, error)
  return -1
}

extension ArchiveWriter {
  // The mode constants are macros with casts, which don't reach Swift.
  static let regularFile: UInt32 = 0o100000
  static let directory: UInt32 = 0o040000
}

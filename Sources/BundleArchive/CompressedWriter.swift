import CArchive
public import SystemPackage

/// Writes one compressed stream, without an archive around it, to an open descriptor.
///
/// Equal input gives equal bytes. The descriptor stays open; closing and syncing it is the caller's.
public struct CompressedWriter: ~Copyable {
  private let handle: ArchiveHandle
  private let output: ArchiveOutput

  /// Starts a stream on a descriptor that is open for writing.
  public init(
    _ descriptor: FileDescriptor, compression: ArchiveWriter.Compression
  ) throws(ArchiveError) {
    let output = ArchiveOutput(descriptor)
    handle = try Self.open(output, compression)
    self.output = output
  }

  private static func open(
    _ output: ArchiveOutput, _ compression: ArchiveWriter.Compression
  ) throws(ArchiveError) -> ArchiveHandle {
    let handle = try ArchiveHandle.writer()
    // "Raw" is an archive of one member and nothing else.
    try handle.check(unsafe archive_write_set_format_raw(handle.pointer), .configure)
    try ArchiveWriter.start(handle, on: output, compression)
    let entry = try EntryHandle.make()
    unsafe archive_entry_set_pathname(entry.pointer, "data")
    unsafe archive_entry_set_filetype(entry.pointer, ArchiveWriter.regularFile)
    try handle.check(unsafe archive_write_header(handle.pointer, entry.pointer), .writeHeader)
    return handle
  }

  /// Appends bytes.
  public mutating func write(_ bytes: ArraySlice<UInt8>) throws(ArchiveError) {
    try ArchiveWriter.write(bytes, to: handle)
  }

  /// Flushes the compressor. Nothing may be written afterwards.
  public mutating func end() throws(ArchiveError) {
    try handle.check(unsafe archive_write_close(handle.pointer), .close)
  }
}

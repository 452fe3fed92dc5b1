import CArchive

/// Owns one libarchive object. Internal on purpose: the public types hold it, so that they may
/// throw half-way through their initializers while the object is still freed.
@safe struct ArchiveHandle: ~Copyable {
  let pointer: OpaquePointer
  private let isWriter: Bool

  /// A reader without formats.
  static func reader() throws(ArchiveError) -> ArchiveHandle {
    guard let pointer = unsafe archive_read_new() else { throw .noMemory }
    return unsafe ArchiveHandle(pointer: pointer, isWriter: false)
  }

  /// A writer without a format.
  static func writer() throws(ArchiveError) -> ArchiveHandle {
    guard let pointer = unsafe archive_write_new() else { throw .noMemory }
    return unsafe ArchiveHandle(pointer: pointer, isWriter: true)
  }

  private init(pointer: OpaquePointer, isWriter: Bool) {
    unsafe self.pointer = unsafe pointer
    self.isWriter = isWriter
  }

  deinit {
    _ = unsafe isWriter ? archive_write_free(pointer) : archive_read_free(pointer)
  }

  /// Turns a code of libarchive into an error, unless it is at least a warning-free success.
  func check(_ code: Int32, _ operation: ArchiveError.Operation) throws(ArchiveError) {
    guard code < ARCHIVE_WARN else { return }
    throw lastError(operation)
  }

  /// What libarchive says about the latest failure.
  func lastError(_ operation: ArchiveError.Operation) -> ArchiveError {
    let words = unsafe archive_error_string(pointer).map { unsafe String(cString: $0) }
    return unsafe ArchiveError(
      operation: operation, code: archive_errno(pointer), message: words ?? "unknown failure")
  }
}

/// Owns one header of libarchive.
@safe struct EntryHandle: ~Copyable {
  let pointer: OpaquePointer

  /// An empty header.
  static func make() throws(ArchiveError) -> EntryHandle {
    guard let pointer = unsafe archive_entry_new() else { throw .noMemory }
    return unsafe EntryHandle(pointer: pointer)
  }

  private init(pointer: OpaquePointer) {
    unsafe self.pointer = unsafe pointer
  }

  deinit {
    unsafe archive_entry_free(pointer)
  }
}

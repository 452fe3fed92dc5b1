import Glibc
import Synchronization
public import SystemPackage

/// Where the bytes of an archive go, and what happens when they no longer fit.
///
/// A device that fills up does not fail the archive at once: the output first asks for room, so that
/// what has begun can be ended, and remembers that nothing more should be begun.
public final class ArchiveOutput: Sendable {
  private let descriptor: FileDescriptor
  private let makeRoom: @Sendable () -> Void
  private let hasRoom: @Sendable () -> Bool
  private let written: (@Sendable ([UInt8]) -> Void)?
  private let state = Mutex(State())

  private struct State {
    var bytes = 0
    var isFull = false
    var nextCheck = ArchiveOutput.checkBytes
  }

  /// How many bytes are written between two looks at the free space.
  static let checkBytes = 16 << 20

  /// Writes to a descriptor.
  ///
  /// - Parameters:
  ///   - descriptor: open for writing; it stays open.
  ///   - hasRoom: asked now and then whether the device may take more.
  ///   - makeRoom: called once when the device is full; whatever it frees ends the archive.
  ///   - written: told every byte that the descriptor took, in order, from the archive's thread.
  public init(
    _ descriptor: FileDescriptor, hasRoom: @escaping @Sendable () -> Bool = { true },
    makeRoom: @escaping @Sendable () -> Void = {},
    written: (@Sendable ([UInt8]) -> Void)? = nil
  ) {
    self.descriptor = descriptor
    self.hasRoom = hasRoom
    self.makeRoom = makeRoom
    self.written = written
  }

  /// Bytes written so far.
  public var bytes: Int { state.withLock { $0.bytes } }

  /// Whether nothing more should be begun.
  public var isFull: Bool { state.withLock { $0.isFull } }

  /// Writes all of the bytes; an error number, or 0.
  func write(_ buffer: UnsafeRawBufferPointer) -> CInt {
    var rest = unsafe buffer[...]
    while unsafe !rest.isEmpty {
      let count = unsafe Glibc.write(descriptor.rawValue, rest.baseAddress, rest.count)
      if count > 0 {
        unsafe rest = rest.dropFirst(count)
        continue
      }
      let error = errno
      if error == EINTR { continue }
      guard error == ENOSPC || error == EDQUOT, fill() else { return error }
    }
    if let written { unsafe written(Array(buffer)) }
    note(buffer.count)
    return 0
  }

  /// Frees the reserve; `false` when that was done before.
  private func fill() -> Bool {
    let isFirst = state.withLock { state in
      defer { state.isFull = true }
      return !state.isFull
    }
    if isFirst { makeRoom() }
    return isFirst
  }

  private func note(_ count: Int) {
    let isDue = state.withLock { state in
      state.bytes += count
      guard state.bytes >= state.nextCheck, !state.isFull else { return false }
      state.nextCheck = state.bytes + Self.checkBytes
      return true
    }
    if isDue, !hasRoom() { _ = fill() }
  }
}

extension Slice where Base == UnsafeRawBufferPointer {
  fileprivate var baseAddress: UnsafeRawPointer? {
    unsafe UnsafeRawBufferPointer(rebasing: self).baseAddress
  }
}

import Glibc
public import SystemPackage

extension FileDescriptor {
  /// The next bytes of the file, at most `count`; empty at its end.
  ///
  /// It stands here because reading into memory is unsafe code, which has few homes.
  public func readChunk(upTo count: Int) throws(Errno) -> [UInt8] {
    var failure: Errno?
    let chunk = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do {
        filled = try unsafe read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error as? Errno ?? .ioError
      }
    }
    if let failure { throw failure }
    return chunk
  }
}

extension FileDescriptor {
  /// The next bytes of the file, into a buffer of our own; how many there were.
  public func readChunk(into buffer: inout [UInt8], upTo count: Int) throws(Errno) -> Int {
    let limit = min(count, buffer.count)
    while true {
      let read = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe Glibc.read(rawValue, bytes.baseAddress, limit)
      }
      if read >= 0 { return read }
      guard errno == EINTR else { throw Errno(rawValue: errno) }
    }
  }

  /// Fills a buffer from an offset of the file on; how many bytes were there. Fewer than the buffer
  /// holds mean that the file ends.
  public func fill(_ buffer: inout [UInt8], upTo count: Int, at offset: Int) throws(Errno) -> Int {
    var filled = 0
    while filled < count {
      let read = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe Glibc.pread(
          rawValue, bytes.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
      }
      if read == 0 { break }
      if read < 0 {
        guard errno == EINTR else { throw Errno(rawValue: errno) }
        continue
      }
      filled += read
    }
    return filled
  }

  /// Writes all bytes to an offset of the file on.
  public func store(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(Errno) {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.pwrite(
          rawValue, buffer.baseAddress?.advanced(by: done), bytes.count - done,
          off_t(offset + done))
      }
      if written < 0 {
        guard errno == EINTR else { throw Errno(rawValue: errno) }
        continue
      }
      done += written
    }
  }
}

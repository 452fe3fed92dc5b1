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

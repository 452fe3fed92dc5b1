import CLinux
import Glibc
import SystemPackage

/// Asks bpf(2) which programs and maps the kernel holds. Blocks. Nothing is loaded or changed.
struct BPFSource: Sendable {
  /// What is asked for.
  enum Kind: Sendable {
    case program
    case map
  }

  /// Why an object cannot be had.
  struct Failure: Error, Sendable, Equatable {
    var number: Int

    var isRefusal: Bool { number == Int(EPERM) || number == Int(EACCES) }
    var isEnd: Bool { number == Int(ENOENT) }
    var isUnknown: Bool { number == Int(ENOSYS) || number == Int(EINVAL) }
  }

  private enum Command {
    static let nextKey: Int32 = 4
    static let pinned: Int32 = 7
    static let nextProgram: Int32 = 11
    static let nextMap: Int32 = 12
    static let program: Int32 = 13
    static let map: Int32 = 14
    static let info: Int32 = 15
  }

  /// The id after another one; 0 begins.
  func next(_ kind: Kind, after id: UInt32) -> Result<UInt32, Failure> {
    var words: [UInt32] = [id, 0, 0]
    let command = kind == .program ? Command.nextProgram : Command.nextMap
    return call(command, &words).map { _ in words[1] }
  }

  /// Information about the object of an id, as the kernel's structure of that kind.
  func information(_ kind: Kind, id: UInt32) -> Result<ArraySlice<UInt8>, Failure> {
    descriptor(kind, id: id).flatMap { descriptor in
      defer { close(descriptor) }
      return information(of: descriptor)
    }
  }

  /// Ids of the maps that a program uses.
  func maps(ofProgram id: UInt32) -> [UInt32] {
    guard case .success(let descriptor) = descriptor(.program, id: id) else { return [] }
    defer { close(descriptor) }
    guard case .success(let first) = information(of: descriptor),
      let count = first.u32(52).map({ Int($0) }), count > 0, count <= 1024
    else { return [] }
    var identifiers = [UInt32](repeating: 0, count: count)
    let block = unsafe identifiers.withUnsafeMutableBytes { list in
      var request = [UInt8].zeros(52)
      request.append(UInt32(count))
      unsafe request.append(cnitriage_low_half(list.baseAddress))
      unsafe request.append(cnitriage_high_half(list.baseAddress))
      return information(of: descriptor, request: request)
    }
    guard case .success(let second) = block, let now = second.u32(52) else { return [] }
    return Array(identifiers.prefix(Int(now)))
  }

  /// Information about the object that a pin holds.
  func information(pin path: FilePath) -> Result<ArraySlice<UInt8>, Failure> {
    let result = unsafe path.string.withCString { name in
      let low = unsafe cnitriage_low_half(name)
      let high = unsafe cnitriage_high_half(name)
      var words: [UInt32] = [low, high, 0, 0]
      return call(Command.pinned, &words)
    }
    return result.flatMap { descriptor in
      defer { close(CInt(descriptor)) }
      return information(of: CInt(descriptor))
    }
  }

  /// How many entries a map holds, as far as they can be counted within bounds; `nil` if the map
  /// cannot be walked. Entries that come and go meanwhile make the number approximate.
  func entries(
    map id: UInt32, keyBytes: Int, limit: Int, isLate: () -> Bool
  ) -> (count: Int, isComplete: Bool)? {
    guard keyBytes > 0, keyBytes <= 4096, case .success(let descriptor) = descriptor(.map, id: id)
    else { return nil }
    defer { close(descriptor) }
    var key: [UInt8]?
    var count = 0
    while count < limit {
      if count % 1024 == 1023, isLate() { return (count, false) }
      switch next(key, in: descriptor, keyBytes: keyBytes) {
      case .success(let following):
        count += 1
        key = following
      case .failure(let failure) where failure.isEnd: return (count, true)
      case .failure: return count == 0 ? nil : (count, false)
      }
    }
    return (count, false)
  }

  private func next(
    _ key: [UInt8]?, in map: CInt, keyBytes: Int
  ) -> Result<[UInt8], Failure> {
    var following = [UInt8](repeating: 0, count: keyBytes)
    let current = key ?? []
    let result = unsafe current.withUnsafeBytes { current in
      unsafe following.withUnsafeMutableBytes { following in
        let source = unsafe current.isEmpty ? nil : current.baseAddress
        var words: [UInt32] = unsafe [
          UInt32(map), 0, cnitriage_low_half(source), cnitriage_high_half(source),
          cnitriage_low_half(following.baseAddress), cnitriage_high_half(following.baseAddress),
        ]
        return call(Command.nextKey, &words)
      }
    }
    return result.map { _ in following }
  }

  private func descriptor(_ kind: Kind, id: UInt32) -> Result<CInt, Failure> {
    // Maps can be opened for reading alone.
    var words: [UInt32] = [id, 0, kind == .map ? 1 << 3 : 0]
    return call(kind == .program ? Command.program : Command.map, &words).map { CInt($0) }
  }

  /// Zeros in the request tell the kernel that none of its variable lists is wanted.
  private func information(
    of descriptor: CInt, request: [UInt8] = []
  ) -> Result<ArraySlice<UInt8>, Failure> {
    var block = request + .zeros(256 - request.count)
    var length = 0
    let result = unsafe block.withUnsafeMutableBytes { bytes in
      var words: [UInt32] = unsafe [
        UInt32(descriptor), UInt32(bytes.count), cnitriage_low_half(bytes.baseAddress),
        cnitriage_high_half(bytes.baseAddress),
      ]
      let result = call(Command.info, &words)
      length = Int(words[1])
      return result
    }
    return result.map { _ in block[..<min(length, block.count)] }
  }

  private func call(_ command: Int32, _ words: inout [UInt32]) -> Result<Int, Failure> {
    let result = unsafe words.withUnsafeMutableBufferPointer { words in
      unsafe cnitriage_bpf(command, words.baseAddress, UInt32(words.count))
    }
    return result < 0 ? .failure(Failure(number: -result)) : .success(result)
  }
}

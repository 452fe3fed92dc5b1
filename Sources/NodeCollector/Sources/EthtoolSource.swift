import CLinux
import Glibc

/// Asks drivers of interfaces about themselves, through the ioctl that `ethtool` uses. Blocks. The
/// interface must exist: the kernel would try to load a driver for an unknown name.
struct EthtoolSource: ~Copyable {
  private let descriptor: CInt

  /// A source, unless the process has no descriptors left.
  init?() {
    descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return nil }
  }

  deinit {
    close(descriptor)
  }

  private enum Command {
    static let driver: UInt32 = 0x03
    static let linkState: UInt32 = 0x0A
    static let rings: UInt32 = 0x10
    static let strings: UInt32 = 0x1B
    static let statistics: UInt32 = 0x1D
    static let setSizes: UInt32 = 0x37
    static let channels: UInt32 = 0x3C
  }

  /// Names and versions of a driver.
  struct Driver: Sendable, Encodable {
    var driver: String
    var version: String
    var firmware: String
    var bus: String
  }

  /// The driver of an interface.
  func driver(_ name: String) -> Driver? {
    guard let answer = ask(name, Command.driver, bytes: 196) else { return nil }
    func field(_ offset: Int) -> String { answer.from(offset).prefix(32).zeroTerminated }
    return Driver(driver: field(4), version: field(36), firmware: field(68), bus: field(100))
  }

  /// Whether the link has a carrier.
  func hasLink(_ name: String) -> Bool? {
    ask(name, Command.linkState, bytes: 8)?.u32(4).map { $0 != 0 }
  }

  /// Numbers of descriptors in the rings; keys as `ethtool` groups them.
  func rings(_ name: String) -> [String: UInt32]? {
    words(
      name, Command.rings,
      ["rx_max", "rx_mini_max", "rx_jumbo_max", "tx_max", "rx", "rx_mini", "rx_jumbo", "tx"])
  }

  /// Numbers of queues.
  func channels(_ name: String) -> [String: UInt32]? {
    words(
      name, Command.channels,
      [
        "rx_max", "tx_max", "other_max", "combined_max", "rx", "tx", "other", "combined",
      ])
  }

  private func words(
    _ name: String, _ command: UInt32, _ keys: [String]
  ) -> [String: UInt32]? {
    guard let answer = ask(name, command, bytes: 4 + keys.count * 4) else { return nil }
    var values: [String: UInt32] = [:]
    for (index, key) in keys.enumerated() { values[key] = answer.u32(4 + index * 4) }
    return values
  }

  /// The driver's own counters, in its order.
  func statistics(_ name: String) -> [(name: String, value: UInt64)]? {
    guard let count = statisticsCount(name), count > 0, count <= 65_536 else { return nil }
    // The kernel writes as many entries as the driver has by then, whatever was asked for; the room
    // for twice as many holds them even if the number of queues is changed in between.
    let room = count * 2 + 1024
    var first: [UInt8] = []
    first.append(Command.strings)
    first.append(UInt32(1))
    first.append(UInt32(count))
    guard let strings = ask(name, first, bytes: 12 + room * 32) else { return nil }
    var second: [UInt8] = []
    second.append(Command.statistics)
    second.append(UInt32(count))
    guard let values = ask(name, second, bytes: 8 + room * 8),
      strings.u32(8) == UInt32(count), values.u32(4) == UInt32(count)
    else { return nil }
    return (0..<count).map { index in
      let text = strings.from(12 + index * 32).prefix(32).zeroTerminated
      return (text, values.u64(8 + index * 8) ?? 0)
    }
  }

  private func statisticsCount(_ name: String) -> Int? {
    var request: [UInt8] = []
    request.append(Command.setSizes)
    request.append(UInt32(0))
    // Bit 1 asks for the size of the set of statistics.
    request.append(UInt64(1 << 1))
    guard let answer = ask(name, request, bytes: 20), answer.u64(8) == 1 << 1 else { return nil }
    return answer.u32(16).map { Int($0) }
  }

  private func ask(_ name: String, _ command: UInt32, bytes: Int) -> ArraySlice<UInt8>? {
    var request: [UInt8] = []
    request.append(command)
    return ask(name, request, bytes: bytes)
  }

  private func ask(_ name: String, _ request: [UInt8], bytes: Int) -> ArraySlice<UInt8>? {
    guard name.utf8.count < 16 else { return nil }
    var block = request + .zeros(bytes - request.count)
    let error = unsafe block.withUnsafeMutableBytes { bytes in
      unsafe cnitriage_ethtool(descriptor, name, bytes.baseAddress)
    }
    return error == 0 ? block[...] : nil
  }
}

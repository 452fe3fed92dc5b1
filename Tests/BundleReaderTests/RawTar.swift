import Foundation

/// Writes tar headers byte by byte, also such that no program would write.
struct RawTar {
  private(set) var bytes: [UInt8] = []

  /// Kinds of entry by their type flags.
  enum Kind: UInt8, CaseIterable {
    case file = 0x30
    case hardLink, symbolicLink, characterDevice, blockDevice, folder, fifo
  }

  /// Adds an entry; `size` may lie about the content.
  mutating func add(
    _ name: [UInt8], kind: UInt8 = Kind.file.rawValue, content: [UInt8] = [], size: String? = nil,
    link: String = "", time: String = "16315262574"
  ) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: some Sequence<UInt8>, _ at: Int, _ room: Int) {
      for (index, byte) in text.prefix(room).enumerated() { header[at + index] = byte }
    }
    put(name, 0, 100)
    put("0000644".utf8, 100, 7)
    put("0000000".utf8, 108, 7)
    put("0000000".utf8, 116, 7)
    let octal = String(content.count, radix: 8)
    put((size ?? String(repeating: "0", count: 11 - octal.count) + octal).utf8, 124, 12)
    put(time.utf8, 136, 12)
    put([UInt8](repeating: 0x20, count: 8), 148, 8)
    header[156] = kind
    put(link.utf8, 157, 100)
    put("ustar\0".utf8, 257, 6)
    put("00".utf8, 263, 2)
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    put((String(repeating: "0", count: 6 - sum.count) + sum).utf8 + [0, 0x20], 148, 8)
    bytes += header
    bytes += content
    bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  mutating func add(_ name: String, _ text: String, kind: Kind = .file, link: String = "") {
    add(Array(name.utf8), kind: kind.rawValue, content: Array(text.utf8), link: link)
  }

  /// Adds an extended header for the entry behind it; records are taken as they are.
  mutating func addExtended(_ records: String, kind: UInt8 = UInt8(ascii: "x")) {
    add(Array("pax".utf8), kind: kind, content: Array(records.utf8))
  }

  /// A record of an extended header with its true length.
  static func record(_ key: String, _ value: String) -> String {
    let rest = " \(key)=\(value)\n"
    var length = rest.utf8.count + 1
    while String(length).utf8.count + rest.utf8.count != length { length += 1 }
    return "\(length)\(rest)"
  }

  /// The whole archive.
  var data: Data { Data(bytes + [UInt8](repeating: 0, count: 1024)) }
}

/// Numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}

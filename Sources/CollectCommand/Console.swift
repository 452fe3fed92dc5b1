import Glibc
import SystemPackage

/// Writes results to standard output and everything else to standard error.
enum Console {
  /// Writes a result.
  static func output(_ bytes: [UInt8]) {
    write(bytes, to: .standardOutput)
  }

  /// Writes a message.
  static func error(_ text: String) {
    write(Array(text.utf8), to: .standardError)
  }

  /// Whether messages go to a terminal.
  static var isTerminal: Bool { isatty(FileDescriptor.standardError.rawValue) == 1 }

  private static func write(_ bytes: [UInt8], to descriptor: FileDescriptor) {
    // A reader that went away, as in `| head`, is not an error of ours.
    _ = try? descriptor.writeAll(bytes)
  }
}

/// Sizes in the units that every text of the program uses.
enum ByteCount {
  /// `38 KiB`, `64.0 MiB`.
  static func text(_ bytes: Int) -> String {
    if bytes < 1024 { return "\(bytes) B" }
    if bytes < 1 << 20 { return "\((bytes + 512) >> 10) KiB" }
    let (unit, name) = bytes < 1 << 30 ? (1 << 20, "MiB") : (1 << 30, "GiB")
    let tenths = (bytes * 10 + unit / 2) / unit
    return "\(tenths / 10).\(tenths % 10) \(name)"
  }
}

extension String {
  /// The text followed by blanks up to a width; a longer text is followed by one blank.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - unicodeScalars.count))
  }

  /// The text preceded by blanks up to a width.
  func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - unicodeScalars.count)) + self
  }
}

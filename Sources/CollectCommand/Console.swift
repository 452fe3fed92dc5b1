public import BundleModel
import Glibc
import NodeCollector
import SystemPackage

/// The two streams of the process: results go to standard output, everything else to standard error.
public enum Console {
  /// Writes a result.
  public static func output(_ bytes: [UInt8]) {
    write(bytes, to: .standardOutput)
  }

  /// Writes a text as a result.
  public static func output(_ text: String) {
    output(Array(text.utf8))
  }

  /// Writes a message.
  public static func error(_ text: String) {
    write(Array(text.utf8), to: .standardError)
  }

  /// Shows an error in its three parts; with JSON also as the one document on standard output.
  public static func report(_ failure: any ExplainedError, json: Bool) {
    // Five texts can always be encoded; without them the exit code still tells.
    if json { output((try? ErrorDocument(failure).json()) ?? []) }
    error(failure.message)
  }

  /// Columns of the terminal behind standard output; `nil` without one.
  public static var columns: Int? { TerminalSize.columns(of: STDOUT_FILENO) }

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

  /// `38 KiB`, `64 MiB`, for columns in which tenths say nothing.
  static func short(_ bytes: Int) -> String {
    guard bytes >= 1 << 20 else { return text(bytes) }
    let (unit, name) = bytes < 1 << 30 ? (1 << 20, "MiB") : (1 << 30, "GiB")
    return "\((bytes + unit / 2) / unit) \(name)"
  }
}

import CLinux

/// The size of the terminal behind a stream.
public enum TerminalSize {
  /// Its columns; `nil` when the stream is no terminal or does not know.
  public static func columns(of descriptor: Int32) -> Int? {
    let columns = Int(cnitriage_columns(descriptor))
    return columns > 0 ? columns : nil
  }
}

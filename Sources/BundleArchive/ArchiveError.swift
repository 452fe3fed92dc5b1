/// A failure of reading or writing an archive, as libarchive reports it.
public struct ArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was being done.
  public let operation: Operation
  /// The system's error number, or libarchive's own code where there is none.
  public let code: Int32
  /// libarchive's words.
  public let message: String

  /// The steps that can fail.
  public enum Operation: String, Sendable {
    /// Setting up formats and filters.
    case configure
    /// Opening the stream and recognising its format.
    case open
    /// Reading the next member's header.
    case readHeader = "read header"
    /// Reading a member's bytes.
    case readData = "read data"
    /// Writing a member's header.
    case writeHeader = "write header"
    /// Writing a member's bytes.
    case writeData = "write data"
    /// Writing the end of the archive.
    case close
  }

  /// Describes a failure.
  public init(operation: Operation, code: Int32, message: String) {
    self.operation = operation
    self.code = code
    self.message = message
  }

  static let noMemory = ArchiveError(operation: .configure, code: 12, message: "no memory")

  /// Whether the device has no space left or a quota is used up.
  public var isOutOfSpace: Bool {
    operation != .readHeader && operation != .readData && [28, 122].contains(code)
  }

  /// Whether the archive went into a pipe or socket whose reader is gone.
  public var isReaderGone: Bool {
    operation != .readHeader && operation != .readData && code == 32
  }

  /// Operation and message in one line.
  public var description: String { "\(operation.rawValue): \(message) (\(code))" }
}

/// Why bytes of a peer can't be read.
public struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with them, in words for a person.
  public let reason: String

  /// States a reason.
  public init(_ reason: String) {
    self.reason = reason
  }

  /// The reason.
  public var description: String { reason }
}

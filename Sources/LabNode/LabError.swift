/// Why the lab cannot do what it was asked for.
public struct LabError: Error, Sendable, CustomStringConvertible {
  /// The exit codes of the lab's program.
  public enum Code: Int32, Sendable {
    /// The words on the command line make no sense together.
    case usage = 2
    /// Root is needed.
    case notAllowed = 5
    /// The machine cannot make namespaces, or lacks a program.
    case environment = 6
    /// Something that should have worked did not.
    case failed = 1
  }

  /// Which exit code the program ends with.
  public let code: Code
  /// What happened.
  public let what: String
  /// Why.
  public let why: String
  /// What to do.
  public let remedy: String

  /// Creates an error.
  public init(_ code: Code, _ what: String, why: String, try remedy: String) {
    self.code = code
    self.what = what
    self.why = why
    self.remedy = remedy
  }

  /// The three lines for the user.
  public var description: String {
    "error: \(what)\n  why  \(why)\n  try  \(remedy)"
  }
}

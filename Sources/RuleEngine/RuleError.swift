/// Why a rule was refused before anything ran.
public struct RuleError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The rule's file, as the user would name it.
  public let file: String
  /// The line in it, counted from 1.
  public let line: Int
  /// What is wrong, with the exact word.
  public let what: String
  /// The demand that is not met.
  public let why: String
  /// What to write instead.
  public let remedy: String

  /// Describes a refusal.
  public init(file: String, line: Int, what: String, why: String, remedy: String) {
    self.file = file
    self.line = line
    self.what = what
    self.why = why
    self.remedy = remedy
  }

  /// The stable code of this kind of error.
  public var code: String { "E401" }

  /// Place and trouble in one line.
  public var description: String { "\(file):\(line): \(what)" }
}

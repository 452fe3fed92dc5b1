public import BundleModel

/// Why a run could not begin or could not end well, in the three parts that every message has.
public struct CollectError: ExplainedError, Equatable, CustomStringConvertible {
  /// The stable code that documentation and scripts can name, such as `E203`.
  public let code: String
  /// Which exit code it leads to.
  public let kind: Kind
  /// What happened, with exact values.
  public let what: String
  /// The likely reason.
  public let why: String
  /// What the user can do.
  public let remedy: String

  /// What went wrong, for the exit code.
  public enum Kind: Sendable, Equatable {
    /// The arguments, or a file that they name, are wrong.
    case usage
    /// The node is not of the kind that was demanded.
    case wrongPlatform
    /// The user may not do this.
    case notPermitted
    /// The disk, the output or another run is in the way.
    case environment
    /// Whoever read the bundle from standard output went away: its own business, and no failure.
    case readerGone
    /// The program itself failed.
    case internalFailure
  }

  /// Puts a message together.
  public init(code: String, kind: Kind, what: String, why: String, remedy: String) {
    self.code = code
    self.kind = kind
    self.what = what
    self.why = why
    self.remedy = remedy
  }

  /// All three parts, for logs.
  public var description: String { "\(what) [\(code)]: \(why); \(remedy)" }
}

public import BundleModel
import BundleReader
import FactStore
import RuleEngine

/// Why an analysis could not begin or end, in the three parts that every message has.
public struct AnalysisError: ExplainedError, Equatable {
  /// The stable code that documentation names.
  public let code: String
  /// What happened, with exact values.
  public let what: String
  /// The likely reason.
  public let why: String
  /// What to do about it.
  public let remedy: String
  /// What the process ends with.
  public let exitCode: Int32

  /// Puts a message together.
  public init(code: String, what: String, why: String, remedy: String, exitCode: Int32) {
    self.code = code
    self.what = what
    self.why = why
    self.remedy = remedy
    self.exitCode = exitCode
  }
}

extension AnalysisError {
  init(_ error: BundleError) {
    // A file that exists but may not be read is a matter of permissions; all else is the input's.
    self.init(
      code: error.code, what: error.what, why: error.why, remedy: error.remedy, exitCode: 3)
  }

  init(_ error: RuleError) {
    self.init(
      code: error.code, what: "\(error.file):\(error.line): \(error.what)", why: error.why,
      remedy: error.remedy, exitCode: 2)
  }

  init(_ error: SelectionError) {
    self.init(
      code: "E103", what: "unknown rule `\(error.word)` in \(error.option)",
      why: "no rule or group has this id",
      remedy: (error.nearest.map { "nearest: \($0); " } ?? "") + "cnitriage rules list",
      exitCode: 2)
  }

  init(_ error: FactStoreError) {
    let isDisk = error.kind == .open || error.kind == .write
    self.init(
      code: isDisk ? "E203" : "E901",
      what: isDisk ? error.reason : "internal error in the fact store: \(error)",
      why: isDisk ? "the folder is not writable, or the file exists" : "a bug in cnitriage",
      remedy: error.remedy, exitCode: isDisk ? 6 : 70)
  }

  /// What a failure of any stage means to whoever asked.
  init(of error: any Error) {
    self =
      switch error {
      case let error as AnalysisError: error
      case let error as BundleError: AnalysisError(error)
      case let error as RuleError: AnalysisError(error)
      case let error as FactStoreError: AnalysisError(error)
      default: .unexpected(error)
      }
  }

  static func unexpected(_ error: any Error) -> AnalysisError {
    AnalysisError(
      code: "E901", what: "internal error in the analysis: \(error)", why: "a bug in cnitriage",
      remedy: "report it with this text", exitCode: 70)
  }
}

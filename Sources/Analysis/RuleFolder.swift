import BuiltinRules
import FoundationEssentials
public import RuleEngine

/// A folder with rules of a user.
public struct RuleFolder {
  private let path: String

  /// Names a folder; it need not exist.
  public init(_ path: String) {
    self.path = path
  }

  /// Its rules, each checked against the tables.
  public func rules() throws(AnalysisError) -> RuleSet {
    try Analyzer.ruleSet(AnalysisOptions(ruleFolders: [path], usesOnlyOwnRules: true))
  }

  /// Writes a rule to begin with.
  ///
  /// - Parameter id: its id, `group/slug`.
  /// - Returns: the path of its file.
  public func add(_ id: String) throws(AnalysisError) -> String {
    do {
      let rule = try RuleDefinition(
        RuleFile(path: id + ".yaml", text: RuleTemplate.text), in: path)
      let group = "\(path)/\(id.prefix { $0 != "/" })"
      try FileManager.default.createDirectory(
        atPath: group, withIntermediateDirectories: true, attributes: nil)
      try Data(RuleTemplate.text.utf8).write(
        to: URL(filePath: rule.file), options: .withoutOverwriting)
      return rule.file
    } catch let error as RuleError {
      throw AnalysisError(of: error)
    } catch {
      throw AnalysisError(
        code: "E203", what: "\(path)/\(id).yaml cannot be written",
        why: "it exists already, or this user may not write there",
        remedy: "choose another --id or folder", exitCode: 6)
    }
  }
}

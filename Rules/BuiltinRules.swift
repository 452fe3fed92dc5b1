/// One rule as it was written: its place below the folder of rules and its YAML.
public struct RuleFile: Sendable, Hashable {
  /// The path below the folder of rules, such as `forwarding/policy-drop.yaml`. Without its
  /// extension it is the rule's id.
  public let path: String
  /// The YAML.
  public let text: String

  /// Names a rule's text.
  public init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}

/// The rules that are compiled into the program.
public enum BuiltinRules {
  /// The version of the set, raised whenever a rule's meaning changes: year and month.
  public static let version = "2026.11"

  /// Every rule, sorted by path.
  public static var files: [RuleFile] { embeddedRules }
}

import Analysis
import BuiltinRules
import FactStore
import ReportModel
import Testing

@testable import RuleEngine

@Suite("The built-in rules")
struct BuiltinRuleTests {
  /// The folder of the rules, which files of examples are relative to.
  static let folder =
    #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 } + "/Rules"

  static var tester: RuleTester { RuleTester(fixtures: folder, conclusions: Conclusions.self) }

  static let paths = BuiltinRules.files.map(\.path)

  static func rule(_ path: String) throws -> RuleDefinition {
    let file = try #require(BuiltinRules.files.first { $0.path == path })
    return try RuleDefinition(file, in: "Rules")
  }

  @Test("every rule is read and compiles against the tables", arguments: BuiltinRuleTests.paths)
  func compiles(_ path: String) throws {
    let rule = try Self.rule(path)
    try RuleChecker(FactStore()).check(rule)
  }

  @Test("every example of every rule holds", arguments: BuiltinRuleTests.paths)
  func examplesHold(_ path: String) throws {
    let rule = try Self.rule(path)
    for failure in try Self.tester.failures(of: rule) { Issue.record("\(failure)") }
  }

  @Test(
    "an example notices when a rule's condition is removed or negated",
    arguments: BuiltinRuleTests.paths)
  func mutantsDie(_ path: String) throws {
    let rule = try Self.rule(path)
    for damage in try Self.tester.unnoticedDamage(of: rule) { Issue.record("\(damage)") }
  }

  @Test("absorbed rules exist or belong to a group that is announced")
  func edgesAreSane() throws {
    let rules = try RuleSet().rules
    #expect(!rules.isEmpty)
    for rule in rules {
      for edge in rule.absorbs {
        #expect(!edge.matches(rule: rule.id, cause: nil), "\(rule.id) absorbs itself")
      }
    }
  }
}

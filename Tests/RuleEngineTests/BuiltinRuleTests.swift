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

  @Test("every rule is read and compiles against the tables")
  func compiles() throws {
    let checker = RuleChecker(try FactStore())
    for path in Self.paths { try checker.check(try Self.rule(path)) }
  }

  @Test(
    "every example of every rule holds, and notices when the condition is removed or negated",
    arguments: BuiltinRuleTests.paths)
  func examplesHold(_ path: String) throws {
    for failure in try Self.tester.failures(of: try Self.rule(path)) {
      Issue.record("\(failure)")
    }
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

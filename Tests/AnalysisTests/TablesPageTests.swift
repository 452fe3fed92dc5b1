import FactRendering
import TestSupport
import Testing

@testable import Analysis

@Suite("The published reference of tables")
struct TablesPageTests {
  @Test("the page says what the declarations say (rewrite it with UPDATE_GOLDEN=1)")
  func page() throws {
    try expectGolden(TableHelp.page(BundleFacts.tables()), "../docs/reference/tables.md")
  }
}

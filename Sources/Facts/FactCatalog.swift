/// Every fact table of this version.
public enum FactCatalog {
  /// Tables that are filled by reading artifacts, in the order of the documentation.
  public static let all: [any FactTable.Type] = [
    IptablesChain.self, IptablesRule.self, Sysctl.self,
  ]

  /// Tables that are computed from others after loading.
  public static let derived: [any DerivedTable.Type] = []

  /// The declarations of all tables, for documentation and for checking rules.
  public static var descriptions: [TableDescription] {
    all.map { $0.tableDescription } + derived.map { $0.tableDescription }
  }
}

extension FactRow {
  /// The table's declaration without its row's type.
  public static var tableDescription: TableDescription { schema.description }
}

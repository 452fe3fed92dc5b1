public import BundleModel

/// One documented column of a fact table.
public struct Column<Row>: Sendable {
  /// Name, type and meaning, without the row's type.
  public let description: ColumnDescription
  let value: @Sendable (Row) -> FactValue

  /// Declares a column by the property that fills it; type and nullability follow from the property.
  public init<Value: FactColumnValue>(
    _ name: String, _ property: @escaping @Sendable (Row) -> Value, _ summary: String
  ) {
    description = ColumnDescription(
      name: name, type: Value.factType, isNullable: Value.isNullable, summary: summary)
    value = { property($0).factValue }
  }

  init(_ description: ColumnDescription, _ value: @escaping @Sendable (Row) -> FactValue) {
    self.description = description
    self.value = value
  }

  /// The same column, perhaps of another name, of rows that hold a row of this type.
  func mapped<Outer>(
    _ name: String, _ inner: @escaping @Sendable (Outer) -> Row
  ) -> Column<Outer> {
    let own = description
    return Column<Outer>(
      ColumnDescription(
        name: name, type: own.type, isNullable: own.isNullable, summary: own.summary)
    ) { value(inner($0)) }
  }
}

/// Name, type and meaning of a column.
public struct ColumnDescription: Sendable, Hashable {
  /// The column's name in SQL.
  public let name: String
  /// Its type.
  public let type: FactType
  /// Whether "not known" is possible.
  public let isNullable: Bool
  /// One sentence: what it means, with its unit.
  public let summary: String

  /// Describes a column.
  public init(name: String, type: FactType, isNullable: Bool, summary: String) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.summary = summary
  }
}

/// The declaration of a fact table: what its rows mean and which artifacts they come from.
public struct Schema<Row>: Sendable {
  /// Everything but the row's type.
  public let description: TableDescription
  /// The columns after `artifact` and `line`, in order.
  public let columns: [Column<Row>]

  /// Declares a table.
  public init(
    _ name: String, _ summary: String, from artifacts: [ArtifactID], columns: [Column<Row>]
  ) {
    self.columns = columns
    description = TableDescription(
      name: name, summary: summary, artifacts: artifacts, columns: columns.map(\.description))
  }

  /// The table's name in SQL.
  public var name: String { description.name }
  /// The artifacts whose members fill the table.
  public var artifacts: [ArtifactID] { description.artifacts }

  /// Calls `body` with each value of one row, in the order of the columns.
  public func forEachValue(of row: Row, _ body: (FactValue) -> Void) {
    for column in columns { body(column.value(row)) }
  }

  /// The values of one row, in the order of the columns.
  public func values(of row: Row) -> [FactValue] {
    columns.map { $0.value(row) }
  }
}

/// The declaration of a fact table without its row's type: what documentation and rules need.
public struct TableDescription: Sendable, Hashable {
  /// The table's name in SQL.
  public let name: String
  /// One sentence: what a row is.
  public let summary: String
  /// The artifacts whose members fill the table.
  public let artifacts: [ArtifactID]
  /// The columns after `artifact` and `line`.
  public let columns: [ColumnDescription]

  /// Describes a table.
  public init(
    name: String, summary: String, artifacts: [ArtifactID], columns: [ColumnDescription]
  ) {
    self.name = name
    self.summary = summary
    self.artifacts = artifacts
    self.columns = columns
  }

  /// The columns that every table has in front.
  public static let evidenceColumns: [ColumnDescription] = [
    ColumnDescription(
      name: "artifact", type: .text, isNullable: false,
      summary: "Path of the bundle member that the row was read from."),
    ColumnDescription(
      name: "line", type: .integer, isNullable: true,
      summary: "Line in that member, counted from 1; NULL where lines mean nothing."),
  ]
}

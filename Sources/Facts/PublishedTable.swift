public import BundleModel

/// A table as queries and exports show it: the facts, preceded by the bundle that they are from, and
/// with readable times and sortable addresses beside them.
public struct PublishedTable: Sendable, Hashable {
  /// Version of the columns. It rises when one changes its meaning or goes away; added tables and
  /// columns leave it as it is.
  public static let schemaVersion = 1

  /// The table's name in SQL.
  public let name: String
  /// One sentence: what a row is.
  public let summary: String
  /// The artifacts whose members fill the table.
  public let artifacts: [ArtifactID]
  /// Every column, in a fixed order.
  public let columns: [PublishedColumn]

  /// Publishes a table; `hasEvidence` says whether it starts with `artifact` and `line`.
  public init(_ table: TableDescription, hasEvidence: Bool) {
    name = table.name
    summary = table.summary
    artifacts = table.artifacts
    let own = (hasEvidence ? TableDescription.evidenceColumns : []) + table.columns
    var columns = Self.bundleColumns.map { PublishedColumn(description: $0, source: .bundle) }
    var taken = Set(columns.map(\.name))
    let ownNames = Set(own.map(\.name))
    for column in own where taken.insert(column.name).inserted {
      columns.append(PublishedColumn(description: column, source: .fact))
      // Facts come first: a companion must never hide a column of the table.
      guard let companion = Self.companion(of: column), !ownNames.contains(companion.name),
        !ownNames.contains(column.name + "_first_key"),
        taken.insert(companion.name).inserted
      else { continue }
      columns.append(companion)
    }
    self.columns = columns
  }

  /// The columns that every published table has in front.
  public static let bundleColumns: [ColumnDescription] = [
    ColumnDescription(
      name: "bundle_id", type: .text, isNullable: false,
      summary: "The bundle's own id; the name of its file if it has none."),
    ColumnDescription(
      name: "cluster", type: .text, isNullable: true, summary: "Name of the cluster, if known."),
    ColumnDescription(
      name: "node_id", type: .text, isNullable: true,
      summary: "The node's instance id, else its host name."),
    ColumnDescription(
      name: "collected_at", type: .text, isNullable: true,
      summary: "When the bundle was gathered, RFC 3339 in UTC."),
  ]

  private static func companion(of column: ColumnDescription) -> PublishedColumn? {
    if column.holdsTime {
      let stem = String(column.name.dropLast("_us".utf8.count))
      let isTime = stem == "time" || stem.hasSuffix("_time") || stem.hasSuffix("_at")
      return PublishedColumn(
        description: ColumnDescription(
          name: isTime ? stem : stem + "_at", type: .text, isNullable: column.isNullable,
          summary: "`\(column.name)` as RFC 3339 in UTC."), source: .time(of: column.name))
    }
    if column.holdsAddress {
      return PublishedColumn(
        description: ColumnDescription(
          name: column.name + "_key", type: .text, isNullable: true,
          summary: "`\(column.name)` as 16 bytes in hexadecimal; NULL if it is no address."),
        source: .addressKey(of: column.name))
    }
    return nil
  }
}

/// A column of a published table and where its values come from.
public struct PublishedColumn: Sendable, Hashable {
  /// Name, type and meaning.
  public let description: ColumnDescription
  /// Where its values come from.
  public let source: Source

  /// The column's name in SQL.
  public var name: String { description.name }

  /// Describes a column.
  public init(description: ColumnDescription, source: Source) {
    self.description = description
    self.source = source
  }

  /// Where values of a column come from.
  public enum Source: Sendable, Hashable {
    /// From the bundle as a whole.
    case bundle
    /// From the column of the fact table with the same name.
    case fact
    /// From a column with microseconds.
    case time(of: String)
    /// From a column with an address.
    case addressKey(of: String)
  }
}

extension ColumnDescription {
  /// Whether values are points in time, in microseconds since 1970 UTC. Spans of time end in `_us` as
  /// well, so that the meaning decides: a point in time says "since 1970" there.
  public var holdsTime: Bool {
    type == .integer && name.hasSuffix("_us") && summary.contains("since 1970")
  }

  /// Whether values are IP addresses or ranges of them: by their names, and by the meaning of a
  /// `source`, which may be a program as well.
  public var holdsAddress: Bool {
    guard type == .text else { return false }
    if Self.addressNames.contains(name) { return true }
    if ["_address", "_ip", "_cidr"].contains(where: name.hasSuffix) { return true }
    return name == "source" && summary.hasPrefix("Source address")
  }

  private static let addressNames: Set<String> = [
    "address", "cidr", "destination", "dst", "gateway", "ip", "src", "via",
  ]
}

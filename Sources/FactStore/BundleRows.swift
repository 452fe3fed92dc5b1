public import Facts

/// How one item or member went: a row of `bundle_item`.
public struct BundleItemRow: Sendable, Hashable {
  /// Item id.
  public var item: String
  /// Path of the member in the bundle.
  public var path: String?
  /// Status word of the manifest.
  public var status: String
  /// Why it has that status.
  public var reason: String?
  /// Stored size.
  public var bytes: Int64?
  /// Time the collector spent on it, in milliseconds.
  public var durationMs: Int64?
  /// When it was started, in microseconds since 1970.
  public var startedUs: Int64?

  /// Describes an item.
  public init(
    item: String, path: String?, status: String, reason: String? = nil, bytes: Int64? = nil,
    durationMs: Int64? = nil, startedUs: Int64? = nil
  ) {
    self.item = item
    self.path = path
    self.status = status
    self.reason = reason
    self.bytes = bytes
    self.durationMs = durationMs
    self.startedUs = startedUs
  }

  /// The columns of `bundle_item`.
  public static let tableDescription = TableDescription(
    name: "bundle_item", summary: "What was gathered and how each item went.", artifacts: [],
    columns: [
      ColumnDescription(name: "item", type: .text, isNullable: false, summary: "Item id."),
      ColumnDescription(
        name: "path", type: .text, isNullable: true, summary: "Path of the member in the bundle."),
      ColumnDescription(
        name: "status", type: .text, isNullable: false,
        summary: "ok, empty, partial, timeout, failed, error, missing, denied and so on."),
      ColumnDescription(
        name: "reason", type: .text, isNullable: true, summary: "Why it has that status."),
      ColumnDescription(
        name: "bytes", type: .integer, isNullable: true, summary: "Stored size in bytes."),
      ColumnDescription(
        name: "duration_ms", type: .integer, isNullable: true,
        summary: "Time the collector spent on it, in milliseconds."),
      ColumnDescription(
        name: "started_us", type: .integer, isNullable: true,
        summary: "When it was started, in microseconds since 1970 UTC."),
    ])

  var values: [FactValue] {
    [
      item.factValue, path.factValue, status.factValue, reason.factValue, bytes.factValue,
      durationMs.factValue, startedUs.factValue,
    ]
  }
}

/// The bundle itself: the one row of `bundle_info`.
public struct BundleInfoRow: Sendable, Hashable {
  /// The bundle's own id.
  public var bundleID: String?
  /// When it was gathered, in microseconds since 1970.
  public var collectedAtUs: Int64?
  /// Version of the tool that gathered it.
  public var toolVersion: String?
  /// Layout name, such as native or eks-log-collector.
  public var layout: String
  /// Host name as the bundle states it.
  public var host: String?

  /// Describes a bundle.
  public init(
    bundleID: String? = nil, collectedAtUs: Int64? = nil, toolVersion: String? = nil,
    layout: String, host: String? = nil
  ) {
    self.bundleID = bundleID
    self.collectedAtUs = collectedAtUs
    self.toolVersion = toolVersion
    self.layout = layout
    self.host = host
  }

  /// The columns of `bundle_info`.
  public static let tableDescription = TableDescription(
    name: "bundle_info", summary: "The bundle itself, in one row.", artifacts: [],
    columns: [
      ColumnDescription(
        name: "bundle_id", type: .text, isNullable: true, summary: "The bundle's own id."),
      ColumnDescription(
        name: "collected_at_us", type: .integer, isNullable: true,
        summary: "When it was gathered, in microseconds since 1970 UTC."),
      ColumnDescription(
        name: "tool_version", type: .text, isNullable: true,
        summary: "Version of the tool that gathered it."),
      ColumnDescription(
        name: "layout", type: .text, isNullable: false, summary: "Layout of its members."),
      ColumnDescription(
        name: "host", type: .text, isNullable: true, summary: "Host name as the bundle states it."),
    ])

  var values: [FactValue] {
    [
      bundleID.factValue, collectedAtUs.factValue, toolVersion.factValue, layout.factValue,
      host.factValue,
    ]
  }
}

extension ParseIssue {
  /// The columns of `parse_issue`.
  public static let tableDescription = TableDescription(
    name: "parse_issue", summary: "Lines and values that could not be read.", artifacts: [],
    columns: [
      ColumnDescription(
        name: "artifact", type: .text, isNullable: false,
        summary: "Path of the bundle member."),
      ColumnDescription(
        name: "line", type: .integer, isNullable: true, summary: "Line, counted from 1."),
      ColumnDescription(
        name: "fact_table", type: .text, isNullable: true,
        summary: "Table that wanted it; NULL for damage of the member itself."),
      ColumnDescription(
        name: "reason", type: .text, isNullable: false, summary: "Why it could not be read."),
    ])

  var values: [FactValue] {
    [path.factValue, line.factValue, table.factValue, reason.factValue]
  }
}

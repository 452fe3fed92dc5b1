public import Facts

/// A program that can query exported JSON Lines where they lie.
public enum QueryEngine: String, Sendable, CaseIterable {
  /// Amazon Athena.
  case athena
  /// DuckDB.
  case duckdb
  /// ClickHouse.
  case clickhouse
  /// Apache Spark.
  case spark

  /// Where the examples assume the files when nobody says it.
  public var defaultLocation: String {
    switch self {
    case .athena, .spark: "s3://BUCKET/facts"
    case .duckdb, .clickhouse: "facts"
    }
  }

  /// Definitions of the tables below `location`, and example queries, as one script.
  public func script(for tables: [PublishedTable], location: String) -> String {
    let root = location.hasSuffix("/") ? String(location.dropLast()) : location
    let folder = "\(root)/\(ExportLayout.versionFolder)"
    var text = header(location: root)
    for table in tables {
      text += "\n-- \(table.summary)\n" + definition(table, folder: folder) + "\n"
    }
    text +=
      "\n-- Five examples. Conditions on cluster and dt skip whole folders.\n"
    for (question, query) in ExampleQueries.all {
      text += "\n-- \(question)\n" + quoting(query) + ";\n"
    }
    return text
  }

  private func header(location: String) -> String {
    let how =
      switch self {
      case .athena:
        """
        -- Engine version 3. MSCK REPAIR TABLE finds partitions that were added since.
        """
      case .duckdb:
        """
        -- Version 1.0 or newer; the location is relative to the folder in which DuckDB is started.
        """
      case .clickhouse:
        """
        -- Version 24.8 or newer. Files are read from the server's user_files folder, https://
        -- locations through s3(). cluster and dt come out of rows and paths: where ClickHouse takes
        -- them from the folders itself, it stumbles over unknown days.
        """
      case .spark:
        """
        -- Version 3.3 or newer, with Hadoop's native Zstandard codec. MSCK REPAIR TABLE finds
        -- partitions that were added since.
        """
      }
    return """
      -- Facts of cnitriage bundles, schema \(ExportLayout.versionFolder), exported with
      --   cnitriage export BUNDLE... --to jsonl=DIR
      -- and found at \(location).
      \(how)
      -- Times `*_us` are microseconds since 1970 UTC, with an RFC 3339 text beside them; `*_key` are
      -- addresses that sort by number. NULL means "not known".

      """
  }

  private func definition(_ table: PublishedTable, folder: String) -> String {
    let path = "\(folder)/\(table.name)"
    let files = "\(path)/*/*/*.jsonl.zst"
    // The layout's folders say the cluster; a column of that name in the files would stand twice.
    let inFiles = table.columns.filter { $0.name != "cluster" }
    switch self {
    case .athena:
      return """
        CREATE EXTERNAL TABLE IF NOT EXISTS \(quoted(table.name)) (
        \(list(inFiles) { "\(quoted($0.name)) \(type($0.type))" })
        )
        PARTITIONED BY (`cluster` string, `dt` string)
        ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
        LOCATION '\(literal(path))/';
        MSCK REPAIR TABLE \(quoted(table.name));
        """
    case .spark:
      return """
        CREATE TABLE IF NOT EXISTS \(quoted(table.name)) (
        \(list(inFiles) { "\(quoted($0.name)) \(type($0.type))" }),
          `cluster` STRING,
          `dt` STRING
        )
        USING JSON
        PARTITIONED BY (`cluster`, `dt`)
        LOCATION '\(literal(path))';
        MSCK REPAIR TABLE \(quoted(table.name));
        """
    case .duckdb:
      return """
        CREATE OR REPLACE VIEW \(quoted(table.name)) AS
        SELECT * FROM read_json('\(literal(files))',
          format = 'newline_delimited', hive_partitioning = true,
          hive_types = {'cluster': VARCHAR, 'dt': VARCHAR},
          columns = {
        \(list(table.columns) { "  '\($0.name)': '\(type($0.type))'" })
          });
        """
    case .clickhouse:
      let isRemote = folder.contains("://")
      return """
        CREATE OR REPLACE VIEW \(quoted(table.name)) AS
        SELECT *, extract(_path, 'dt=([^/]*)') AS dt
        FROM \(isRemote ? "s3" : "file")('\(literal(files))', 'JSONEachRow',
          '\(list(table.columns) { literal("\(quoted($0.name)) \(nullable($0))") }.drop { $0 == " " })')
        SETTINGS use_hive_partitioning = 0;
        """
    }
  }

  private func list(
    _ columns: [PublishedColumn], _ text: (ColumnDescription) -> String
  ) -> String {
    columns.map { "  " + text($0.description) }.joined(separator: ",\n")
  }

  private func nullable(_ column: ColumnDescription) -> String {
    column.isNullable ? "Nullable(\(type(column.type)))" : type(column.type)
  }

  private func type(_ type: FactType) -> String {
    switch (self, type) {
    case (.athena, .integer): "bigint"
    case (.athena, .real): "double"
    case (.athena, .text): "string"
    case (.spark, .integer), (.duckdb, .integer): "BIGINT"
    case (.spark, .real), (.duckdb, .real): "DOUBLE"
    case (.spark, .text): "STRING"
    case (.duckdb, .text): "VARCHAR"
    case (.clickhouse, .integer): "Int64"
    case (.clickhouse, .real): "Float64"
    case (.clickhouse, .text): "String"
    }
  }

  /// A name; names are the program's own, in lower case with underscores.
  private func quoted(_ name: String) -> String {
    self == .duckdb ? "\"\(name)\"" : "`\(name)`"
  }

  private func literal(_ text: String) -> String {
    text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
  }

  /// Examples quote names with double quotes; Spark and definitions in Athena want other ones, but
  /// Athena's queries do not.
  private func quoting(_ query: String) -> String {
    guard self == .spark else { return query }
    return String(query.map { $0 == "\"" ? "`" : $0 })
  }
}

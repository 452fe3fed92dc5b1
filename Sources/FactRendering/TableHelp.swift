import BundleModel
public import Facts
public import ReportRendering

/// What tables and columns mean, for a terminal and as a page. Both are printed from the declarations.
public enum TableHelp {
  /// What a table is and what its columns mean.
  public static func text(_ table: PublishedTable, style: TextStyle) -> String {
    var text = style.painted(table.name, .heading) + "\n"
    text += "  " + style.wrapped(table.summary, indent: 2) + "\n"
    text += "  " + style.wrapped("From " + origin(table) + ".", indent: 2) + "\n\n"
    let names = table.columns.map { "\($0.name)" }
    let width = names.reduce(0) { max($0, $1.cellCount) }
    for column in table.columns {
      let name = style.painted(column.name.padded(to: width), .heading)
      text += "  \(name)  \(type(column).padded(to: 7))  "
      let indent = width + 13
      let meaning =
        column.description.summary + (column.description.isNullable ? "" : " Never NULL.")
      text += style.wrapped(plain(meaning), indent: indent, width: style.width) + "\n"
    }
    return text
  }

  /// The statement that would make a table.
  public static func schema(_ table: PublishedTable) -> String {
    let width = table.columns.reduce(0) { max($0, $1.name.utf8.count) } + 2
    let columns = table.columns.map { column in
      let null = column.description.isNullable ? "" : " NOT NULL"
      return
        "  \("\"\(column.name)\"".padded(to: width)) \(column.description.type.rawValue)\(null)"
    }
    return "CREATE TABLE \"\(table.name)\" (\n" + columns.joined(separator: ",\n") + "\n);\n"
  }

  /// The columns of tables as rows.
  public static let columnNames = ["table", "column", "type", "is_nullable", "meaning"]

  /// One row for every column.
  public static func rows(_ table: PublishedTable) -> [[FactValue]] {
    table.columns.map { column in
      [
        .text(table.name), .text(column.name), .text(column.description.type.rawValue),
        .integer(column.description.isNullable ? 1 : 0), .text(column.description.summary),
      ]
    }
  }

  /// The published reference of all tables, in Markdown.
  public static func page(_ tables: [PublishedTable]) -> String {
    let front = Set(PublishedTable.bundleColumns.map(\.name))
    var text = """
      # Tables

      What `cnitriage query` can be asked and `cnitriage export` writes; schema version \
      \(PublishedTable.schemaVersion). The same texts: `cnitriage query BUNDLE ".help TABLE"`.

      * NULL means "not known". A known absence is a value, such as 0.
      * Types are those of STRICT tables in SQLite: INTEGER (64 bit), REAL, TEXT. Truth is 0 or 1.
      * Sizes are bytes. Times `*_us` are microseconds since 1970 UTC; beside each stands the same as \
      RFC 3339 text.
      * Addresses are text; beside each stands `*_key`: 16 bytes in hexadecimal, which sort by number \
      (IPv4 as `::ffff:a.b.c.d`, a range as its first address).
      * `artifact` and `line` say where in the bundle a fact was read.

      Every table starts with these columns, which the lists below leave out:

      | column | type | meaning |
      |---|---|---|

      """
    for column in PublishedTable.bundleColumns {
      text += row(PublishedColumn(description: column, source: .bundle))
    }
    text += "\n"
    for table in tables {
      text += "* [`\(table.name)`](#\(table.name)): \(table.summary)\n"
    }
    for table in tables {
      text += "\n## \(table.name)\n\n\(table.summary) From \(markdownOrigin(table)).\n\n"
      text += "| column | type | meaning |\n|---|---|---|\n"
      for column in table.columns where !front.contains(column.name) { text += row(column) }
    }
    return text
  }

  private static func row(_ column: PublishedColumn) -> String {
    let null = column.description.isNullable ? "" : ", never NULL"
    let meaning = String(column.description.summary.flatMap { $0 == "|" ? "\\|" : "\($0)" })
    return "| `\(column.name)` | \(column.description.type.rawValue)\(null) | \(meaning) |\n"
  }

  private static func type(_ column: PublishedColumn) -> String {
    column.description.type.rawValue.lowercased()
  }

  private static func origin(_ table: PublishedTable) -> String {
    guard !table.artifacts.isEmpty else {
      return "the bundle itself, or computed from other tables"
    }
    return "items " + table.artifacts.map(\.rawValue).joined(separator: ", ")
  }

  private static func markdownOrigin(_ table: PublishedTable) -> String {
    guard !table.artifacts.isEmpty else { return origin(table) }
    return "items " + table.artifacts.map { "`\($0.rawValue)`" }.joined(separator: ", ")
  }

  /// Backquotes mark names on the page; on a terminal they are noise.
  private static func plain(_ text: String) -> String { text.filter { $0 != "`" } }
}

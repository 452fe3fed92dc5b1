/// How rows are written.
public enum RowFormat: String, Sendable, CaseIterable {
  /// Aligned columns for a terminal.
  case table
  /// One JSON document: an array of objects.
  case json
  /// One JSON object for every row, each on a line of its own.
  case jsonl
  /// RFC 4180 with a head line; NULL is an empty field, an empty text is `""`.
  case csv
  /// A table in Markdown.
  case markdown
}

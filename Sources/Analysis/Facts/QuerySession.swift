import BundleModel
public import FactRendering
public import FactStore
import Facts
public import ReportRendering

/// Answers statements and dot commands about the tables of a source.
public struct QuerySession: Sendable {
  /// What is asked.
  public let reader: PublishedFacts
  /// Bounds of every statement.
  public var limits: QueryLimits
  /// How rows are written.
  public var format: RowFormat
  /// How tables look.
  public var style: TextStyle
  /// Whether control characters must not get through.
  public var isForTerminal: Bool
  /// Whether the last line of a table names the dot commands.
  public var hasHints: Bool

  /// Prepares answers about tables.
  public init(
    _ reader: PublishedFacts, limits: QueryLimits, format: RowFormat, style: TextStyle,
    isForTerminal: Bool, hasHints: Bool
  ) {
    self.reader = reader
    self.limits = limits
    self.format = format
    self.style = style
    self.isForTerminal = isForTerminal
    self.hasHints = hasHints
  }

  /// How many bytes are gathered before they are written.
  static let chunkBytes = 64 << 10

  /// Answers a statement or a dot command.
  ///
  /// - Parameters:
  ///   - text: the question.
  ///   - isCancelled: asked now and then whether to give up.
  ///   - write: takes bytes of the answer; `false` when nobody reads them any more.
  public func answer(
    _ text: String, isCancelled: @escaping @Sendable () -> Bool = { false },
    write: ([UInt8]) throws(AnalysisError) -> Bool
  ) throws(AnalysisError) -> PublishedFacts.Ending {
    if let command = DotCommand(text) { return try answer(command, write) }
    var renderer = format.renderer(style, isForTerminal: isForTerminal)
    var buffer: [UInt8] = []
    var count = 0
    var failure: AnalysisError?
    let ending: PublishedFacts.Ending
    do throws(FactStoreError) {
      ending = try reader.forEachRow(
        of: text, limits: limits, isCancelled: isCancelled,
        columns: { renderer.begin($0, to: &buffer) },
        row: { row in
          renderer.add(row, to: &buffer)
          count += 1
          guard buffer.count >= Self.chunkBytes else { return true }
          defer { buffer.removeAll(keepingCapacity: true) }
          do throws(AnalysisError) {
            return try write(buffer)
          } catch {
            failure = error
            return false
          }
        })
    } catch {
      // What came before the failure is shown, as far as it is whole rows.
      _ = try write(buffer)
      throw QueryAdvice(reader.tables, text).explained(error)
    }
    if let failure { throw failure }
    guard ending != .stopped else { return ending }
    renderer.end(to: &buffer)
    if format == .table { buffer += footer(count).utf8 }
    return try write(buffer) ? ending : .stopped
  }

  private func footer(_ count: Int) -> String {
    let hints = hasHints ? "  Tables: .tables   Columns: .schema TABLE   Docs: .help TABLE" : ""
    return (count == 1 ? "1 row." : "\(count) rows.") + hints + "\n"
  }

  private func answer(
    _ command: DotCommand, _ write: ([UInt8]) throws(AnalysisError) -> Bool
  ) throws(AnalysisError) -> PublishedFacts.Ending {
    var tables = reader.tables
    if let name = command.table {
      guard let table = tables.first(where: { $0.name == name.lowercased() }) else {
        throw QueryAdvice(reader.tables, "").unknownTable(name)
      }
      tables = [table]
    }
    let answer: [UInt8]
    switch command.verb {
    case .tables: answer = try list(tables)
    case .help where command.table == nil: answer = Array(DotCommand.help.utf8)
    case .schema where format == .table:
      answer = Array(tables.map { TableHelp.schema($0) }.joined(separator: "\n").utf8)
    case .help where format == .table:
      answer = Array(tables.map { TableHelp.text($0, style: style) }.joined(separator: "\n").utf8)
    case .schema, .help:
      answer = rendered(TableHelp.columnNames, tables.flatMap { TableHelp.rows($0) })
    case .quit: return .stopped
    }
    return try write(answer) ? .complete : .stopped
  }

  private func list(_ tables: [PublishedTable]) throws(AnalysisError) -> [UInt8] {
    var rows: [[FactValue]] = []
    for table in tables {
      do throws(FactStoreError) {
        rows.append([
          .text(table.name), .integer(try reader.rowCount(of: table)), .text(table.summary),
        ])
      } catch {
        throw AnalysisError(error)
      }
    }
    return rendered(["table", "rows", "meaning"], rows)
  }

  private func rendered(_ columns: [String], _ rows: [[FactValue]]) -> [UInt8] {
    var renderer = format.renderer(style, isForTerminal: isForTerminal)
    var bytes: [UInt8] = []
    renderer.begin(columns, to: &bytes)
    for row in rows { renderer.add(row, to: &bytes) }
    renderer.end(to: &bytes)
    return bytes
  }
}

/// A question that is no SQL.
public struct DotCommand: Sendable, Equatable {
  /// What is wanted.
  public enum Verb: String, Sendable, CaseIterable {
    /// The tables with their numbers of rows.
    case tables
    /// The columns of one table or of all.
    case schema
    /// What the commands do, or what a table means.
    case help
    /// Ends a prompt.
    case quit
  }

  /// What is wanted.
  public let verb: Verb
  /// The table that it is about.
  public let table: String?

  /// Reads a dot command; `nil` if the text is none.
  public init?(_ text: String) {
    var words = text.split(whereSeparator: \.isWhitespace).map(String.init)[...]
    guard let first = words.popFirst(), first.hasPrefix("."), words.count <= 1,
      let verb = Verb(rawValue: String(first.dropFirst()).lowercased())
        ?? (first == ".exit" ? .quit : nil)
    else { return nil }
    self.verb = verb
    table = words.first.map { $0.hasSuffix(";") ? String($0.dropLast()) : $0 }
  }

  static let help = """
    .tables           tables with their numbers of rows
    .schema [TABLE]   columns and types
    .help TABLE       what a table and its columns mean
    .quit             leave; so does Ctrl-D

    Everything else is SQL as SQLite understands it: one SELECT, ended with a
    semicolon. Beside SQLite's functions: rfc3339(MICROSECONDS) and
    address_key(ADDRESS).

    """
}

public import Facts
public import ReportRendering

/// Rows for a terminal: aligned columns that fit its width; where they cannot, one line for each
/// value.
public struct TableRenderer: RowRenderer {
  /// How many rows decide the widths; later ones are cut to them.
  static let measuredRows = 1000
  /// How much room a wide column keeps at least, in cells.
  static let narrowest = 8

  private let style: TextStyle
  private var columns: [String] = []
  private var pending: [[FactValue]] = []
  private var layout: Layout?
  private var rowNumber = 0

  private enum Layout {
    case columns(widths: [Int], isNumeric: [Bool])
    case records(labelWidth: Int)
  }

  /// Writes for a terminal of this style.
  public init(_ style: TextStyle) {
    self.style = style
  }

  /// Takes the names of the columns.
  public mutating func begin(_ columns: [String], to out: inout [UInt8]) {
    self.columns = columns
  }

  /// Takes a row; the first ones are written when enough are there to know the widths.
  public mutating func add(_ row: [FactValue], to out: inout [UInt8]) {
    guard layout == nil else { return write(row, to: &out) }
    pending.append(row)
    if pending.count == Self.measuredRows { decide(to: &out) }
  }

  /// Writes what is pending.
  public mutating func end(to out: inout [UInt8]) {
    if layout == nil { decide(to: &out) }
  }

  private mutating func decide(to out: inout [UInt8]) {
    let names = columns.map { style.shown($0) }
    let layout = layout(of: names)
    self.layout = layout
    if case .columns(let widths, let isNumeric) = layout {
      let head = line(names, widths, isNumeric)
      out += (style.painted(head, .heading) + "\n").utf8
    }
    let rows = pending
    pending = []
    for row in rows { write(row, to: &out) }
  }

  private func layout(of names: [String]) -> Layout {
    let isNumeric = names.indices.map { column in
      let values = pending.map { $0[column] }.filter { $0 != .null }
      return !values.isEmpty && values.allSatisfy(Self.isNumber)
    }
    var widths = names.map(\.cellCount)
    for row in pending {
      for (column, value) in row.enumerated() {
        widths[column] = max(widths[column], style.shown(ValueText.shown(value)).cellCount)
      }
    }
    let room = style.width - 2 * (widths.count - 1)
    // Numbers and short columns are never cut: a cut number is a wrong number.
    let least = widths.indices.map { column in
      isNumeric[column] ? widths[column] : min(widths[column], Self.narrowest)
    }
    guard least.reduce(0, +) <= room else {
      return .records(labelWidth: names.reduce(0) { max($0, $1.cellCount) })
    }
    return .columns(widths: Self.fitted(widths, least: least, room: room), isNumeric: isNumeric)
  }

  /// Takes cells from the widest columns until all fit.
  static func fitted(_ widths: [Int], least: [Int], room: Int) -> [Int] {
    var widths = widths
    var excess = widths.reduce(0, +) - room
    while excess > 0 {
      let shrinkable = widths.indices.filter { widths[$0] > least[$0] }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      let next = shrinkable.filter { widths[$0] < widths[widest] }.map { widths[$0] }.max() ?? 0
      let step = min(excess, max(1, widths[widest] - max(next, least[widest])))
      widths[widest] -= step
      excess -= step
    }
    return widths
  }

  private mutating func write(_ row: [FactValue], to out: inout [UInt8]) {
    rowNumber += 1
    switch layout {
    case .columns(let widths, let isNumeric):
      out += (line(row.map { ValueText.shown($0) }, widths, isNumeric) + "\n").utf8
    case .records(let labelWidth):
      if rowNumber > 1 { out.append(0x0A) }
      out += (style.painted("row \(rowNumber)", .heading) + "\n").utf8
      for (name, value) in zip(columns, row) {
        let label = style.shown(name).padded(to: labelWidth)
        let text = style.shown(ValueText.shown(value))
        out += ("  " + style.painted(label, .dim) + "  " + text + "\n").utf8
      }
    case nil: break
    }
  }

  private func line(_ cells: [String], _ widths: [Int], _ isNumeric: [Bool]) -> String {
    var line = ""
    for (column, text) in cells.enumerated() {
      let cell = isNumeric[column] ? style.shown(text) : style.cut(text, to: widths[column])
      let blanks = String(repeating: " ", count: max(0, widths[column] - cell.cellCount))
      if column > 0 { line += "  " }
      line += isNumeric[column] ? blanks + cell : cell + blanks
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  private static func isNumber(_ value: FactValue) -> Bool {
    switch value {
    case .integer, .real: true
    case .null, .text: false
    }
  }
}

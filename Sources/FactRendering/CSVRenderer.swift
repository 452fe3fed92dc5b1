public import Facts
import ReportRendering

/// Rows as comma-separated values.
public struct CSVRenderer: RowRenderer {
  private let isForTerminal: Bool

  /// Writes CSV; for a terminal without control characters.
  public init(isForTerminal: Bool) {
    self.isForTerminal = isForTerminal
  }

  /// Writes the head line.
  public mutating func begin(_ columns: [String], to out: inout [UInt8]) {
    add(columns.map { .text($0) }, to: &out)
  }

  /// Writes a line.
  public mutating func add(_ row: [FactValue], to out: inout [UInt8]) {
    for (index, value) in row.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      switch value {
      case .null: break
      case .integer(let number): out += String(number).utf8
      case .real(let number): out += "\(number)".utf8
      case .text(let text): field(isForTerminal ? "\(terminal: text)" : text, to: &out)
      }
    }
    // A lone NULL would be an empty line, which readers skip.
    if row.count == 1, row[0] == .null { out += "\"\"".utf8 }
    out.append(0x0A)
  }

  /// Writes nothing.
  public mutating func end(to out: inout [UInt8]) {}

  private func field(_ text: String, to out: inout [UInt8]) {
    let bytes = text.utf8
    let isPlain =
      !bytes.isEmpty && bytes.first != 0x20 && bytes.last != 0x20
      && !bytes.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    if isPlain {
      out += bytes
      return
    }
    out.append(0x22)
    for byte in bytes {
      if byte == 0x22 { out.append(0x22) }
      out.append(byte)
    }
    out.append(0x22)
  }
}

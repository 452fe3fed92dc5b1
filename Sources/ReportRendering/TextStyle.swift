/// How text for a terminal looks. The words are the same in every style.
public struct TextStyle: Sendable, Equatable {
  /// Cells in a line.
  public var width: Int
  /// Whether colours support the words.
  public var isColoured: Bool
  /// Whether only ASCII is written.
  public var isASCII: Bool
  /// Whether every finding is shown in full.
  public var showsDetails: Bool
  /// Whether rules that passed are listed.
  public var showsPassed: Bool
  /// Whether findings that the user accepts are listed.
  public var showsSuppressed: Bool
  /// Whether rules that don't concern the node are listed.
  public var showsNotApplicable: Bool

  /// A style; lines are never narrower than 40 cells.
  public init(
    width: Int = 80, isColoured: Bool = false, isASCII: Bool = false, showsDetails: Bool = false,
    showsPassed: Bool = false, showsSuppressed: Bool = false,
    showsNotApplicable: Bool = false
  ) {
    self.width = max(40, width)
    self.isColoured = isColoured
    self.isASCII = isASCII
    self.showsDetails = showsDetails
    self.showsPassed = showsPassed
    self.showsSuppressed = showsSuppressed
    self.showsNotApplicable = showsNotApplicable
  }

  /// Prose is hard to read in longer lines.
  var proseWidth: Int { min(width, 100) }

  /// The role of a word; each has a colour and is legible without it.
  package enum Role {
    case critical, error, warning, info, good, heading, dim

    var code: String {
      switch self {
      case .critical: "1;31"
      case .error: "31"
      case .warning: "33"
      case .info: "36"
      case .good: "32"
      case .heading: "1"
      case .dim: "2"
      }
    }
  }

  package func painted(_ text: String, _ role: Role) -> String {
    isColoured ? "\u{1B}[\(role.code)m\(text)\u{1B}[0m" : text
  }

  /// Text without control characters and, on request, without anything but ASCII.
  package func shown(_ text: String) -> String {
    let safe = "\(terminal: text)"
    guard isASCII else { return safe }
    return safe.unicodeScalars.reduce(into: "") { ascii, scalar in
      switch scalar {
      case "…": ascii += "..."
      case "→": ascii += "->"
      case "×": ascii += "x"
      default: ascii += scalar.isASCII ? String(scalar) : "?"
      }
    }
  }

  /// Text in at most this many cells; what was cut shows.
  package func cut(_ text: String, to cells: Int) -> String {
    let text = shown(text)
    guard text.cellCount > cells else { return text }
    let mark = isASCII ? "..." : "…"
    var kept = ""
    var used = mark.cellCount
    for letter in text {
      used += letter.cellCount
      if used > cells { break }
      kept.append(letter)
    }
    while kept.last == " " { kept.removeLast() }
    return kept + mark
  }

  /// Prose in lines. Words are never cut, so that commands and paths stay whole.
  package func wrapped(_ text: String, indent: Int, first: Int? = nil, width: Int? = nil) -> String
  {
    let limit = (width ?? proseWidth)
    var lines: [String] = []
    var line = ""
    var used = first ?? indent
    for word in shown(text).split(separator: " ").map(String.init) {
      let space = line.isEmpty ? 0 : 1
      if !line.isEmpty, used + space + word.cellCount > limit {
        lines.append(line)
        line = ""
        used = indent
      }
      if !line.isEmpty {
        line += " "
        used += 1
      }
      line += word
      used += word.cellCount
    }
    lines.append(line)
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }
}

extension String {
  /// Cells that the text takes on a terminal.
  package var cellCount: Int { reduce(0) { $0 + $1.cellCount } }

  /// The text with blanks up to a number of cells.
  package func padded(to cells: Int) -> String {
    self + String(repeating: " ", count: max(0, cells - cellCount))
  }
}

extension Character {
  /// East Asian wide characters and emoji take two cells, combining marks none.
  var cellCount: Int {
    guard let scalar = unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x0300...0x036F, 0x200B...0x200D: return 0
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
      0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}

import FoundationEssentials
import Glibc
import NodeCollector

/// How text on standard error looks. The words are the same on every screen.
struct Screen: Sendable {
  /// Cells in a line.
  let width: Int
  let isColoured: Bool
  let isASCII: Bool
  /// Whether a line may be redrawn.
  let isTerminal: Bool

  /// The role of a word; each has a colour and is legible without it.
  enum Role: String {
    case good = "32"
    case attention = "33"
    case bad = "31"
    case heading = "1"
    case dim = "2"
    case plain = ""
  }

  init(color: ScreenOptions.ColorChoice = .auto, ascii: Bool = false) {
    let environment = ProcessInfo.processInfo.environment
    func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
    let isTerminal = isatty(STDERR_FILENO) == 1
    let isDumb = environment["TERM"] == "dumb"
    width = max(
      40,
      environment["COLUMNS"].flatMap { Int($0) } ?? TerminalSize.columns(of: STDERR_FILENO) ?? 80)
    let locale = environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? ""
    let isUTF8 = locale.uppercased().contains("UTF-8") || locale.uppercased().contains("UTF8")
    isASCII = ascii || !isUTF8
    self.isTerminal = isTerminal && !isDumb
    isColoured =
      switch color {
      case .always: true
      case .never: false
      case .auto where isSet("NO_COLOR"): false
      case .auto where isSet("FORCE_COLOR") || isSet("CLICOLOR_FORCE"): true
      case .auto: isTerminal && !isDumb
      }
  }

  func painted(_ text: String, _ role: Role) -> String {
    isColoured && role != .plain ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// Foreign text for a terminal: control bytes replaced, cut to a number of cells.
  func clipped(_ text: String, cells: Int) -> String {
    let clean = printable(text)
    guard Cells.width(clean) > cells else { return clean }
    let mark = isASCII ? "..." : "…"
    var room = max(0, cells - Cells.width(mark))
    var kept = ""
    for scalar in clean.unicodeScalars {
      let width = Cells.width(scalar)
      if width > room { break }
      room -= width
      kept.unicodeScalars.append(scalar)
    }
    return kept + mark
  }

  /// Foreign text without what could drive a terminal.
  func printable(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      // Marks that turn the direction of text can make a line say something else.
      let turns =
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      return isControl || turns || (isASCII && scalar.value > 0x7E) ? "?" : scalar
    }
    return String(String.UnicodeScalarView(scalars))
  }
}

/// Widths in cells of a terminal.
enum Cells {
  static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  /// Two for wide East Asian characters and pictures, none for marks that combine.
  static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    let wide: [ClosedRange<UInt32>] = [
      0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD,
    ]
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }
}

extension String {
  /// The text followed by blanks up to a width in cells; a longer text is followed by one blank.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - Cells.width(self)))
  }

  /// The text preceded by blanks up to a width in cells.
  func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - Cells.width(self))) + self
  }
}

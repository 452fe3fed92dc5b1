extension DefaultStringInterpolation {
  /// Foreign text inside HTML, as content or as a quoted attribute. Control characters, which HTML
  /// forbids even as references, are replaced.
  package mutating func appendInterpolation(html text: String) {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      default: escaped.unicodeScalars.append(scalar.isHarmless ? scalar : "\u{FFFD}")
      }
    }
    appendLiteral(escaped)
  }

  /// Foreign text on a terminal: what could move the cursor, change colours or reorder the line is
  /// replaced.
  package mutating func appendInterpolation(terminal text: String) {
    appendLiteral(text.terminalSafe)
  }
}

extension String {
  var terminalSafe: String {
    var safe = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n", "\r", "\t": safe += " "
      default: safe.unicodeScalars.append(scalar.isHarmless ? scalar : "\u{FFFD}")
      }
    }
    return safe
  }
}

extension Unicode.Scalar {
  /// Neither a control character nor one that reorders text.
  package var isHarmless: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: false
    case 0xFFFE...0xFFFF: false
    default: true
    }
  }
}

import ArgumentParser
import FoundationEssentials
import Glibc

/// What `--color` says.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// Flag, then NO_COLOR, then FORCE_COLOR, then a dumb terminal, then whether it is one at all.
  var isOn: Bool {
    switch self {
    case .always: return true
    case .never: return false
    case .auto: break
    }
    let environment = ProcessInfo.processInfo.environment
    func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
    if isSet("NO_COLOR") { return false }
    if isSet("FORCE_COLOR") || isSet("CLICOLOR_FORCE") { return true }
    return environment["TERM"] != "dumb" && isatty(STDOUT_FILENO) == 1
  }

  /// Whether the locale's characters are Unicode.
  static var isUTF8: Bool {
    let environment = ProcessInfo.processInfo.environment
    let locale = environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? ""
    return locale.uppercased().contains("UTF-8") || locale.uppercased().contains("UTF8")
  }
}

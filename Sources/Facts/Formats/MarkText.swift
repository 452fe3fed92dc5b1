/// What a MARK or CONNMARK target does, in one spelling for all that tools print.
struct MarkText: Equatable {
  /// set, restore (packet's mark from the connection's) or save (the other way).
  var action: String
  /// Bits that are set, in hexadecimal; nil for restore and save.
  var value: String?
  /// Bits that are replaced; for restore and save those of the packet's mark.
  var mask: String?
  /// Bits of the connection's mark that restore and save copy.
  var connectionMask: String?

  private static let all = UInt32.max

  /// Options as `iptables-save` prints them: `--set-xmark 0x80/0x80`, `--restore-mark --mask 0x80`.
  init?(options words: [String]) {
    func number(behind option: String) -> String? {
      words.firstIndex(of: option).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    }
    for option in ["--restore-mark", "--save-mark"] where words.contains(option) {
      let both = number(behind: "--mask").flatMap(Self.number)
      self.init(
        copying: option == "--restore-mark" ? "restore" : "save",
        mask: number(behind: "--nfmask").flatMap(Self.number) ?? both,
        connectionMask: number(behind: "--ctmask").flatMap(Self.number) ?? both)
      return
    }
    let spellings = ["--set-xmark", "--set-mark", "--or-mark", "--and-mark", "--xor-mark"]
    for option in spellings {
      guard let text = number(behind: option), let pair = Self.pair(text) else { continue }
      self.init(setting: option.dropFirst(2).dropLast(option == "--set-xmark" ? 0 : 5), pair)
      return
    }
    return nil
  }

  /// Words of a listing: `CONNMARK or 0x80`, `MARK xset 0x1/0xff`, `CONNMARK restore mask 0x80`.
  init?(listing words: [String]) {
    guard words.count >= 2 else { return nil }
    switch words[1] {
    case "restore", "save":
      func number(behind word: String) -> UInt32? {
        guard let at = words.firstIndex(of: word), at + 1 < words.count else { return nil }
        // `nfmask ~0x1` is printed as such, and is not inverted, by every release that prints it.
        let text = words[at + 1]
        return Self.number(text.hasPrefix("~") ? String(text.dropFirst()) : text)
      }
      let both = number(behind: "mask")
      self.init(
        copying: words[1], mask: number(behind: "nfmask") ?? both,
        connectionMask: number(behind: "ctmask") ?? both)
    default:
      guard words.count >= 3, let pair = Self.pair(words[2]) else { return nil }
      self.init(setting: words[1] == "xset" ? "set-xmark" : words[1][...], pair)
    }
  }

  private init(copying action: String, mask: UInt32?, connectionMask: UInt32?) {
    self.action = action
    self.mask = Self.hex(mask ?? Self.all)
    self.connectionMask = Self.hex(connectionMask ?? Self.all)
  }

  /// All spellings are `mark = (mark & ~mask) ^ value`.
  private init?(setting operation: Substring, _ pair: (value: UInt32, mask: UInt32?)) {
    action = "set"
    let (value, mask) = pair
    let all = Self.all
    let (bits, replaced): (UInt32, UInt32)
    switch operation {
    case "set-xmark": (bits, replaced) = (value, mask ?? all)
    case "set": (bits, replaced) = (value, (mask ?? all) | value)
    case "or": (bits, replaced) = (value, value)
    case "and": (bits, replaced) = (0, ~value)
    case "xor": (bits, replaced) = (value, 0)
    default: return nil
    }
    self.value = Self.hex(bits)
    self.mask = Self.hex(replaced)
  }

  private static func hex(_ number: UInt32) -> String { "0x" + String(number, radix: 16) }

  private static func pair(_ text: String) -> (value: UInt32, mask: UInt32?)? {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let value = number(String(first)) else { return nil }
    guard parts.count > 1 else { return (value, nil) }
    return number(String(parts[1])).map { (value, $0) }
  }

  /// A number of C: decimal, or hexadecimal behind `0x`.
  static func number(_ text: String) -> UInt32? {
    text.hasPrefix("0x") || text.hasPrefix("0X")
      ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
  }
}

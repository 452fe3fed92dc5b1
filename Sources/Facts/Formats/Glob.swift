/// Shell patterns with `*` and `?`, as systemd's `[Match]` sections use them.
enum Glob {
  /// Whether the pattern describes the whole text. Takes time proportional to the product of both.
  static func matches(_ pattern: String, _ text: String) -> Bool {
    let pattern = Array(pattern.utf8)
    let text = Array(text.utf8)
    var reached = Set([0])
    for byte in pattern {
      var next = Set<Int>()
      for at in reached {
        switch byte {
        case UInt8(ascii: "*"): next.formUnion(at...text.count)
        case UInt8(ascii: "?"): if at < text.count { next.insert(at + 1) }
        default: if at < text.count, text[at] == byte { next.insert(at + 1) }
        }
      }
      reached = next
    }
    return reached.contains(text.count)
  }
}

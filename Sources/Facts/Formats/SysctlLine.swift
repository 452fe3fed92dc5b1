/// A kernel parameter as tools and configuration files spell it.
struct SysctlLine {
  var key: String
  var value: String
  var isOptional: Bool

  /// `key = value`; nil for anything else.
  init?(_ line: Bytes) {
    guard let (left, right) = line.cut(at: UInt8(ascii: "=")) else { return nil }
    var name = left.trimmed
    isOptional = name.first == UInt8(ascii: "-")
    if isOptional { name = name.dropFirst().trimmed }
    guard !name.isEmpty, !name.contains(where: \.isBlank) else { return nil }
    key = Self.canonical(name)
    value = String(right.trimmed)
  }

  /// The spelling of `sysctl -a`: dots between parts, slashes for dots inside a part. As sysctl
  /// itself does, the first separator decides which of the two a file uses.
  static func canonical(_ name: Bytes) -> String {
    var name = name
    if name.starts("/proc/sys/") { name = name.dropFirst(10) }
    let dot = UInt8(ascii: ".")
    let slash = UInt8(ascii: "/")
    guard let first = name.first(where: { $0 == dot || $0 == slash }), first == slash else {
      return String(name)
    }
    return String(name.map { $0 == slash ? dot : $0 == dot ? slash : $0 }[...])
  }
}

/// A shell prompt with the command behind it, echoed into a file that a person put together.
enum ShellPrompt {
  /// `[root@ip-10-42-7-19 ~]# ip rule`, `user@host:~$ ip rule`, `# ip rule` or `$ ip rule`.
  static func matches(_ line: Bytes) -> Bool {
    let line = line.trimmed
    if line.starts("$ ") || line.starts("# ") { return true }
    let end = line.firstRange(of: Array("# ".utf8)) ?? line.firstRange(of: Array("$ ".utf8))
    guard let end else {
      return line.contains(UInt8(ascii: "@"))
        && (line.last == UInt8(ascii: "#") || line.last == UInt8(ascii: "$"))
    }
    return line[..<end.lowerBound].contains(UInt8(ascii: "@"))
  }
}

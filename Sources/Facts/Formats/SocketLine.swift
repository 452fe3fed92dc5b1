/// A line of `netstat` or `ss` that is about an internet socket.
struct SocketLine {
  var family: String
  var transport: String
  /// In the kernel's words: ESTABLISHED, TIME_WAIT, LISTEN, CLOSE.
  var state: String
  var received: Int64?
  var backlog: Int64?
  var address: String?
  var port: Int64?
  var pid: Int64?
  var process: String?

  private static let names: [String: String] = [
    "ESTAB": "ESTABLISHED", "UNCONN": "CLOSE", "TIME-WAIT": "TIME_WAIT", "SYN-SENT": "SYN_SENT",
    "SYN-RECV": "SYN_RECV", "FIN-WAIT-1": "FIN_WAIT1", "FIN-WAIT-2": "FIN_WAIT2",
    "CLOSE-WAIT": "CLOSE_WAIT", "LAST-ACK": "LAST_ACK", "LISTEN": "LISTEN", "CLOSING": "CLOSING",
    "ESTABLISHED": "ESTABLISHED", "TIME_WAIT": "TIME_WAIT", "SYN_SENT": "SYN_SENT",
    "SYN_RECV": "SYN_RECV", "FIN_WAIT1": "FIN_WAIT1", "FIN_WAIT2": "FIN_WAIT2",
    "CLOSE_WAIT": "CLOSE_WAIT", "LAST_ACK": "LAST_ACK", "CLOSE": "CLOSE",
  ]

  /// Whether it waits for others: TCP in LISTEN, UDP without a connection.
  var isListening: Bool { transport == "tcp" ? state == "LISTEN" : state == "CLOSE" }

  /// any, loopback or specific, as the collector says it.
  var boundTo: String {
    switch address {
    case "0.0.0.0", "::", "*", "[::]": "any"
    case "127.0.0.1", "::1", "[::1]": "loopback"
    default: address?.hasPrefix("127.") == true ? "loopback" : "specific"
    }
  }

  /// `tcp   0  0 127.0.0.1:8080  0.0.0.0:*  LISTEN  26091/python3` of netstat, or
  /// `tcp   LISTEN 0  128  127.0.0.1:8080  0.0.0.0:*  users:(("a",pid=1,fd=3))` of ss.
  init?(_ line: Bytes) {
    let words = line.prefix(4096).words.map { String($0) }
    guard words.count >= 4 else { return nil }
    if let state = Self.names[words[0]], words[1].utf8.allSatisfy(\.isASCIIDigit) {
      // `ss -t` leaves out the first column.
      self.init("tcp", state, words.dropFirst(1))
    } else if words.count >= 5, let state = Self.names[words[1]],
      words[0].hasPrefix("tcp") || words[0].hasPrefix("udp")
    {
      self.init(words[0], state, words.dropFirst(2))
    } else if words.count >= 5, words[0].hasPrefix("tcp") || words[0].hasPrefix("udp"),
      words[1].utf8.allSatisfy(\.isASCIIDigit)
    {
      let state = words.count > 5 ? Self.names[words[5]] : nil
      self.init(words[0], state ?? "CLOSE", words.dropFirst(1))
      readOwner(words.dropFirst(state == nil ? 5 : 6))
      // The send queue of netstat is no backlog.
      backlog = nil
    } else {
      return nil
    }
  }

  /// From the receive queue on.
  private init?(_ transport: String, _ state: String, _ words: ArraySlice<String>) {
    var words = words
    guard let received = words.popFirst(), let sent = words.popFirst(),
      let local = words.popFirst(), let colon = local.lastIndex(of: ":")
    else { return nil }
    self.transport = transport.hasPrefix("udp") ? "udp" : "tcp"
    self.state = state
    self.received = Int64(received)
    backlog = state == "LISTEN" ? Int64(sent) : nil
    var text = String(local[..<colon])
    if let zone = text.firstIndex(of: "%") { text = String(text[..<zone]) }
    if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
    address = text
    port = Int64(local[local.index(after: colon)...])
    // `ss` prints `*` for a socket of both families.
    family =
      transport.hasSuffix("6") || text.utf8.contains(UInt8(ascii: ":")) || text == "*"
      ? "ipv6" : "ipv4"
    if let users = words.first(where: { $0.hasPrefix("users:((") }) {
      process = users.split(separator: "\"").dropFirst().first.map { String($0) }
      pid = users.split(separator: "=").dropFirst().first.flatMap {
        Int64($0.prefix { $0.isNumber })
      }
    }
  }

  private mutating func readOwner(_ words: ArraySlice<String>) {
    guard let owner = words.first(where: { $0.utf8.contains(UInt8(ascii: "/")) }) else { return }
    let parts = owner.split(separator: "/", maxSplits: 1)
    guard parts.count == 2, let number = Int64(parts[0]) else { return }
    pid = number
    // `netstat` cuts names, and a name such as `sshd:` keeps its colon.
    process = parts[1].hasSuffix(":") ? String(parts[1].dropLast()) : String(parts[1])
  }

  /// Headings, other families and prompts.
  static func isRemark(_ line: Bytes) -> Bool {
    let starts = [
      "Active ", "Proto ", "Netid ", "State ", "unix ", "raw", "Total:", "TCP:", "Transport ",
      "RAW", "UDP", "TCP", "INET", "FRAG", "u_", "nl ", "p_", "v_", "icmp", "sctp", "(",
    ]
    return line.isEmpty || starts.contains { line.starts($0) } || ShellPrompt.matches(line)
  }
}

/// The words that iproute2 prints for the kernel's numbers. An unknown number stays a number.
enum NetlinkNames {
  /// Names of numbers, in a form that is short to write and to look up.
  private static func name(_ number: some FixedWidthInteger, _ names: [Int: String]) -> String {
    names[Int(number)] ?? String(number)
  }

  static func operationalState(_ number: UInt8) -> String {
    name(
      number,
      [
        0: "UNKNOWN", 1: "NOTPRESENT", 2: "DOWN", 3: "LOWERLAYERDOWN", 4: "TESTING", 5: "DORMANT",
        6: "UP",
      ])
  }

  static func hardware(_ number: UInt16) -> String {
    name(
      number,
      [
        1: "ether", 512: "ppp", 768: "ipip", 769: "tunnel6", 772: "loopback", 776: "sit",
        778: "gre", 65534: "none",
      ])
  }

  static func family(_ number: UInt8) -> String {
    name(number, [2: "inet", 10: "inet6", 7: "bridge", 28: "mpls", 0: "unspec"])
  }

  static func scope(_ number: UInt8) -> String {
    name(number, [0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"])
  }

  static func table(_ number: UInt32) -> String {
    name(number, [253: "default", 254: "main", 255: "local"])
  }

  static func routeProtocol(_ number: UInt8) -> String {
    name(
      number,
      [
        0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra",
        10: "mrt", 11: "zebra", 12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp",
        18: "keepalived", 42: "babel", 186: "bgp", 187: "isis", 188: "ospf", 189: "rip",
        192: "eigrp",
      ])
  }

  static func routeType(_ number: UInt8) -> String {
    name(
      number,
      [
        0: "none", 1: "unicast", 2: "local", 3: "broadcast", 4: "anycast", 5: "multicast",
        6: "blackhole", 7: "unreachable", 8: "prohibit", 9: "throw", 10: "nat",
      ])
  }

  /// Flags of a link in the order of iproute2.
  static func linkFlags(_ flags: UInt32) -> [String] {
    let up: UInt32 = 0x1
    let running: UInt32 = 0x40
    let names: [(UInt32, String)] = [
      (0x8, "LOOPBACK"), (0x2, "BROADCAST"), (0x10, "POINTOPOINT"), (0x1000, "MULTICAST"),
      (0x80, "NOARP"), (0x200, "ALLMULTI"), (0x100, "PROMISC"), (0x400, "MASTER"),
      (0x800, "SLAVE"), (0x4, "DEBUG"), (0x8000, "DYNAMIC"), (0x4000, "AUTOMEDIA"),
      (0x2000, "PORTSEL"), (0x20, "NOTRAILERS"), (up, "UP"), (0x10000, "LOWER_UP"),
      (0x20000, "DORMANT"), (0x40000, "ECHO"),
    ]
    let words = names.filter { flags & $0.0 != 0 }.map(\.1)
    return flags & up != 0 && flags & running == 0 ? ["NO-CARRIER"] + words : words
  }

  /// States of a neighbour.
  static func neighbourStates(_ states: UInt16) -> [String] {
    let names: [(UInt16, String)] = [
      (0x01, "INCOMPLETE"), (0x02, "REACHABLE"), (0x04, "STALE"), (0x08, "DELAY"),
      (0x10, "PROBE"), (0x20, "FAILED"), (0x40, "NOARP"), (0x80, "PERMANENT"),
    ]
    let words = names.filter { states & $0.0 != 0 }.map(\.1)
    return words.isEmpty ? ["NONE"] : words
  }

  /// States of a TCP connection as the kernel numbers them for sockets.
  static func tcpState(_ number: UInt8) -> String {
    name(
      number,
      [
        1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2",
        6: "TIME_WAIT", 7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING",
        12: "NEW_SYN_RECV",
      ])
  }

  /// States of a TCP connection as connection tracking numbers them.
  static func trackedState(_ number: UInt8) -> String {
    name(
      number,
      [
        0: "NONE", 1: "SYN_SENT", 2: "SYN_RECV", 3: "ESTABLISHED", 4: "FIN_WAIT", 5: "CLOSE_WAIT",
        6: "LAST_ACK", 7: "TIME_WAIT", 8: "CLOSE", 9: "SYN_SENT2",
      ])
  }

  static func transport(_ number: UInt8) -> String {
    name(
      number,
      [
        1: "icmp", 2: "igmp", 4: "ipip", 6: "tcp", 17: "udp", 33: "dccp", 47: "gre", 58: "icmpv6",
        132: "sctp", 136: "udplite",
      ])
  }
}

/// An internet address in the form that every tool prints.
struct InternetAddress: Hashable, Sendable {
  let bytes: [UInt8]

  /// An address of 4 or 16 bytes; other lengths are damage.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = Array(bytes)
  }

  /// `127.0.0.0/8` or `::1`.
  var isLoopback: Bool {
    bytes.count == 4
      ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
  }

  /// `0.0.0.0` or `::`.
  var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

  /// Text in the form of RFC 5952 for IPv6.
  var text: String {
    guard bytes.count == 16 else { return bytes.map { String($0) }.joined(separator: ".") }
    // Addresses that carry an IPv4 address are printed with it.
    if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
      return "::ffff:" + bytes[12...].map { String($0) }.joined(separator: ".")
    }
    let groups = stride(from: 0, to: 16, by: 2).map {
      UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
    }
    let zeros = Self.longestZeros(groups)
    func joined(_ part: ArraySlice<UInt16>) -> String {
      part.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard zeros.count > 1 else { return joined(groups[...]) }
    return joined(groups[..<zeros.lowerBound]) + "::" + joined(groups[zeros.upperBound...])
  }

  /// The first of the longest runs of zero groups.
  private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
    var best = 0..<0
    var start = 0
    for index in 0...groups.count {
      if index < groups.count, groups[index] == 0 { continue }
      if index - start > best.count { best = start..<index }
      start = index + 1
    }
    return best
  }
}

/// A tracked connection, as far as it is counted.
struct ConnectionMessage: Sendable {
  let family: UInt8
  let transport: UInt8
  let source: InternetAddress
  let destination: InternetAddress
  let destinationPort: UInt16?
  let sourcePort: UInt16?
  /// State of a TCP connection.
  let state: UInt8?
  let mark: UInt32
  let zone: UInt16
  let status: UInt32

  /// Bits of the status.
  enum Status {
    static let seenReply: UInt32 = 1 << 1
    static let assured: UInt32 = 1 << 2
    static let sourceChanged: UInt32 = 1 << 4
    static let destinationChanged: UInt32 = 1 << 5
  }

  /// The request for every connection of both families.
  static let request = NetlinkSource.Request(
    part: .netfilter, type: 1 << 8 | 1, body: NetfilterHeader.any)

  /// Reads a connection; `nil` for other messages and for damage.
  init?(_ message: NetlinkMessage) {
    guard message.type == 1 << 8, let family = message.body.u8(0) else { return nil }
    let attributes = NetlinkAttributes(message.body.from(4))
    guard let original = attributes.nested(1), let addresses = original.nested(1),
      let ports = original.nested(2), let transport = ports.u8(1)
    else { return nil }
    let isIPv6 = family == 10
    guard let source = addresses[isIPv6 ? 3 : 1].flatMap({ InternetAddress($0) }),
      let destination = addresses[isIPv6 ? 4 : 2].flatMap({ InternetAddress($0) })
    else { return nil }
    self.family = family
    self.transport = transport
    self.source = source
    self.destination = destination
    sourcePort = ports[2]?.networkU16(0)
    destinationPort = ports[3]?.networkU16(0)
    state = attributes.nested(4)?.nested(1)?.u8(1)
    mark = attributes[8]?.networkU32(0) ?? 0
    zone = attributes[18]?.networkU16(0) ?? 0
    status = attributes[3]?.networkU32(0) ?? 0
  }
}

/// The header of every message of the packet filter.
enum NetfilterHeader {
  /// A question about every family.
  static let any: [UInt8] = [0, 0, 0, 0]
}

/// Counters of connection tracking on one processor.
struct TrackingStatistics: Sendable {
  let processor: Int
  let counters: [String: UInt64]

  /// The request for the counters of every processor.
  static let request = NetlinkSource.Request(
    part: .netfilter, type: 1 << 8 | 4, body: NetfilterHeader.any)

  /// Reads one processor's counters; `nil` for other messages and for damage.
  init?(_ message: NetlinkMessage) {
    guard message.type == 1 << 8 | 4, let processor = message.body.networkU16(2) else { return nil }
    let names: [UInt16: String] = [
      2: "found", 4: "invalid", 8: "insert", 9: "insert_failed", 10: "drop", 11: "early_drop",
      12: "error", 13: "search_restart", 14: "clash_resolve", 15: "chaintoolong",
    ]
    let attributes = NetlinkAttributes(message.body.from(4))
    var counters: [String: UInt64] = [:]
    for (type, name) in names {
      if let value = attributes[type]?.networkU32(0) { counters[name] = UInt64(value) }
    }
    guard !counters.isEmpty else { return nil }
    self.processor = Int(processor)
    self.counters = counters
  }
}

import BundleModel

/// The tables and base chains of nf_tables, as the kernel lists them. Asking programs would create
/// tables in old releases; asking the kernel changes nothing once nf_tables is loaded.
enum FilterTables {
  /// A table by family and name.
  struct Table: Hashable, Sendable {
    var family: String
    var name: String
  }

  /// A chain that hangs on a hook of the kernel.
  struct BaseChain: Sendable {
    var family: String
    var table: String
    var name: String
    var hook: UInt32
    var priority: Int
    var policy: String
    var packets: UInt64?
    var bytes: UInt64?
    /// `filter`, `nat` or `route`.
    var type: String
  }

  /// The hook that forwarded packets pass.
  static let forwardHook: UInt32 = 2

  private static let subsystem: UInt16 = 10 << 8

  private static func family(_ number: UInt8) -> String {
    switch number {
    case 1: "inet"
    case 2: "ip"
    case 3: "arp"
    case 5: "netdev"
    case 7: "bridge"
    case 10: "ip6"
    default: String(number)
    }
  }

  /// Every table. Blocks.
  static func tables() -> Result<Set<Table>, NetlinkSource.Failure> {
    let request = NetlinkSource.Request(
      part: .netfilter, type: subsystem | 1, body: NetfilterHeader.any)
    return NetlinkSource().list(request).map { list in
      Set(list.messages.compactMap(table))
    }
  }

  static func table(_ message: NetlinkMessage) -> Table? {
    guard message.type == subsystem, let number = message.body.u8(0),
      let name = NetlinkAttributes(message.body.from(4)).text(1)
    else { return nil }
    return Table(family: family(number), name: name)
  }

  /// Every base chain. Blocks.
  static func baseChains() -> Result<[BaseChain], NetlinkSource.Failure> {
    let request = NetlinkSource.Request(
      part: .netfilter, type: subsystem | 4, body: NetfilterHeader.any)
    return NetlinkSource().list(request).map { $0.messages.compactMap(chain) }
  }

  static func chain(_ message: NetlinkMessage) -> BaseChain? {
    guard message.type == subsystem | 3, let number = message.body.u8(0) else { return nil }
    let attributes = NetlinkAttributes(message.body.from(4))
    guard let table = attributes.text(1), let name = attributes.text(3),
      let hook = attributes.nested(4), let place = hook[1]?.networkU32(0)
    else { return nil }
    let priority = hook[2]?.networkU32(0).map { Int(Int32(bitPattern: $0)) } ?? 0
    let counters = attributes.nested(8)
    return BaseChain(
      family: family(number), table: table, name: name, hook: place, priority: priority,
      policy: attributes[5]?.networkU32(0) == 0 ? "DROP" : "ACCEPT",
      packets: counters?[2]?.networkU64(0), bytes: counters?[1]?.networkU64(0),
      type: attributes.text(7) ?? "filter")
  }
}

/// An interface, in the words of `ip -json -details -statistics link show`.
struct LinkMessage: Sendable, Encodable {
  var ifindex: Int
  /// Name of the other end or the lower device, where it is in the same namespace.
  var link: String?
  /// Index of the other end in its own namespace.
  var link_index: Int?
  var ifname: String
  var flags: [String]
  var mtu: Int?
  var qdisc: String?
  var master: String?
  var operstate: String?
  var group: String?
  var txqlen: Int?
  var link_type: String
  var address: String?
  var broadcast: String?
  var link_netnsid: Int?
  var promiscuity: Int?
  var min_mtu: Int?
  var max_mtu: Int?
  var linkinfo: Kind?
  var num_tx_queues: Int?
  var num_rx_queues: Int?
  var parentbus: String?
  var parentdev: String?
  var altnames: [String]?
  var xdp: Program?
  var stats64: Statistics?
  var addr_info: [AddressMessage]?

  struct Kind: Sendable, Encodable {
    var info_kind: String?
    var info_slave_kind: String?
  }

  /// An XDP program: the mode of its attachment and its id.
  struct Program: Sendable, Encodable {
    var mode: Int
    var prog: Identifier

    struct Identifier: Sendable, Encodable {
      var id: Int
    }
  }

  struct Statistics: Sendable, Encodable {
    var rx: Received
    var tx: Sent

    struct Received: Sendable, Encodable {
      var bytes, packets, errors, dropped, over_errors, multicast: UInt64
    }

    struct Sent: Sendable, Encodable {
      var bytes, packets, errors, dropped, carrier_errors, collisions: UInt64
    }
  }

  /// Index of the lower device or the other end, before its name is known.
  private(set) var lower: Int?
  private(set) var masterIndex: Int?

  private enum CodingKeys: String, CodingKey {
    case ifindex, link, link_index, ifname, flags, mtu, qdisc, master, operstate, group, txqlen
    case link_type, address, broadcast, link_netnsid, promiscuity, min_mtu, max_mtu, linkinfo
    case num_tx_queues, num_rx_queues, parentbus, parentdev, altnames, xdp, stats64, addr_info
  }

  /// The request for all links with their statistics.
  static let request = NetlinkSource.Request(part: .route, type: 18, body: .zeros(16))

  private enum Attribute {
    static let address: UInt16 = 1
    static let broadcast: UInt16 = 2
    static let name: UInt16 = 3
    static let mtu: UInt16 = 4
    static let link: UInt16 = 5
    static let qdisc: UInt16 = 6
    static let master: UInt16 = 10
    static let queueLength: UInt16 = 13
    static let state: UInt16 = 16
    static let info: UInt16 = 18
    static let statistics: UInt16 = 23
    static let group: UInt16 = 27
    static let promiscuity: UInt16 = 30
    static let sendQueues: UInt16 = 31
    static let receiveQueues: UInt16 = 32
    static let namespace: UInt16 = 37
    static let xdp: UInt16 = 43
    static let smallestMTU: UInt16 = 50
    static let largestMTU: UInt16 = 51
    static let properties: UInt16 = 52
    static let alternativeName: UInt16 = 53
    static let parentDevice: UInt16 = 56
    static let parentBus: UInt16 = 57
  }

  /// Reads a link; `nil` for other messages and for damage.
  init?(_ message: NetlinkMessage) {
    guard message.type == 16, let hardware = message.body.u16(2),
      let index = message.body.u32(4), let bits = message.body.u32(8)
    else { return nil }
    let attributes = NetlinkAttributes(message.body.from(16))
    guard let name = attributes.text(Attribute.name) else { return nil }
    ifindex = Int(index)
    ifname = name
    flags = NetlinkNames.linkFlags(bits)
    link_type = NetlinkNames.hardware(hardware)
    func number(_ type: UInt16) -> Int? { attributes.u32(type).map { Int($0) } }
    mtu = number(Attribute.mtu)
    qdisc = attributes.text(Attribute.qdisc)
    operstate = attributes.u8(Attribute.state).map(NetlinkNames.operationalState)
    group = number(Attribute.group).map { $0 == 0 ? "default" : String($0) }
    txqlen = number(Attribute.queueLength)
    address = attributes[Attribute.address]?.hardwareAddress
    broadcast = attributes[Attribute.broadcast]?.hardwareAddress
    promiscuity = number(Attribute.promiscuity)
    min_mtu = number(Attribute.smallestMTU)
    max_mtu = number(Attribute.largestMTU)
    num_tx_queues = number(Attribute.sendQueues)
    num_rx_queues = number(Attribute.receiveQueues)
    parentbus = attributes.text(Attribute.parentBus)
    parentdev = attributes.text(Attribute.parentDevice)
    link_netnsid = attributes.u32(Attribute.namespace).map { Int(Int32(bitPattern: $0)) }
    lower = number(Attribute.link)
    masterIndex = number(Attribute.master)
    linkinfo = attributes.nested(Attribute.info).map { info in
      Kind(info_kind: info.text(1), info_slave_kind: info.text(4))
    }
    let names = attributes.nested(Attribute.properties)?.every(Attribute.alternativeName)
      .map(\.zeroTerminated)
    altnames = names?.isEmpty == false ? names : nil
    xdp = attributes.nested(Attribute.xdp).flatMap(Self.program)
    stats64 = attributes[Attribute.statistics].flatMap(Self.statistics)
  }

  private static func program(_ attributes: NetlinkAttributes) -> Program? {
    guard let mode = attributes.u8(2), mode != 0, let id = attributes.u32(4) else { return nil }
    return Program(mode: Int(mode), prog: .init(id: Int(id)))
  }

  /// `struct rtnl_link_stats64`: counters of 8 bytes.
  private static func statistics(_ bytes: ArraySlice<UInt8>) -> Statistics? {
    func counter(_ index: Int) -> UInt64 { bytes.u64(index * 8) ?? 0 }
    guard bytes.count >= 23 * 8 else { return nil }
    return Statistics(
      rx: .init(
        bytes: counter(2), packets: counter(0), errors: counter(4), dropped: counter(6),
        over_errors: counter(11), multicast: counter(8)),
      tx: .init(
        bytes: counter(3), packets: counter(1), errors: counter(5), dropped: counter(7),
        carrier_errors: counter(16), collisions: counter(9)))
  }

  /// Puts names in the place of indexes, as far as they are of the same namespace.
  static func named(_ links: [LinkMessage]) -> [LinkMessage] {
    let names = Dictionary(links.map { ($0.ifindex, $0.ifname) }) { first, _ in first }
    return links.map { original in
      var link = original
      link.master = original.masterIndex.flatMap { names[$0] }
      // An index of 0 or of the link itself says that there is no other end, unless that one is in
      // another namespace, which counts for itself.
      guard let lower = original.lower, lower != 0,
        lower != original.ifindex || original.link_netnsid != nil
      else { return link }
      if original.link_netnsid == nil, let name = names[lower] {
        link.link = name
      } else {
        link.link_index = lower
      }
      return link
    }
  }
}

/// An address of an interface, in the words of `ip -json address show`.
struct AddressMessage: Sendable, Encodable {
  var family: String
  var local: String
  /// The other end of a point-to-point link.
  var address: String?
  var prefixlen: Int
  var metric: Int?
  var broadcast: String?
  var scope: String
  var secondary: Bool?
  var temporary: Bool?
  var dynamic: Bool?
  var noprefixroute: Bool?
  var nodad: Bool?
  var tentative: Bool?
  var deprecated: Bool?
  var dadfailed: Bool?
  var label: String?
  var valid_life_time: UInt32?
  var preferred_life_time: UInt32?

  /// The interface that holds the address.
  private(set) var index: Int

  private enum CodingKeys: String, CodingKey {
    case family, local, address, prefixlen, metric, broadcast, scope, secondary, temporary, dynamic
    case noprefixroute, nodad, tentative, deprecated, dadfailed, label, valid_life_time
    case preferred_life_time
  }

  /// The request for all addresses.
  static let request = NetlinkSource.Request(part: .route, type: 22, body: .zeros(8))

  /// Reads an address; `nil` for other messages and for damage.
  init?(_ message: NetlinkMessage) {
    guard message.type == 20, let family = message.body.u8(0), family == 2 || family == 10,
      let length = message.body.u8(1), let flags = message.body.u8(2),
      let scope = message.body.u8(3), let index = message.body.u32(4)
    else { return nil }
    let attributes = NetlinkAttributes(message.body.from(8))
    let peer = attributes[1].flatMap { InternetAddress($0) }
    guard let local = attributes[2].flatMap({ InternetAddress($0) }) ?? peer else { return nil }
    self.family = NetlinkNames.family(family)
    self.local = local.text
    address = peer == local ? nil : peer?.text
    prefixlen = Int(length)
    metric = attributes.u32(9).map { Int($0) }
    broadcast = attributes[4].flatMap { InternetAddress($0) }?.text
    self.scope = NetlinkNames.scope(scope)
    label = attributes.text(3)
    self.index = Int(index)
    let bits = attributes.u32(8) ?? UInt32(flags)
    func flag(_ bit: UInt32) -> Bool? { bits & bit != 0 ? true : nil }
    if family == 2 { secondary = flag(0x01) } else { temporary = flag(0x01) }
    nodad = flag(0x02)
    dadfailed = flag(0x08)
    deprecated = flag(0x20)
    tentative = flag(0x40)
    dynamic = bits & 0x80 == 0 ? true : nil
    noprefixroute = flag(0x200)
    preferred_life_time = attributes[6]?.u32(0)
    valid_life_time = attributes[6]?.u32(4)
  }
}

/// A neighbour, in the words of `ip -json neigh show`.
struct NeighbourMessage: Sendable, Encodable {
  var family: String
  var dst: String
  var dev: String
  var lladdr: String?
  var router: Bool?
  var proxy: Bool?
  var state: [String]

  private(set) var index: Int
  /// Multicast and loopback entries that need no resolution; `ip` leaves them out.
  private(set) var needsNone: Bool

  private enum CodingKeys: String, CodingKey {
    case family, dst, dev, lladdr, router, proxy, state
  }

  /// The request for all neighbours.
  static let request = NetlinkSource.Request(part: .route, type: 30, body: .zeros(12))

  /// Reads a neighbour; `nil` for other messages and for damage.
  init?(_ message: NetlinkMessage, names: [Int: String]) {
    guard message.type == 28, let family = message.body.u8(0), family == 2 || family == 10,
      let index = message.body.u32(4), let state = message.body.u16(8),
      let flags = message.body.u8(10)
    else { return nil }
    let attributes = NetlinkAttributes(message.body.from(12))
    guard let destination = attributes[1].flatMap({ InternetAddress($0) }) else { return nil }
    self.family = NetlinkNames.family(family)
    dst = destination.text
    self.index = Int(index)
    dev = names[Int(index)] ?? "if\(index)"
    lladdr = attributes[2]?.hardwareAddress
    router = flags & 0x80 != 0 ? true : nil
    proxy = flags & 0x08 != 0 ? true : nil
    self.state = NetlinkNames.neighbourStates(state)
    needsNone = state & 0x40 != 0
  }
}

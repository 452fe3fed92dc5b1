import BundleModel

/// How full the table of tracked connections is, and what was dropped.
struct TrackingCounters: Sendable {
  let host: Host

  struct Report: Encodable {
    var count: Int?
    var max: Int?
    var buckets: Int?
    /// `/proc` or `netlink`.
    var source: String?
    var processors: [[String: UInt64]]
    var total: [String: UInt64]
  }

  func output() -> DerivedSource.Output {
    let files = SmallFile(host: host)
    func value(_ name: String) -> Int? {
      files.line("/proc/sys/net/netfilter/nf_conntrack_\(name)").flatMap { Int($0) }
    }
    var report = Report(
      count: value("count"), max: value("max"), buckets: value("buckets"), processors: [],
      total: [:])
    if let text = files.text("/proc/net/stat/nf_conntrack", limit: 1 << 20) {
      report.source = "/proc"
      report.processors = Self.processors(text)
    } else if report.count != nil, KernelModules(host: host).isPresent("nf_conntrack_netlink"),
      case .success(let list) = NetlinkSource().list(TrackingStatistics.request)
    {
      report.source = "netlink"
      report.processors = list.messages.compactMap { TrackingStatistics($0)?.counters }
    }
    guard report.count != nil || !report.processors.isEmpty else {
      return .none(.missing, "the kernel tracks no connections")
    }
    for processor in report.processors {
      for (name, value) in processor { report.total[name, default: 0] &+= value }
    }
    // The number of entries is the same on every processor's line.
    report.total["entries"] = report.processors.first?["entries"]
    return .json(report)
  }

  /// A line of names, then a line of hexadecimal numbers for each processor.
  static func processors(_ text: String) -> [[String: UInt64]] {
    let lines = text.split(separator: "\n")
    guard let names = lines.first?.split(separator: " ") else { return [] }
    return lines.dropFirst().map { line in
      var counters: [String: UInt64] = [:]
      for (name, word) in zip(names, line.split(separator: " ")) {
        counters[String(name)] = UInt64(word, radix: 16)
      }
      return counters
    }
  }
}

/// Tracked connections by kind. No address is kept.
struct TrackingSummary: Sendable {
  let host: Host
  /// No node tracks more connections than this.
  private static let limit = 4_000_000
  /// Kinds beyond this many are counted together.
  private static let kindLimit = 4000

  struct Report: Encodable {
    var connections: Int
    var kinds: [Row]
    /// Connections of kinds that are not listed.
    var other: Int
  }

  struct Row: Encodable {
    var family: String
    var transport: String
    var state: String?
    var zone: Int
    var mark: String
    /// `outbound` from an address of the host, `inbound` to one, `local`, or `forwarded`.
    var direction: String
    var port: String
    var snat: Bool
    var dnat: Bool
    var replied: Bool
    var assured: Bool
    var connections: Int
  }

  private struct Kind: Hashable {
    var family: UInt8
    var transport: UInt8
    var state: UInt8?
    var zone: UInt16
    var mark: UInt32
    var direction: Direction
    var port: String
    var status: UInt32
  }

  private enum Direction: String {
    case outbound, inbound, local, forwarded
  }

  /// Blocks until everything is counted or the deadline is reached.
  func output(seconds: Double) -> DerivedSource.Output {
    guard case .success(let links) = NetworkReader().addressedLinks() else {
      return .none(.error, "the host's addresses cannot be listed")
    }
    let own = Set(links.elements.flatMap { $0.addr_info ?? [] }.map(\.local))
    var addresses: [InternetAddress: Bool] = [:]
    func isOwn(_ address: InternetAddress) -> Bool {
      if let known = addresses[address] { return known }
      let answer = own.contains(address.text)
      if addresses.count < 100_000 { addresses[address] = answer }
      return answer
    }
    let deadline = host.clock.monotonic() + Int64(seconds * 900_000)
    var counts: [Kind: Int] = [:]
    var total = 0
    var other = 0
    let outcome = NetlinkSource().read(ConnectionMessage.request) { message in
      guard let connection = ConnectionMessage(message) else { return true }
      total += 1
      let kind = kind(connection, isOwn)
      if counts[kind] != nil || counts.count < Self.kindLimit {
        counts[kind, default: 0] += 1
      } else {
        other += 1
      }
      return total < Self.limit && (total % 1024 != 0 || host.clock.monotonic() < deadline)
    }
    switch outcome {
    case .failure(let failure): return .failed(failure)
    case .success(let extent):
      var doubt: String?
      if case .partial(let reason) = extent { doubt = reason }
      return .json(Report(connections: total, kinds: rows(counts), other: other)).doubted(doubt)
    }
  }

  private func kind(
    _ connection: ConnectionMessage, _ isOwn: (InternetAddress) -> Bool
  ) -> Kind {
    let direction: Direction =
      switch (isOwn(connection.source), isOwn(connection.destination)) {
      case (true, true): .local
      case (true, false): .outbound
      case (false, true): .inbound
      case (false, false): .forwarded
      }
    let wanted =
      ConnectionMessage.Status.seenReply | ConnectionMessage.Status.assured
      | ConnectionMessage.Status.sourceChanged | ConnectionMessage.Status.destinationChanged
    return Kind(
      family: connection.family, transport: connection.transport, state: connection.state,
      zone: connection.zone, mark: connection.mark, direction: direction,
      port: Self.portClass(connection.destinationPort), status: connection.status & wanted)
  }

  /// Ports of well-known services by number, the others by range.
  static func portClass(_ port: UInt16?) -> String {
    guard let port else { return "none" }
    return switch port {
    case 22, 53, 67, 68, 80, 123, 443, 2049, 6443, 10250, 10256, 50051, 51678...51680, 61678, 61679:
      String(port)
    case 0...1023: "0-1023"
    case 30000...32767: "30000-32767"
    case 1024...29999: "1024-29999"
    default: "32768-65535"
    }
  }

  private func rows(_ counts: [Kind: Int]) -> [Row] {
    let sorted = counts.sorted { left, right in
      left.value != right.value
        ? left.value > right.value
        : (left.key.port, left.key.mark, left.key.transport, left.key.status)
          < (right.key.port, right.key.mark, right.key.transport, right.key.status)
    }
    return sorted.map { kind, connections in
      Row(
        family: NetlinkNames.family(kind.family),
        transport: NetlinkNames.transport(kind.transport),
        state: kind.state.map(NetlinkNames.trackedState), zone: Int(kind.zone),
        mark: "0x" + String(kind.mark, radix: 16), direction: kind.direction.rawValue,
        port: kind.port, snat: kind.status & ConnectionMessage.Status.sourceChanged != 0,
        dnat: kind.status & ConnectionMessage.Status.destinationChanged != 0,
        replied: kind.status & ConnectionMessage.Status.seenReply != 0,
        assured: kind.status & ConnectionMessage.Status.assured != 0, connections: connections)
    }
  }
}

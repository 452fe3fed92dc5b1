import BundleModel

/// Drivers and driver counters of the ENIs: what the instance's allowances cut off.
struct DriverStatistics: Sendable {
  let host: Host
  let session: MetadataSession
  private static let limit = 64

  struct Report: Encodable {
    var taken_at: String
    var monotonic_us: Int64
    var interfaces: [Interface]
  }

  struct Interface: Sendable, Encodable {
    var ifname: String
    var mac: String?
    var driver: EthtoolSource.Driver?
    var link: Bool?
    var rings: [String: UInt32]?
    var channels: [String: UInt32]?
    var statistics: [String: UInt64]?
  }

  func output(seconds: Double) async -> DerivedSource.Output {
    let host = host
    let known = await BlockingThread.run(seconds: seconds / 4) { () -> Known in
      let files = InterfaceFiles(host: host)
      let names = files.names()
      return Known(
        devices: names.filter { files.hasDevice($0) },
        addresses: names.compactMap { name in files.address(name).map { (name, $0) } })
    }
    guard let known else { return .none(.timeout, "/sys/class/net cannot be listed in time") }
    var names = known.devices
    // Where nothing has hardware of its own, EC2 says which interfaces are its ENIs.
    if names.isEmpty { names = await named(by: known.addresses, seconds: seconds / 4) }
    let chosen = names.prefix(Self.limit)
    guard !chosen.isEmpty else { return .none(.missing, "no interface is an ENI") }
    let interfaces = await BlockingThread.run(seconds: seconds / 2) {
      Self.read(chosen, host: host)
    }
    guard let interfaces else { return .none(.timeout, "a driver gave no answer") }
    return .json(
      Report(
        taken_at: RFC3339.string(microseconds: host.clock.wall()),
        monotonic_us: host.clock.monotonic(), interfaces: interfaces)
    ).doubted(names.count > Self.limit ? "cut at \(Self.limit) interfaces" : nil)
  }

  private struct Known: Sendable {
    var devices: [String]
    var addresses: [(name: String, mac: String)]
  }

  private func named(
    by addresses: [(name: String, mac: String)], seconds: Double
  ) async -> [String] {
    guard host.traits.contains(.instanceMetadata) else { return [] }
    let source = MetadataSource(host: host, session: session)
    // Without metadata nothing is known to be an ENI.
    let answers = try? await source.answers(
      to: ["meta-data/network/interfaces/macs/"], seconds: seconds)
    let macs = answers?.requests.first?.body?.split(separator: "\n").map { line in
      String(line.prefix { $0 != "/" })
    }
    let wanted = Set(macs ?? [])
    return addresses.filter { wanted.contains($0.mac) }.map(\.name)
  }

  private static func read(_ names: ArraySlice<String>, host: Host) -> [Interface] {
    guard let source = EthtoolSource() else { return [] }
    let files = InterfaceFiles(host: host)
    var interfaces: [Interface] = []
    for name in names where files.address(name) != nil {
      var interface = Interface(ifname: name, mac: files.address(name))
      interface.driver = source.driver(name)
      interface.link = source.hasLink(name)
      interface.rings = source.rings(name)
      interface.channels = source.channels(name)
      interface.statistics = source.statistics(name).map { values in
        Dictionary(values.map { ($0.name, $0.value) }) { first, _ in first }
      }
      interfaces.append(interface)
    }
    return interfaces
  }
}

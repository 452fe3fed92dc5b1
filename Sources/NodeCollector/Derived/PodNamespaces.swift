import BundleModel
import FoundationEssentials
import SystemPackage

/// The network namespaces of the node's pods: those that the runtime keeps by name, and those of
/// processes that have another one than the host.
struct PodNamespaces: Sendable {
  let host: Host
  /// The most namespaces that are looked at.
  static let limit = 250
  private static let folder = "/var/run/netns"

  /// A namespace and the ways to it.
  struct Namespace: Sendable {
    /// The file's name below `/var/run/netns`; `nil` if only processes hold it.
    var name: String?
    /// Path on the node through which it can be entered.
    var path: String
    var inode: UInt64?
    /// Processes in it, the first few.
    var processes: [Int] = []
  }

  /// Every namespace, named ones first; the second value is how many were left out.
  func list() -> (namespaces: [Namespace], leftOut: Int) {
    var namespaces = named()
    var places: [UInt64: Int] = [:]
    for (place, namespace) in namespaces.enumerated() {
      if let inode = namespace.inode { places[inode] = place }
    }
    let own = NamespaceFile.inode(host.path("/proc/1/ns/net"))
    for pid in processes() {
      let path = "/proc/\(pid)/ns/net"
      guard let inode = NamespaceFile.inode(host.path(path)), inode != own else { continue }
      if let place = places[inode] {
        if namespaces[place].processes.count < 16 { namespaces[place].processes.append(pid) }
      } else {
        places[inode] = namespaces.count
        namespaces.append(Namespace(path: path, inode: inode, processes: [pid]))
      }
    }
    let leftOut = max(0, namespaces.count - Self.limit)
    return (Array(namespaces.prefix(Self.limit)), leftOut)
  }

  /// The namespaces that the container runtime made for pods, by name.
  private func named() -> [Namespace] {
    // Without the folder there are no named namespaces.
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: host.path(Self.folder).string))
    return (names ?? []).filter { $0.hasPrefix("cni-") }.sorted().map { name in
      let path = "\(Self.folder)/\(name)"
      return Namespace(name: name, path: path, inode: NamespaceFile.inode(host.path(path)))
    }
  }

  private func processes() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: host.path("/proc").string))
    return (names ?? []).compactMap { Int($0) }.sorted()
  }
}

/// What each pod's namespace holds, one line of JSON for each.
struct PodNetworks: Sendable {
  let host: Host

  /// What a namespace holds.
  struct Network: Sendable, Encodable {
    var name: String?
    var path: String
    var inode: UInt64?
    /// The number by which the host's links name this namespace.
    var nsid: Int?
    var processes: [Int]?
    var links: [LinkMessage]?
    var routes4: [String]?
    var routes6: [String]?
    var rules4: [String]?
    var neighbours: [NeighbourMessage]?
    var sysctl: [String: String]?
    /// Why something is missing.
    var errors: [String]?
  }

  func output(seconds: Double) async -> DerivedSource.Output {
    let host = host
    let listing = await BlockingThread.run(seconds: min(5, seconds)) {
      PodNamespaces(host: host).list()
    }
    guard let listing else { return .none(.timeout, "the namespaces cannot be listed in time") }
    guard !listing.namespaces.isEmpty else {
      return .none(.missing, "no pod has a network namespace")
    }
    let deadline = host.clock.monotonic() + Int64(seconds * 900_000)
    var lines: [UInt8] = []
    var doubts: [String] = []
    if listing.leftOut > 0 { doubts.append("\(listing.leftOut) namespaces over the limit") }
    for (index, namespace) in listing.namespaces.enumerated() {
      let left = Double(deadline - host.clock.monotonic()) / 1_000_000
      guard left > 0, !Task.isCancelled else {
        doubts.append("\(listing.namespaces.count - index) namespaces were not reached in time")
        break
      }
      let network = await look(at: namespace, seconds: min(3, left))
      if let error = network.errors?.first {
        doubts.append("\(network.name ?? network.path): \(error)")
      }
      guard case .bytes(let line) = DerivedSource.Output.json(network) else { continue }
      lines += line
    }
    let output = DerivedSource.Output.bytes(lines)
    guard let first = doubts.first else { return output }
    return output.doubted(doubts.count > 1 ? "\(first), and \(doubts.count - 1) more" : first)
  }

  private func look(
    at namespace: PodNamespaces.Namespace, seconds: Double
  ) async -> Network {
    let path = host.path(namespace.path)
    var network = Network(
      name: namespace.name, path: namespace.path, inode: namespace.inode,
      processes: namespace.processes.isEmpty ? nil : namespace.processes)
    network.nsid =
      await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
        NamespaceFile.identifier(path)
      } ?? nil
    let host = host
    let empty = network
    let result = await NamespaceThread.run(in: path, seconds: seconds) { () -> Network in
      var network = empty
      Self.read(into: &network, host: host)
      return network
    }
    switch result {
    case .success(let full): return full
    case .failure(let failure):
      network.errors = [failure.reason]
      return network
    }
  }

  /// Runs inside the namespace.
  private static func read(into network: inout Network, host: Host) {
    let reader = NetworkReader()
    var errors: [String] = []
    func take<Element>(
      _ result: Result<NetworkReader.Reading<Element>, NetlinkSource.Failure>, _ what: String
    ) -> [Element]? {
      switch result {
      case .failure(let failure):
        errors.append("\(what): \(failure.reason)")
        return nil
      case .success(let reading):
        if let doubt = reading.doubt { errors.append("\(what): \(doubt)") }
        return reading.elements
      }
    }
    let links = take(reader.addressedLinks(), "links")
    let names = Dictionary((links ?? []).map { ($0.ifindex, $0.ifname) }) { first, _ in first }
    network.links = links
    network.routes4 = take(reader.routes(family: 2, names: names), "IPv4 routes")?.map(\.text)
    network.routes6 = take(reader.routes(family: 10, names: names), "IPv6 routes")?.map(\.text)
    network.rules4 = take(reader.rules(family: 2), "IPv4 rules")?.map(\.text)
    network.neighbours = take(reader.neighbours(names: names), "neighbours")?
      .filter { !$0.needsNone }
    network.sysctl = parameters(names.values.sorted(), host: host)
    network.errors = errors.isEmpty ? nil : errors
  }

  /// Parameters that decide whether packets pass; the files show those of the calling thread.
  private static func parameters(_ interfaces: [String], host: Host) -> [String: String] {
    var values: [String: String] = [:]
    let files = SmallFile(host: host)
    var keys = ["ipv4/ip_forward", "ipv4/conf/all/rp_filter", "ipv6/conf/all/disable_ipv6"]
    // A name that leads elsewhere is no interface's.
    for name in interfaces where !name.contains("/") && name != ".." {
      keys.append("ipv4/conf/\(name)/rp_filter")
    }
    for key in keys {
      if let value = files.line("/proc/sys/net/\(key)") { values["net/\(key)"] = value }
    }
    return values
  }
}

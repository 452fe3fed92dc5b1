import BundleModel
import SystemPackage

/// Which pod's interface hangs on which link of the host: the host's veths and VLAN links with
/// their routes, and their other ends in the pods' namespaces.
struct HostVeths: Sendable {
  let host: Host

  struct Report: Encodable {
    var namespaces: [Namespace]
    var links: [Pair]
    /// Interfaces inside pods' namespaces whose other end no link of the host is.
    var unmatched: [End]
  }

  struct Namespace: Encodable {
    var name: String?
    var path: String
    var inode: UInt64?
    var nsid: Int?
    var error: String?
  }

  struct Pair: Encodable {
    var ifname: String
    var ifindex: Int
    var kind: String
    var mac: String?
    var mtu: Int?
    var operstate: String?
    var nsid: Int?
    var peer_ifindex: Int?
    /// Destinations of host routes through this link.
    var routes: [String]
    var peer: End?
  }

  struct End: Sendable, Encodable {
    var netns: String
    var ifname: String
    var ifindex: Int
    var host_ifindex: Int?
    var mac: String?
    var addresses: [String]
  }

  /// The interfaces of one namespace.
  private struct Inside: Sendable {
    var nsid: Int?
    var ends: [End]
  }

  func output(seconds: Double) async -> DerivedSource.Output {
    let host = host
    let deadline = host.clock.monotonic() + Int64(seconds * 900_000)
    let own = await BlockingThread.run(seconds: seconds / 2) { () -> Own in
      let reader = NetworkReader()
      let links = reader.links()
      let routes = [UInt8(2), 10].map { reader.routes(family: $0, names: Self.names(links)) }
      return Own(links: links, routes: routes, listing: PodNamespaces(host: host).list().namespaces)
    }
    guard let own else { return .none(.timeout, "the kernel gave no answer") }
    guard case .success(let links) = own.links else {
      if case .failure(let failure) = own.links { return .failed(failure) }
      return .none(.error, "no links")
    }
    var report = Report(namespaces: [], links: [], unmatched: [])
    var ends: [End] = []
    var doubt = links.doubt
    for namespace in own.listing {
      let left = Double(deadline - host.clock.monotonic()) / 1_000_000
      var row = Namespace(name: namespace.name, path: namespace.path, inode: namespace.inode)
      if left > 0 {
        switch await inside(namespace, seconds: min(2, left)) {
        case .success(let inside):
          row.nsid = inside.nsid
          ends += inside.ends
        case .failure(let failure): row.error = failure.reason
        }
      } else {
        row.error = "not reached in time"
      }
      if let error = row.error { doubt = doubt ?? "\(row.name ?? row.path): \(error)" }
      report.namespaces.append(row)
    }
    match(links.elements, own.hostRoutes, ends, into: &report)
    return .json(report).doubted(doubt)
  }

  private struct Own: Sendable {
    var links: Result<NetworkReader.Reading<LinkMessage>, NetlinkSource.Failure>
    var routes: [Result<NetworkReader.Reading<RouteMessage>, NetlinkSource.Failure>]
    var listing: [PodNamespaces.Namespace]

    /// Destinations of host routes by device.
    var hostRoutes: [String: [String]] {
      var byDevice: [String: [String]] = [:]
      for case .success(let reading) in routes {
        for route in reading.elements {
          guard let device = route.device, let destination = route.hostDestination else { continue }
          byDevice[device, default: []].append(destination)
        }
      }
      return byDevice
    }
  }

  private static func names(
    _ links: Result<NetworkReader.Reading<LinkMessage>, NetlinkSource.Failure>
  ) -> [Int: String] {
    guard case .success(let reading) = links else { return [:] }
    return Dictionary(reading.elements.map { ($0.ifindex, $0.ifname) }) { first, _ in first }
  }

  private func inside(
    _ namespace: PodNamespaces.Namespace, seconds: Double
  ) async -> Result<Inside, NamespaceThread.Failure> {
    let path = host.path(namespace.path)
    let name = namespace.name ?? namespace.path
    let nsid =
      await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
        NamespaceFile.identifier(path)
      } ?? nil
    return await NamespaceThread.run(in: path, seconds: seconds) { () -> Inside in
      guard case .success(let links) = NetworkReader().addressedLinks() else {
        return Inside(nsid: nsid, ends: [])
      }
      let ends = links.elements.filter { $0.link_index != nil }.map { link in
        End(
          netns: name, ifname: link.ifname, ifindex: link.ifindex, host_ifindex: link.link_index,
          mac: link.address, addresses: (link.addr_info ?? []).map(\.local))
      }
      return Inside(nsid: nsid, ends: ends)
    }
  }

  private func match(
    _ links: [LinkMessage], _ routes: [String: [String]], _ ends: [End], into report: inout Report
  ) {
    let netnsOf = Dictionary(
      report.namespaces.compactMap { row in row.nsid.map { ($0, row.name ?? row.path) } }
    ) { first, _ in first }
    var matched: Set<String> = []
    for link in links {
      guard let kind = link.linkinfo?.info_kind, ["veth", "vlan"].contains(kind) else { continue }
      let netns = link.link_netnsid.flatMap { netnsOf[$0] }
      let peer = ends.first { end in
        // Both ends name each other; a number of one namespace alone may be taken twice.
        end.ifindex == link.link_index && end.host_ifindex == link.ifindex && end.netns == netns
      }
      if let peer { matched.insert("\(peer.netns) \(peer.ifindex)") }
      report.links.append(
        Pair(
          ifname: link.ifname, ifindex: link.ifindex, kind: kind, mac: link.address,
          mtu: link.mtu, operstate: link.operstate, nsid: link.link_netnsid,
          peer_ifindex: link.link_index, routes: routes[link.ifname] ?? [], peer: peer))
    }
    report.unmatched = ends.filter { !matched.contains("\($0.netns) \($0.ifindex)") }
  }
}

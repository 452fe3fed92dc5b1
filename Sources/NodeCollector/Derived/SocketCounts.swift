import BundleModel
import FoundationEssentials

/// Sockets per state and the listening ones. Addresses of connections are not kept.
struct SocketCounts: Sendable {
  let host: Host

  struct Report: Encodable {
    /// `sock_diag`, or the files below `/proc/net` where asking the kernel would load a module.
    var source: String
    var counts: [Count]
    var listeners: [Listener]
    var local_port_range: String?
    /// TCP sockets whose own port lies in the range of ports that connections get.
    var tcp_in_local_port_range: Int
  }

  struct Count: Encodable {
    var family: String
    var transport: String
    var state: String
    var sockets: Int
  }

  struct Listener: Encodable {
    var family: String
    var transport: String
    var port: Int
    /// `any`, `loopback` or `specific`.
    var bound_to: String
    var user: Int
    /// Connections that wait to be accepted, and how many may.
    var waiting: Int
    var backlog: Int
  }

  private struct Kind: Hashable {
    var family: UInt8
    var transport: UInt8
    var state: UInt8
  }

  private struct Tally {
    var counts: [Kind: Int] = [:]
    var listeners: [Listener] = []
    var inRange = 0
    var range: ClosedRange<Int>?
    static let maximalListeners = 10_000

    mutating func add(_ socket: SocketMessage, transport: UInt8) {
      let kind = Kind(family: socket.family, transport: transport, state: socket.state)
      counts[kind, default: 0] += 1
      let port = Int(socket.localPort)
      if transport == 6, socket.state != 10, range?.contains(port) == true { inRange += 1 }
      // A datagram socket that is bound and not connected has the state CLOSE.
      let listens = transport == 6 ? socket.state == 10 : socket.state == 7
      guard listens, port != 0, listeners.count < Self.maximalListeners else { return }
      let address = socket.localAddress
      listeners.append(
        Listener(
          family: NetlinkNames.family(socket.family), transport: NetlinkNames.transport(transport),
          port: port,
          bound_to: address.isUnspecified ? "any" : address.isLoopback ? "loopback" : "specific",
          user: Int(socket.user), waiting: Int(socket.receiveQueue),
          backlog: Int(socket.sendQueue)))
    }
  }

  private static let kinds: [(family: UInt8, transport: UInt8, file: String)] = [
    (2, 6, "tcp"), (10, 6, "tcp6"), (2, 17, "udp"), (10, 17, "udp6"),
  ]

  func output() -> DerivedSource.Output {
    let range = SmallFile(host: host).line("/proc/sys/net/ipv4/ip_local_port_range")
    var tally = Tally()
    tally.range = Self.range(range)
    let modules = KernelModules(host: host)
    let isLoaded = ["inet_diag", "tcp_diag", "udp_diag"].allSatisfy { modules.isPresent($0) }
    var doubt: String?
    if isLoaded {
      for kind in Self.kinds {
        let request = SocketMessage.request(family: kind.family, transport: kind.transport)
        let outcome = NetlinkSource().read(request) { message in
          if let socket = SocketMessage(message) { tally.add(socket, transport: kind.transport) }
          return true
        }
        switch outcome {
        // A family that the kernel was built without has no sockets.
        case .failure(let failure) where [.missing, .unsupported].contains(failure.status): continue
        case .failure(let failure): return .failed(failure)
        case .success(.partial(let reason)): doubt = reason
        case .success(.complete): continue
        }
      }
    } else {
      for kind in Self.kinds { doubt = readFile(kind, &tally) ?? doubt }
    }
    return .json(report(tally, isLoaded ? "sock_diag" : "/proc/net", range)).doubted(doubt)
  }

  private func readFile(
    _ kind: (family: UInt8, transport: UInt8, file: String), _ tally: inout Tally
  ) -> String? {
    let limit = 16 << 20
    let text = SmallFile(host: host).text("/proc/net/\(kind.file)", limit: limit) ?? ""
    for line in text.split(separator: "\n") {
      if let socket = SocketMessage(line: line, family: kind.family) {
        tally.add(socket, transport: kind.transport)
      }
    }
    return text.utf8.count >= limit ? "/proc/net/\(kind.file) was cut" : nil
  }

  private func report(_ tally: Tally, _ source: String, _ range: String?) -> Report {
    let counts = tally.counts.map { kind, sockets in
      Count(
        family: NetlinkNames.family(kind.family),
        transport: NetlinkNames.transport(kind.transport),
        state: NetlinkNames.tcpState(kind.state), sockets: sockets)
    }.sorted { ($0.transport, $0.family, $0.state) < ($1.transport, $1.family, $1.state) }
    let listeners = tally.listeners.sorted {
      ($0.transport, $0.port, $0.family, $0.bound_to) < (
        $1.transport, $1.port, $1.family, $1.bound_to
      )
    }
    return Report(
      source: source, counts: counts, listeners: listeners, local_port_range: range,
      tcp_in_local_port_range: tally.inRange)
  }

  private static func range(_ text: String?) -> ClosedRange<Int>? {
    let words = text?.split { $0 == "\t" || $0 == " " }.compactMap { Int($0) } ?? []
    guard words.count == 2, words[0] <= words[1] else { return nil }
    return words[0]...words[1]
  }
}

import WireFormats

/// Resolves names as the node would, with questions of our own: the C library would load the host's
/// modules into a static program.
struct HostResolver: Sendable {
  let host: Host
  /// Addresses of the name servers, in the order of the resolver's files.
  let servers: [String]
  /// Names that the hosts file knows.
  let names: [String: String]

  /// systemd's own server stands in the first file, the servers behind it in the second.
  private static let files = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]

  /// Reads the resolver's files.
  static func read(_ host: Host) async -> HostResolver {
    let texts = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      let files = SmallFile(host: host)
      return (Self.files.map { files.text($0) ?? "" }, files.text("/etc/hosts") ?? "")
    }
    return HostResolver(
      host: host, servers: Self.servers(in: texts?.0 ?? []), names: Self.names(in: texts?.1 ?? ""))
  }

  static func servers(in texts: [String]) -> [String] {
    var servers: [String] = []
    for text in texts {
      for line in text.split(separator: "\n") {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count >= 2, words[0] == "nameserver" else { continue }
        let server = String(words[1])
        if !servers.contains(server), servers.count < 6 { servers.append(server) }
      }
    }
    return servers
  }

  static func names(in text: String) -> [String: String] {
    var names: [String: String] = [:]
    for line in text.split(separator: "\n").prefix(1000) {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: { $0 == " " || $0 == "\t" })
      for name in words.dropFirst() where names[String(name)] == nil {
        names[String(name)] = words.first.map(String.init)
      }
    }
    return names
  }

  /// The endpoint of a name server.
  func endpoint(_ server: String) -> Host.Endpoint {
    host.endpoint(server, port: 53)
  }

  /// An address of a name. Addresses themselves, and names of the hosts file, need no question.
  func resolve(_ name: String, seconds: Double) async -> Result<String, ConnectionFailure> {
    if AddressText.ipv4(name) != nil || name.contains(":") { return .success(name) }
    if let known = names[name] { return .success(known) }
    var failure = ConnectionFailure.failed("no name server")
    let end = MonotonicTime.nanoseconds + UInt64(seconds * 1_000_000_000)
    for type in [DNSMessage.RecordType.a, .aaaa] {
      for server in servers.prefix(3) {
        let now = MonotonicTime.nanoseconds
        guard now < end else { return .failure(.timeout) }
        let left = Double(end - now) / 1_000_000_000
        switch await Self.ask(endpoint(server), name, type, seconds: left, overTCP: false) {
        case .success(let answer):
          if let address = answer.addresses.first { return .success(address) }
          failure = .failed("\(answer.codeName), no address")
        case .failure(let reason): failure = reason
        }
        if case .failed = failure { break }
      }
    }
    return .failure(failure)
  }

  /// Asks one server once.
  static func ask(
    _ server: Host.Endpoint, _ name: String, _ type: DNSMessage.RecordType, seconds: Double,
    overTCP: Bool
  ) async -> Result<DNSMessage.Answer, ConnectionFailure> {
    guard let query = DNSMessage.query(id: .random(in: 0...UInt16.max), name: name, type: type)
    else { return .failure(.failed("not a name: \(name)")) }
    let result =
      overTCP
      ? await NetworkProbe.exchangeStream(query, with: server, seconds: seconds)
      : await NetworkProbe.exchangeDatagram(query, with: server, seconds: seconds)
    switch result {
    case .failure(let failure): return .failure(failure)
    case .success(let bytes):
      do {
        return .success(try DNSMessage.answer(bytes, to: query))
      } catch {
        return .failure(.failed(error.reason))
      }
    }
  }
}

extension Host {
  /// Where an address and a port are reached; the node's own ports may have stand-ins.
  func endpoint(_ address: String, port: Int) -> Endpoint {
    let isLoopback = address.hasPrefix("127.") || address == "::1"
    return Endpoint(address: address, port: isLoopback ? ports[port] ?? port : port)
  }
}

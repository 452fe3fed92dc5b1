import BundleModel

/// Sockets of one kind, counted.
public struct SocketCount: FactTable {
  var family: String
  var transport: String
  var state: String
  var sockets: Int64

  /// The declaration of `socket_count`.
  public static let schema = Schema<Self>(
    "socket_count", "Sockets of the host by family, transport and state.",
    from: [.sockets, .foreignSockets],
    columns: [
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("transport", \.transport, "tcp or udp."),
      Column("state", \.state, "ESTABLISHED, TIME_WAIT, LISTEN and so on; CLOSE for idle UDP."),
      Column("sockets", \.sockets, "How many sockets there are."),
    ])

  /// Reads the collector's document, or counts the lines of `netstat` and `ss`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var counts: [[String]: Int64] = [:]
    var order: [([String], Int)] = []
    while true {
      if order.isEmpty, try input.isAtDocument() {
        let document = try input.readDocument { rows.unreadable($0, line: $1) }
        for count in document?["counts"]?.array ?? [] {
          guard let sockets = count["sockets"]?.integer else { continue }
          rows.append(
            Self(
              family: NeighbourText.family(count["family"]?.string),
              transport: count["transport"]?.string ?? "", state: count["state"]?.string ?? "",
              sockets: sockets), line: count.object?.line)
        }
        return
      }
      guard let bytes = try input.nextLine() else { break }
      let line = bytes.trimmed
      guard let socket = SocketLine(line) else {
        if !SocketLine.isRemark(line) {
          rows.unreadable("not a socket", line: input.lineNumber)
        }
        continue
      }
      let key = [socket.family, socket.transport, socket.state]
      if counts[key] == nil {
        // A handful of states exist; what a hostile list invents is left out.
        guard counts.count < 1000 else { continue }
        order.append((key, input.lineNumber))
      }
      counts[key, default: 0] += 1
    }
    for (key, line) in order {
      rows.append(
        Self(family: key[0], transport: key[1], state: key[2], sockets: counts[key] ?? 0),
        line: line)
    }
  }
}

/// A socket that waits for connections or datagrams.
public struct Listener: FactTable {
  var family: String
  var transport: String
  var port: Int64
  var boundTo: String
  var address: String?
  var user: Int64?
  var waiting: Int64?
  var backlog: Int64?
  var pid: Int64?
  var process: String?

  /// The declaration of `listener`.
  public static let schema = Schema<Self>(
    "listener", "Sockets of the host that wait for connections or datagrams.",
    from: [.sockets, .foreignSockets],
    columns: [
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("transport", \.transport, "tcp or udp."),
      Column("port", \.port, "Number of the port."),
      Column("bound_to", \.boundTo, "any, loopback or specific."),
      Column("address", \.address, "Address that it is bound to; NULL where it was not kept."),
      Column("user", \.user, "Number of the user that owns it."),
      Column("waiting", \.waiting, "Connections that wait to be accepted."),
      Column("backlog", \.backlog, "Connections that may wait; NULL if not printed."),
      Column("pid", \.pid, "Process that holds it; NULL if not printed."),
      Column("process", \.process, "Name of that process."),
    ])

  /// Reads the collector's document, or the lines of `netstat -ntulp` and `ss -lntup`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    while true {
      if rows.count == 0, try input.isAtDocument() {
        // What cannot be read is reported once, by `socket_count`.
        let document = try input.readDocument { _, _ in }
        for entry in document?["listeners"]?.array ?? [] {
          if let row = Self(entry) { rows.append(row, line: entry.object?.line) }
        }
        return
      }
      guard let bytes = try input.nextLine() else { return }
      let line = bytes.trimmed
      guard let socket = SocketLine(line), socket.isListening, let port = socket.port else {
        continue
      }
      rows.append(
        Self(
          family: socket.family, transport: socket.transport, port: port,
          boundTo: socket.boundTo, address: socket.address,
          waiting: socket.transport == "tcp" ? socket.received : nil,
          backlog: socket.transport == "tcp" ? socket.backlog : nil, pid: socket.pid,
          process: socket.process), line: input.lineNumber)
    }
  }

  private init(
    family: String, transport: String, port: Int64, boundTo: String, address: String?,
    waiting: Int64?, backlog: Int64?, pid: Int64?, process: String?
  ) {
    self.family = family
    self.transport = transport
    self.port = port
    self.boundTo = boundTo
    self.address = address
    self.waiting = waiting
    self.backlog = backlog
    self.pid = pid
    self.process = process
  }

  private init?(_ entry: JSONValue) {
    guard let port = entry["port"]?.integer else { return nil }
    self.port = port
    family = NeighbourText.family(entry["family"]?.string)
    transport = entry["transport"]?.string ?? ""
    boundTo = entry["bound_to"]?.string ?? "specific"
    user = entry["user"]?.integer
    waiting = entry["waiting"]?.integer
    backlog = entry["backlog"]?.integer
  }
}

/// How many ports that connections are given are in use.
public struct LocalPortUse: FactTable {
  var first: Int64?
  var last: Int64?
  var sockets: Int64?

  /// The declaration of `local_port_use`.
  public static let schema = Schema<Self>(
    "local_port_use", "Use of the range of ports that outgoing connections are given.",
    from: [.sockets],
    columns: [
      Column("range_first", \.first, "First port of the range."),
      Column("range_last", \.last, "Last port of the range."),
      Column("tcp_sockets", \.sockets, "TCP sockets whose own port lies in the range."),
    ])

  /// Reads the collector's document.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSONQuietly(), document.object != nil else { return }
    let range = document["local_port_range"]?.string.map { Array($0.utf8)[...].words } ?? []
    let sockets = document["tcp_in_local_port_range"]?.integer
    guard sockets != nil || !range.isEmpty else { return }
    rows.append(
      Self(
        first: range.first?.integer, last: range.count > 1 ? range[1].integer : nil,
        sockets: sockets), line: document.object?.line)
  }
}

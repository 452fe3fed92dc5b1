import BundleModel

/// A virtual server of kube-proxy's ipvs mode.
public struct IPVSService: FactTable {
  var proto: String
  var address: String
  var port: Int64?
  var scheduler: String?
  var destinations: Int64 = 0

  /// The declaration of `ipvs_service`.
  public static let schema = Schema<Self>(
    "ipvs_service", "Virtual servers of the kernel's load balancer.",
    from: [.ipvs, .foreignVirtualServers],
    columns: [
      Column("protocol", \.proto, "tcp, udp, sctp or fwm for a mark."),
      Column("address", \.address, "Address of the virtual server, or a mark."),
      Column("port", \.port, "Port; NULL for a mark."),
      Column("scheduler", \.scheduler, "How servers are chosen, such as rr."),
      Column("destinations", \.destinations, "How many servers stand behind it."),
    ])

  /// Reads `/proc/net/ip_vs`, or `ipvsadm --save`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var open: (row: Self, line: Int)?
    while let bytes = try input.nextLine() {
      switch VirtualServerLine(bytes.words.map { String($0) }) {
      case .server: open?.row.destinations += 1
      case .service(let proto, let place, let scheduler):
        if let open { rows.append(open.row, line: open.line) }
        let row = Self(
          proto: proto, address: place.address, port: place.port, scheduler: scheduler)
        open = (row, input.lineNumber)
      case nil: break
      }
    }
    if let open { rows.append(open.row, line: open.line) }
  }
}

/// A server behind a virtual server.
public struct IPVSServer: FactTable {
  var proto: String
  var address: String
  var port: Int64?
  var server: String
  var serverPort: Int64?
  var method: String
  var weight: Int64?

  /// The declaration of `ipvs_server`.
  public static let schema = Schema<Self>(
    "ipvs_server", "Servers behind the virtual servers of the kernel's load balancer.",
    from: [.ipvs, .foreignVirtualServers],
    columns: [
      Column("protocol", \.proto, "Of the virtual server: tcp, udp, sctp or fwm for a mark."),
      Column("address", \.address, "Address of the virtual server, or its mark."),
      Column("port", \.port, "Port of the virtual server; NULL for a mark."),
      Column("server", \.server, "Address of the server."),
      Column("server_port", \.serverPort, "Port of the server."),
      Column("method", \.method, "How packets get there: masq, route, tunnel or local."),
      Column("weight", \.weight, "Its weight; a server of weight 0 gets no new connections."),
    ])

  /// Reads `/proc/net/ip_vs`, or `ipvsadm --save`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var service: (proto: String, place: VirtualServerLine.Place)?
    while let bytes = try input.nextLine() {
      switch VirtualServerLine(bytes.words.map { String($0) }) {
      case .service(let proto, let place, _): service = (proto, place)
      case .server(let place, let method, let weight):
        guard let service else { continue }
        rows.append(
          Self(
            proto: service.proto, address: service.place.address, port: service.place.port,
            server: place.address, serverPort: place.port, method: method, weight: weight),
          line: input.lineNumber)
      case nil: break
      }
    }
  }
}

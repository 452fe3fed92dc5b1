import BundleModel

/// Tracked connections of one kind, counted.
public struct ConntrackKind: FactTable {
  var family: String
  var transport: String
  var state: String?
  var zone: Int64
  var mark: String
  var direction: String?
  var port: String
  var snat: Bool
  var dnat: Bool
  var replied: Bool
  var assured: Bool
  var connections: Int64

  /// The declaration of `conntrack_kind`.
  public static let schema = Schema<Self>(
    "conntrack_kind", "Tracked connections counted by kind; no address is kept.",
    from: [.trackingSummary, .trackedConnections, .trackedConnections6],
    columns: [
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column(
        "transport", \.transport, "tcp, udp, icmp and so on; other for what is not told apart."),
      Column("state", \.state, "State of TCP and SCTP; NULL for others."),
      Column("zone", \.zone, "Zone of connection tracking; 0 where nobody sets one."),
      Column("mark", \.mark, "Mark in hexadecimal, such as 0x80."),
      Column(
        "direction", \.direction,
        "outbound from the host, inbound, local or forwarded; NULL for plain lists."),
      Column("port", \.port, "Destination port: a number of a well-known service, or a range."),
      Column("snat", \.snat, "1 if the source is translated; else 0."),
      Column("dnat", \.dnat, "1 if the destination is translated; else 0."),
      Column("replied", \.replied, "1 if packets came back; else 0."),
      Column("assured", \.assured, "1 if it is kept when the table is full; else 0."),
      Column("connections", \.connections, "How many connections are of the kind."),
    ])

  /// Reads the collector's summary, or counts the lines of `conntrack -L`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var words = ConntrackLine.Words()
    var counts: [ConntrackLine.Kind: Int64] = [:]
    var order: [(kind: ConntrackLine.Kind, line: Int)] = []
    var last: (kind: ConntrackLine.Kind, count: Int64)?
    var other: Int64 = 0
    func flush() {
      guard let (kind, count) = last else { return }
      counts[kind, default: 0] += count
    }
    while true {
      if order.isEmpty, try input.isAtDocument() { return try readJSON(&input, &rows) }
      guard let bytes = try input.nextLine() else { break }
      let line = bytes.trimmed
      guard !line.isEmpty else { continue }
      guard let entry = ConntrackLine(line, words: &words) else {
        if !isRemark(line) { rows.unreadable("not a tracked connection", line: input.lineNumber) }
        continue
      }
      if last?.kind == entry.kind {
        last?.count += 1
        continue
      }
      flush()
      last = nil
      if counts[entry.kind] == nil {
        guard order.count < FactLimits.trackedKinds else {
          other += 1
          continue
        }
        counts[entry.kind] = 0
        order.append((entry.kind, input.lineNumber))
      }
      last = (entry.kind, 1)
    }
    flush()
    for (kind, line) in order {
      rows.append(Self(kind, words.texts, counts[kind] ?? 0), line: line)
    }
    if other > 0 {
      rows.unreadable("\(other) connections of kinds beyond the bound are left out", line: nil)
    }
  }

  /// Counters, headers and remarks around the list.
  static func isRemark(_ line: Bytes) -> Bool {
    line.starts("cpu=") || line.starts("***") || line.starts("conntrack v")
      || ShellPrompt.matches(line)
  }

  private init(_ kind: ConntrackLine.Kind, _ words: [String], _ connections: Int64) {
    func word(_ number: UInt16) -> String { words[Int(number)] }
    family = kind.isIPv6 ? "ipv6" : "ipv4"
    transport = kind.transport == 0 ? "other" : word(kind.transport)
    state = kind.state == 0 ? nil : word(kind.state)
    zone = Int64(kind.zone)
    mark = "0x" + String(kind.mark, radix: 16)
    port = kind.port.text
    snat = kind.isSourceTranslated
    dnat = kind.isDestinationTranslated
    replied = kind.isReplied
    assured = kind.isAssured
    self.connections = connections
  }

  private static func readJSON(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readDocument({ rows.unreadable($0, line: $1) }) else { return }
    for kind in document["kinds"]?.array ?? [] {
      guard let connections = kind["connections"]?.integer else { continue }
      rows.append(Self(kind, connections), line: kind.object?.line)
    }
    if let other = document["other"]?.integer, other > 0 {
      rows.unreadable("\(other) connections of kinds beyond the bound are left out", line: nil)
    }
  }

  private init(_ kind: JSONValue, _ connections: Int64) {
    family = kind["family"]?.string == "inet6" ? "ipv6" : "ipv4"
    transport = kind["transport"]?.scalarText ?? "other"
    state = kind["state"]?.string
    zone = kind["zone"]?.integer ?? 0
    mark = kind["mark"]?.string ?? "0x0"
    direction = kind["direction"]?.string
    port = kind["port"]?.scalarText ?? "none"
    snat = kind["snat"]?.bool ?? false
    dnat = kind["dnat"]?.bool ?? false
    replied = kind["replied"]?.bool ?? false
    assured = kind["assured"]?.bool ?? false
    self.connections = connections
  }
}

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
      let words = bytes.words.map { String($0) }
      guard let first = words.first else { continue }
      switch first {
      case "->" where words.count > 1 && !words[1].hasPrefix("Remote"), "-a":
        open?.row.destinations += 1
      case "TCP", "UDP", "SCTP", "FWM", "-A":
        guard words.count >= 2, let service = Self(words) else { continue }
        if let open { rows.append(open.row, line: open.line) }
        open = (service, input.lineNumber)
      default: break
      }
    }
    if let open { rows.append(open.row, line: open.line) }
  }

  /// `TCP  0A640001:01BB rr`, or `-A -t 10.100.0.1:443 -s rr`.
  private init?(_ words: [String]) {
    let isSaved = words[0] == "-A"
    guard !isSaved || words.count >= 3 else { return nil }
    let names = ["-t": "tcp", "-u": "udp", "-f": "fwm", "--sctp-service": "sctp"]
    guard let proto = isSaved ? names[words[1]] : words[0].lowercased() else { return nil }
    self.proto = proto
    let place = isSaved ? words[2] : words[1]
    if isSaved {
      scheduler = words.firstIndex(of: "-s").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    } else {
      scheduler = words.count > 2 ? words[2] : nil
    }
    guard proto != "fwm", let colon = place.lastIndex(of: ":") else {
      address = place
      return
    }
    let text = place[..<colon]
    let number = place[place.index(after: colon)...]
    if text.hasPrefix("["), text.hasSuffix("]") {
      address = String(text.dropFirst().dropLast())
    } else if !isSaved, text.utf8.count == 8, let value = UInt32(text, radix: 16) {
      address = [24, 16, 8, 0].map { String(value >> UInt32($0) & 0xff) }.joined(separator: ".")
    } else {
      address = String(text)
    }
    port = isSaved ? Int64(number) : Int64(number, radix: 16)
  }
}

/// A line of `/proc/net/ip_vs` or of `ipvsadm --save`.
///
/// Source: linux, `net/netfilter/ipvs/ip_vs_ctl.c` (`ip_vs_info_seq_show`); ipvsadm(8).
enum VirtualServerLine {
  /// A virtual server: `TCP  0A640001:01BB rr`, or `-A -t 10.100.0.1:443 -s rr`.
  case service(proto: String, place: Place, scheduler: String?)
  /// A server behind the one above: `-> 0A2A0765:01BB Masq 1 0 0`, or `-a … -r 10.42.7.101:443 -m -w 1`.
  case server(place: Place, method: String, weight: Int64?)

  /// An address and a port; of a mark the number is the address.
  struct Place {
    var address: String
    var port: Int64?
  }

  init?(_ words: [String]) {
    guard let first = words.first else { return nil }
    switch first {
    case "TCP", "UDP", "SCTP", "FWM":
      guard words.count >= 2 else { return nil }
      let place =
        first == "FWM"
        ? Place(address: words[1], port: nil) : Place(words[1], isHexadecimal: true)
      self = .service(
        proto: first.lowercased(), place: place, scheduler: words.count > 2 ? words[2] : nil)
    case "->":
      guard words.count >= 4, !words[1].hasPrefix("Remote") else { return nil }
      self = .server(
        place: Place(words[1], isHexadecimal: true), method: words[2].lowercased(),
        weight: Int64(words[3]))
    case "-A":
      let names = ["-t": "tcp", "-u": "udp", "-f": "fwm", "--sctp-service": "sctp"]
      guard words.count >= 3, let proto = names[words[1]] else { return nil }
      let place =
        proto == "fwm"
        ? Place(address: words[2], port: nil) : Place(words[2], isHexadecimal: false)
      self = .service(proto: proto, place: place, scheduler: Self.value("-s", words))
    case "-a":
      guard let server = Self.value("-r", words) else { return nil }
      let method =
        words.contains("-m") ? "masq" : words.contains("-i") ? "tunnel" : "route"
      self = .server(
        place: Place(server, isHexadecimal: false), method: method,
        weight: Self.value("-w", words).flatMap { Int64($0) })
    default: return nil
    }
  }

  private static func value(_ option: String, _ words: [String]) -> String? {
    guard let index = words.firstIndex(of: option), index + 1 < words.count else { return nil }
    return words[index + 1]
  }
}

extension VirtualServerLine.Place {
  /// Reads `0A640001:01BB`, `[fd00:…:a]:0035` or `10.100.0.1:443`.
  init(_ text: String, isHexadecimal: Bool) {
    guard let colon = text.lastIndex(of: ":") else {
      self.init(address: text, port: nil)
      return
    }
    let place = text[..<colon]
    let port = Int64(text[text.index(after: colon)...], radix: isHexadecimal ? 16 : 10)
    if place.hasPrefix("["), place.hasSuffix("]") {
      self.init(address: String(place.dropFirst().dropLast()), port: port)
    } else if isHexadecimal, place.utf8.count == 8, let value = UInt32(place, radix: 16) {
      let parts = [24, 16, 8, 0].map { String(value >> UInt32($0) & 0xff) }
      self.init(address: parts.joined(separator: "."), port: port)
    } else {
      self.init(address: String(place), port: port)
    }
  }
}

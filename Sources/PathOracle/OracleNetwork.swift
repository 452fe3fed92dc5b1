import CNamespaces
import CPackets
import Foundation
import IPAMEngine
import PacketPath
import SystemPackage

/// A node in a network namespace of its own, with a namespace around it that sees all it sends.
public final class OracleNetwork {
  private let node: String
  private let far: String
  /// Sockets of the interfaces around the node, and copies of what the node takes.
  private let links: Int32
  private let hosts: [(isV6: Bool, transport: TransportProtocol, descriptor: Int32)]
  private let home: Int32
  private let nodeSpace: Int32
  /// What the node said to its own last packet: an errno, or 0.
  private var lastError: Int32 = 0
  /// Interfaces around the node by the name of the node's end.
  private let numbers: [String: Int]

  /// What can't be made here.
  public struct Failure: Error, CustomStringConvertible {
    /// What went wrong.
    public var description: String
  }

  /// Makes the namespaces; needs root.
  public init(_ name: String) throws {
    node = "\(name)-node"
    far = "\(name)-far"
    Self.remove(node, far)
    let made = Self.shell(Self.setup(node: node, far: far))
    guard made.status == 0 else { throw Failure(description: made.output) }
    home = try Self.open("/proc/self/ns/net")
    nodeSpace = try Self.open("/run/netns/\(node)")
    let farSpace = try Self.open("/run/netns/\(far)")
    try Self.enter(farSpace)
    links = cpackets_open_links()
    try Self.enter(nodeSpace)
    var sockets: [(Bool, TransportProtocol, Int32)] = []
    for (isV6, transport) in [
      (false, TransportProtocol.tcp), (false, .udp), (false, .icmp), (true, .tcp), (true, .udp),
      (true, .icmpV6),
    ] {
      sockets.append(
        (isV6, transport, cpackets_open_host(isV6 ? 1 : 0, Int32(transport.rawValue))))
    }
    hosts = sockets.map { (isV6: $0.0, transport: $0.1, descriptor: $0.2) }
    try Self.enter(home)
    try Self.close(farSpace)
    guard links >= 0, hosts.allSatisfy({ $0.descriptor >= 0 }) else {
      throw Failure(description: "no sockets for packets: is this root?")
    }
    var numbers: [String: Int] = [:]
    for line in Self.shell("ip -n \(far) -o link").output.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard parts.count > 1, let number = Int(parts[0]) else { continue }
      let name = parts[1].prefix { $0 != "@" }
      if name.hasPrefix("p-") { numbers[String(name.dropFirst(2))] = number }
    }
    self.numbers = numbers
  }

  deinit { Self.remove(node, far) }

  private static func remove(_ names: String...) {
    for name in names { _ = shell("ip netns del \(name)") }
  }

  private static func setup(node: String, far: String) -> String {
    var text = """
      set -e
      ip netns add \(node); ip netns add \(far)
      ip netns exec \(node) sysctl -qw net.ipv6.conf.default.accept_dad=0 \
        net.ipv4.conf.default.rp_filter=0 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
        net.ipv4.icmp_msgs_per_sec=1000000 net.ipv4.icmp_msgs_burst=1000000 \
        net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0
      ip netns exec \(far) sysctl -qw net.ipv6.conf.default.disable_ipv6=1

      """
    for (index, device) in RandomNode.devices.enumerated() {
      text += """
        ip link add \(device) netns \(node) address 02:00:00:00:00:0\(index) type veth \
          peer name p-\(device) netns \(far) address 02:00:00:00:01:0\(index)
        ip -n \(node) link set \(device) arp off up
        ip -n \(far) link set p-\(device) arp off up

        """
    }
    for (device, host) in [("ens5", 10), ("ens6", 20)] {
      text += """
        ip -n \(node) addr add 10.0.0.\(host)/24 dev \(device) noprefixroute
        ip -n \(node) addr add fd00:a::\(host)/64 dev \(device) nodad noprefixroute

        """
    }
    return text + """
      ip -n \(node) link set lo up
      for n in 4 6; do
        f=; [ $n = 4 ] || f=6
        ip netns exec \(node) ipset create s${n}addr hash:net family inet$f
        ip netns exec \(node) ipset create s${n}port hash:ip,port family inet$f
      done
      for a in 10.0.0.32/31 8.0.0.0/8; do ip netns exec \(node) ipset add s4addr $a; done
      for a in fd00:a::32 2001:db8::/32; do ip netns exec \(node) ipset add s6addr $a; done
      for a in 10.0.0.32,tcp:443 10.0.0.200,udp:53 172.20.0.10,tcp:80; do
        ip netns exec \(node) ipset add s4port $a
      done
      for a in fd00:a::32,tcp:443 fd00:b::10,tcp:80; do ip netns exec \(node) ipset add s6port $a; done

      """
  }

  // MARK: The node

  /// Gives the node its rules; answers what its tools print of it then.
  func prepare(_ random: RandomNode) throws -> [String: String] {
    let prefix = random.family == .v4 ? "ip" : "ip6"
    let restore = prefix + "tables"
    let option = random.family == .v4 ? "-4" : "-6"
    func file(_ name: String, _ text: String?) throws -> String {
      let path = "/tmp/\(node)-\(name)"
      try Data((text ?? "").utf8).write(to: URL(filePath: path))
      return path
    }
    let empty = ["raw", "mangle", "nat", "filter"].map { "*\($0)\nCOMMIT\n" }.joined()
    var script = "set -e\nnft flush ruleset\n"
    script += "\(restore)-legacy-restore <\(try file("empty", empty))\n"
    script += "ip \(option) rule flush; ip \(option) rule del pref 0 2>/dev/null || true\n"
    script +=
      "for t in main 2 3 77; do ip \(option) route flush table $t 2>/dev/null || true; done\n"
    // What a random route says twice is refused; the rest counts.
    script +=
      "ip \(option) -force -batch \(try file("ip", random.ip.joined(separator: "\n"))) 2>/dev/null || true\n"
    if let nft = random.nft {
      script += "\(restore)-nft-restore <\(try file("nft", nft))\n"
    }
    if let legacy = random.legacy {
      script += "\(restore)-legacy-restore <\(try file("legacy", legacy))\n"
    }
    if let native = random.native { script += "nft -f \(try file("native", native))\n" }
    for (key, value) in random.switches { script += "sysctl -qw \(key)=\(value)\n" }
    for (name, command) in [
      ("rules", "ip \(option) rule"), ("routes", "ip \(option) route show table all"),
      ("nft", "\(restore)-nft-save 2>/dev/null"), ("legacy", "\(restore)-legacy-save"),
      ("native", "nft list ruleset"), ("addresses", "ip -j addr"), ("links", "ip -j -d link"),
      ("sets", "ipset save"),
      (
        "switches",
        "sysctl -a 2>/dev/null | grep -E '^net\\.(ipv4\\.(conf|ip_forward)|ipv6\\.conf\\.all)'"
      ),
    ] {
      script += "\(command) >/tmp/\(node)-out-\(name) || true\n"
    }
    let done = Self.shell("ip netns exec \(node) sh <<'END'\n\(script)END\n")
    guard done.status == 0 else { throw Failure(description: done.output) }
    var texts: [String: String] = [:]
    for name in [
      "rules", "routes", "nft", "legacy", "native", "addresses", "links", "sets", "switches",
    ] {
      let url = URL(filePath: "/tmp/\(node)-out-\(name)")
      texts[name] = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }
    return texts
  }

  /// What the node counted since it was asked last: why it dropped something.
  func counters() -> String {
    Self.shell(
      "ip netns exec \(node) env NSTAT_HISTORY=/tmp/\(node)-nstat nstat | awk '$2 {print $1 \"=\" $2}'"
    ).output.split(separator: "\n").joined(separator: " ") + " errno \(lastError)"
  }

  // MARK: Packets

  /// What was seen of a packet.
  enum Observation: Hashable {
    case sent(String, Packet, identity: UInt32?)
    case host
    case refused
    case nothing
  }

  /// Sends a packet and watches what becomes of it.
  func send(_ test: TestPacket) throws -> Observation {
    drain()
    if let device = test.packet.inInterface {
      guard let number = numbers[device],
        let index = RandomNode.devices.firstIndex(of: device)
      else { throw Failure(description: "no interface \(device)") }
      let isV4 = test.packet.source.family == .v4
      let frame =
        [2, 0, 0, 0, 0, UInt8(index), 2, 0, 0, 0, 1, UInt8(index)]
        + (isV4 ? [8, 0] : [0x86, 0xdd]) + test.bytes
      for (place, byte) in frame.enumerated() { cpackets_put(Int32(place), Int32(byte)) }
      let status = cpackets_send_frame(links, Int32(number), Int32(frame.count))
      guard status == 0 else { throw Failure(description: "sending failed with \(status)") }
    } else {
      try sendFromNode(test)
    }
    return observe(test)
  }

  private func sendFromNode(_ test: TestPacket) throws {
    let isV6 = test.packet.destination.family == .v6
    let magic = TestPacket.quad(test.mark)
    let bytes =
      TestPacket.bytes(test.packet.destination)
      + TestPacket.pair(UInt16(test.packet.destinationPort ?? 0)) + magic + magic + magic
    for (place, byte) in bytes.enumerated() { cpackets_put(Int32(place), Int32(byte)) }
    try Self.enter(nodeSpace)
    // A refusal by the node itself is an outcome, not a failure.
    lastError = cpackets_send_datagram(isV6 ? 1 : 0, Int32(test.packet.sourcePort ?? 0), 12)
    try Self.enter(home)
  }

  private func observe(_ test: TestPacket) -> Observation {
    var isRefused = false
    var tries = 0
    while tries < 3 {
      while case let count = Int(cpackets_receive(links)), count > 0 {
        guard cpackets_is_outgoing() == 0 else { continue }
        let frame = (0..<count).map { UInt8(cpackets_byte(Int32($0))) }
        guard let seen = TestPacket.recognise(Array(frame.dropFirst(14)), test.mark) else {
          continue
        }
        let device = numbers.first { $0.value == Int(cpackets_interface()) }?.key ?? "?"
        if seen.isRefusal {
          isRefused = true
        } else if answers(seen, test) {
          continue
        } else {
          return .sent(device, seen.packet, identity: seen.identity)
        }
      }
      if isTaken(test) { return .host }
      tries += 1
      let files = [links] + hosts.map(\.descriptor)
      if tries < 3 {
        _ = cpackets_wait(files.min() ?? 0, files.max() ?? 0, isRefused ? 2 : 12)
      }
    }
    return isRefused ? .refused : .nothing
  }

  /// Whether it is the node's own answer to what it took.
  private func answers(_ seen: TestPacket.Seen, _ test: TestPacket) -> Bool {
    seen.packet.transport != .udp && seen.packet.isReply != test.packet.isReply
  }

  private func isTaken(_ test: TestPacket) -> Bool {
    let magic = TestPacket.quad(test.mark)
    var isTaken = false
    for host in hosts {
      while case let count = Int(cpackets_receive(host.descriptor)), count > 0 {
        let bytes = (0..<count).map { UInt8(cpackets_byte(Int32($0))) }
        guard host.transport == test.packet.transport, count >= 8 else { continue }
        let body = host.isV6 ? bytes : Array(bytes.dropFirst(20))
        // Errors quote the packet behind their own header of 8 bytes.
        let isError =
          host.transport == .icmp ? body.first == 3 : host.transport == .icmpV6 && body.first == 1
        guard !isError, body.count >= 8 else { continue }
        if (4...body.count - 4).contains(where: { Array(body[$0..<$0 + 4]) == magic }) {
          isTaken = true
        }
      }
    }
    return isTaken
  }

  private func drain() {
    while cpackets_receive(links) > 0 {}
    for host in hosts { while cpackets_receive(host.descriptor) > 0 {} }
  }

  // MARK: The machine

  private static func open(_ path: String) throws -> Int32 {
    try FileDescriptor.open(FilePath(path), .readOnly).rawValue
  }

  private static func close(_ descriptor: Int32) throws {
    try FileDescriptor(rawValue: descriptor).close()
  }

  private static func enter(_ space: Int32) throws {
    let status = cnamespaces_enter(space)
    guard status == 0 else { throw Failure(description: "entering a namespace: errno \(status)") }
  }

  static func shell(_ script: String) -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    do { try process.run() } catch { return (1, "\(error)") }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}

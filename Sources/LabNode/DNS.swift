import Foundation
import NIOCore

/// The names of a node's world, and answers to questions for them.
struct DNSZone: Sendable {
  private var ipv4: [String: [String]] = [:]
  private var ipv6: [String: [String]] = [:]

  /// What the resolver of the VPC knows.
  static func vpc(_ instance: Instance) -> Self {
    var zone = Self()
    let region = instance.region
    for (index, service) in VPCServices.names(instance).enumerated() {
      zone.ipv4[service] = [VPCServices.address(index)]
      if service.hasSuffix(".api.aws") {
        zone.ipv6[service] = ["2001:db8:17:\(index + 1)::1"]
      }
    }
    zone.ipv4[instance.name] = [instance.enis[0].primary]
    zone.ipv4[instance.apiServerName] = [instance.apiServer]
    zone.ipv4["instance-data.\(region).compute.internal"] = ["169.254.169.254"]
    return zone
  }

  /// What the cluster's DNS knows: the services, and by way of the VPC everything else.
  static func cluster(_ instance: Instance) -> Self {
    var zone = vpc(instance)
    zone.ipv4["kubernetes.default.svc.cluster.local"] = [instance.kubernetesService]
    zone.ipv4["kube-dns.kube-system.svc.cluster.local"] = [instance.clusterDNS]
    return zone
  }

  private enum Kind {
    static let a: UInt16 = 1
    static let aaaa: UInt16 = 28
  }

  /// The answer to a query: addresses, no data, or NXDOMAIN. Nothing if the bytes are no query.
  func answer(_ query: ByteBuffer) -> ByteBuffer? {
    var rest = query
    guard let id: UInt16 = rest.readInteger(), let flags: UInt16 = rest.readInteger(),
      flags & 0x8000 == 0, let questions: UInt16 = rest.readInteger(), questions == 1,
      rest.readBytes(length: 6) != nil
    else { return nil }
    let start = rest.readerIndex
    guard let name = Self.name(&rest), let kind: UInt16 = rest.readInteger(),
      rest.readInteger(as: UInt16.self) != nil,
      let question = query.getSlice(at: start, length: rest.readerIndex - start)
    else { return nil }
    let isKnown = ipv4[name] != nil || ipv6[name] != nil
    let addresses =
      switch kind {
      case Kind.a: (ipv4[name] ?? []).compactMap(Self.ipv4Bytes)
      case Kind.aaaa: (ipv6[name] ?? []).compactMap(Self.ipv6Bytes)
      default: [[UInt8]]()
      }
    var reply = ByteBuffer()
    reply.writeInteger(id)
    // An answer, recursion as asked and available; 3 is NXDOMAIN.
    reply.writeInteger(0x8080 | (flags & 0x0100) | (isKnown ? 0 : 3))
    for count in [1, UInt16(addresses.count), 0, 0] { reply.writeInteger(count) }
    reply.writeImmutableBuffer(question)
    for address in addresses {
      // A pointer to the question's name, the type, class IN, 60 seconds.
      reply.writeInteger(UInt16(0xC00C))
      reply.writeInteger(kind)
      reply.writeInteger(UInt16(1))
      reply.writeInteger(UInt32(60))
      reply.writeInteger(UInt16(address.count))
      reply.writeBytes(address)
    }
    return reply
  }

  /// Serves the zone on both transports until the task is cancelled.
  func serve(host: String, port: Int = 53) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await DatagramServer.run(host: host, port: port) { answer($0) } }
      group.addTask {
        try await ByteServer.run(.tcp(host: host, port: port)) { connection in
          try await connection.executeThenClose { inbound, outbound in
            var received = ByteBuffer()
            for try await part in inbound {
              received.writeImmutableBuffer(part)
              // Every message is led by its length.
              while let query = received.readLengthPrefixedSlice(as: UInt16.self) {
                guard let reply = answer(query) else { return }
                var framed = ByteBuffer(integer: UInt16(reply.readableBytes))
                framed.writeImmutableBuffer(reply)
                try await outbound.write(framed)
              }
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func name(_ bytes: inout ByteBuffer) -> String? {
    var labels: [String] = []
    while let length: UInt8 = bytes.readInteger() {
      if length == 0 { return labels.joined(separator: ".").lowercased() }
      guard length < 64, let label = bytes.readString(length: Int(length)) else { return nil }
      labels.append(label)
    }
    return nil
  }

  private static func ipv4Bytes(_ text: String) -> [UInt8]? {
    let parts = text.split(separator: ".").compactMap { UInt8($0) }
    return parts.count == 4 ? parts : nil
  }

  private static func ipv6Bytes(_ text: String) -> [UInt8]? {
    // Only the form of this file's addresses: groups, one gap, groups.
    let halves = text.components(separatedBy: "::").map { half in
      half.split(separator: ":").compactMap { UInt16($0, radix: 16) }
    }
    guard halves.count == 2, halves[0].count + halves[1].count < 8 else { return nil }
    let gap = [UInt16](repeating: 0, count: 8 - halves[0].count - halves[1].count)
    return (halves[0] + gap + halves[1]).flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
  }
}

/// The AWS services that a node calls, at addresses that lie outside of its VPC.
enum VPCServices {
  static func names(_ instance: Instance) -> [String] {
    let region = instance.region
    return [
      "ec2.\(region).amazonaws.com", "ec2.\(region).api.aws", "sts.\(region).amazonaws.com",
      "api.ecr.\(region).amazonaws.com", "\(instance.account).dkr.ecr.\(region).amazonaws.com",
      "602401143452.dkr.ecr.\(region).amazonaws.com", "s3.\(region).amazonaws.com",
      "eks.\(region).amazonaws.com", "eks-auth.\(region).api.aws", "sts.amazonaws.com",
    ]
  }

  static func address(_ index: Int) -> String { "203.0.113.\(10 + index)" }

  /// What a server with TLS says to a client with which it has no version in common: a fatal alert.
  /// The lab has no certificates that such a client would accept.
  private static let alert: [UInt8] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46]

  /// Accepts connections at every address of the services, and ends each at the client's first bytes.
  static func serve() async throws {
    try await ByteServer.run(.tcp(host: "0.0.0.0", port: 443)) { connection in
      try await connection.executeThenClose { inbound, outbound in
        for try await _ in inbound {
          try await outbound.write(ByteBuffer(bytes: alert))
          return
        }
      }
    }
  }
}

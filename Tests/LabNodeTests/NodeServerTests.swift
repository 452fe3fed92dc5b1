import Foundation
import NIOCore
import Testing

@testable import LabNode

/// Runs a server in a folder of its own while `body` calls it, and ends it afterwards.
private func besides(
  _ server: @escaping @Sendable (String) async throws -> Void,
  _ body: @escaping @Sendable (String) async throws -> Void
) async throws {
  let folder = FileManager.default.temporaryDirectory.path + "/lab-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let socket = folder + "/server.sock"
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await server(socket) }
    // A socket is ready once it has its mode, which it gets after it was bound.
    for _ in 0..<500 where mode(of: socket) != 0o660 {
      try await Task.sleep(for: .milliseconds(10))
    }
    try await body(socket)
    group.cancelAll()
    // The server ends because it is cancelled here; `body` has already thrown what it had to throw.
    while await group.nextResult() != nil {}
  }
}

private func mode(of path: String) -> Int? {
  let attributes = try? FileManager.default.attributesOfItem(atPath: path)
  return attributes?[.posixPermissions] as? Int
}

private func check(_ service: String, at socket: String) async throws -> UInt64 {
  var request = ProtobufMessage()
  request.add(1, service)
  return try await GRPCClient.call("/grpc.health.v1.Health/Check", request, at: socket).number(1)
}

/// A query for one name, as a resolver sends it.
private func query(_ name: String, _ kind: UInt16) -> ByteBuffer {
  var bytes = ByteBuffer()
  for word in [7, 0x0100, 1, 0, 0, 0] as [UInt16] { bytes.writeInteger(word) }
  for label in name.split(separator: ".") {
    bytes.writeInteger(UInt8(label.utf8.count))
    bytes.writeString(String(label))
  }
  bytes.writeInteger(UInt8(0))
  bytes.writeInteger(kind)
  bytes.writeInteger(UInt16(1))
  return bytes
}

@Suite("What answers on a node beside HTTP")
struct NodeServerTests {
  @Test(
    "ipamd tells its health by gRPC, and of no service that it does not know",
    arguments: [(true, UInt64(1)), (false, 2)])
  func health(_ isServing: Bool, _ status: UInt64) async throws {
    try await besides({
      try await GRPCServer.run(.unix(path: $0), AgentCalls(isServing: isServing))
    }) { socket in
      #expect(mode(of: socket) == 0o660)
      #expect(try await check("", at: socket) == status)
      #expect(try await check("grpc.health.v1.aws-node", at: socket) == status)
      let unknown = await #expect(throws: GRPCFailure.self) {
        try await check("nosuch", at: socket)
      }
      #expect(unknown?.status == 5)
      let method = await #expect(throws: GRPCFailure.self) {
        try await GRPCClient.call("/none.Service/Call", ProtobufMessage(), at: socket)
      }
      #expect(method?.status == 12)
      let settings = try await GRPCClient.call(
        "/rpc.ConfigServerBackend/GetNetworkPolicyConfigs", ProtobufMessage(), at: socket)
      #expect(settings.text(1) == "standard")
    }
  }

  @Test("a slow ipamd answers late, and answers right")
  func slow() async throws {
    try await besides({
      try await GRPCServer.run(.unix(path: $0), AgentCalls(delay: ServerFault.delay))
    }) { socket in
      let clock = ContinuousClock()
      let start = clock.now
      let status = try await check("", at: socket)
      #expect(status == 1)
      #expect(clock.now - start >= ServerFault.delay)
    }
  }

  @Test("an ipamd that answers garbage breaks the call")
  func garbage() async throws {
    try await besides({ try await Misbehaviour.run(.garbage, at: .unix(path: $0)) }) { socket in
      await #expect(throws: (any Error).self) { try await check("", at: socket) }
    }
  }

  @Test("messages keep numbers, texts, maps and order")
  func protobuf() throws {
    var message = ProtobufMessage()
    message.add(1, "text")
    message.add(2, number: 300)
    message.add(3, number: 0)
    message.add(4, ["b": "2", "a": "1"])
    let fields = try #require(ProtobufFields(message.bytes))
    #expect(fields.text(1) == "text")
    #expect(fields.number(2) == 300)
    #expect(fields.number(3) == 0)
    #expect(fields.messages(4).map { $0.text(1) } == ["a", "b"])
    #expect(ProtobufFields(ByteBuffer(bytes: [0x0A, 0x05, 0x01])) == nil)
  }

  @Test("the resolver knows the region's services, and the cluster's DNS the cluster's too")
  func names() throws {
    let vpc = DNSZone.vpc(Instance())
    func code(_ zone: DNSZone, _ name: String, _ kind: UInt16) throws -> (UInt16, [UInt8]) {
      let answer = try #require(zone.answer(query(name, kind)))
      let flags: UInt16 = try #require(answer.getInteger(at: answer.readerIndex + 2))
      let count: UInt16 = try #require(answer.getInteger(at: answer.readerIndex + 6))
      guard count > 0 else { return (flags & 15, []) }
      let length = kind == 1 ? 4 : 16
      return (
        flags & 15,
        try #require(answer.getBytes(at: answer.writerIndex - length, length: length))
      )
    }
    let ec2 = try code(vpc, "EC2.eu-central-1.amazonaws.com", 1)
    #expect(ec2.0 == 0 && ec2.1 == [203, 0, 113, 10])
    let none = try code(vpc, "ec2.eu-central-1.amazonaws.com", 28)
    #expect(none.0 == 0 && none.1 == [])
    let dual = try code(vpc, "ec2.eu-central-1.api.aws", 28)
    #expect(dual.1.prefix(4) == [0x20, 0x01, 0x0D, 0xB8])
    #expect(try code(vpc, "nosuch.example", 1).0 == 3)
    let service = "kubernetes.default.svc.cluster.local"
    #expect(try code(vpc, service, 1).0 == 3)
    #expect(try code(.cluster(Instance()), service, 1).1 == [10, 100, 0, 1])
    #expect(vpc.answer(ByteBuffer(string: "no query")) == nil)
  }

  @Test("the time service answers a client with the moment, and nobody else")
  func time() throws {
    let now = Moment(microseconds: 1_932_887_761_500_000)
    var packet = ByteBuffer(repeating: 0, count: 40)
    packet.setInteger(UInt8(0x23), at: 0)
    packet.writeInteger(UInt64(0x0123_4567_89AB_CDEF))
    let reply = try #require(TimeService.answer(packet, at: now))
    #expect(reply.readableBytes == 48)
    #expect(reply.getInteger(at: 0, as: UInt8.self) == 0x24)
    #expect(reply.getInteger(at: 24, as: UInt64.self) == 0x0123_4567_89AB_CDEF)
    let sent = try #require(reply.getInteger(at: 40, as: UInt64.self))
    #expect(sent >> 32 == UInt64(now.seconds) + 2_208_988_800)
    #expect(sent & 0xFFFF_FFFF == 1 << 31)
    packet.setInteger(UInt8(0x24), at: 0)
    #expect(TimeService.answer(packet, at: now) == nil)
  }

  @Test("faults of servers are read from text", arguments: ["slow:ipamd-grpc", "endless:imds"])
  func reads(_ text: String) throws {
    let fault = try #require(ServerFault(text))
    #expect("\(fault.kind.rawValue):\(fault.server.rawValue)" == text)
    #expect(ServerFault("slow") == nil)
    #expect(ServerFault("slow:nosuch") == nil)
    #expect(ServerFault("odd:imds") == nil)
  }
}

@Suite(
  "Servers of a node on the real kernel (need root, namespaces and the built cnitriage-lab)",
  .enabled("not root, no namespaces, or cnitriage-lab is not built") {
    guard builtLab() != nil else { return false }
    return await LabHost.isCapable()
  }, .serialized)
struct LabServerTests {
  // A line of shell that prints the first line of an answer.
  private func get(_ address: String, _ path: String) -> String {
    "exec 3<>/dev/tcp/\(address) && printf \"GET \(path) HTTP/1.0\\r\\n\\r\\n\" >&3 && "
      + "timeout 30 head -1 <&3 | tr -d \"\\r\""
  }

  @Test("every server of a healthy node answers")
  func answers() async throws {
    try await withNode("healthy") { inside in
      for (address, path) in [
        ("127.0.0.1/10248", "/healthz"), ("127.0.0.1/10249", "/healthz"),
        ("127.0.0.1/10256", "/healthz"), ("127.0.0.1/8162", "/metrics"),
        ("127.0.0.1/8163", "/readyz"), ("127.0.0.1/61678", "/metrics"),
        ("127.0.0.1/61679", "/v1/enis"), ("10.20.33.250/8080", "/livez"),
        ("10.100.0.1/443", "/readyz"),
      ] {
        let answer = await inside(get(address, path))
        #expect(answer.output.hasSuffix("200 OK"), "\(address)\(path): \(answer.output)")
      }
      #expect(
        await inside("stat -Lc '%a %F' /var/run/aws-node/ipamd.sock").output == "660 socket")
      let names = await inside("getent ahostsv4 ec2.eu-central-1.amazonaws.com | head -1")
      #expect(names.output.hasPrefix("203.0.113.10"))
    }
  }

  @Test("servers misbehave as they are told to")
  func faults() async throws {
    let faults = [
      "not-serving:kubelet-healthz", "refusing:introspection", "endless:imds",
      "refusing:ipamd-grpc",
    ]
    try await withNode("healthy", serverFaults: faults) { inside in
      let kubelet = await inside(get("127.0.0.1/10248", "/healthz"))
      #expect(kubelet.output.contains(" 503 "))
      #expect(await !inside("exec 3<>/dev/tcp/127.0.0.1/61679").succeeded)
      #expect(await !inside("test -e /run/aws-node/ipamd.sock").succeeded)
      let metadata = await inside(
        "exec 3<>/dev/tcp/169.254.169.254/80; echo x >&3; head -c 3000000 <&3 | wc -c")
      #expect(metadata.output == "3000000")
    }
  }
}

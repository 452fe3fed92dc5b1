import Testing

@testable import WireFormats

@Suite("Protocol buffers")
struct ProtobufTests {
  @Test("what is written is read again")
  func roundTrip() throws {
    var writer = ProtobufWriter()
    writer.add(1, "aws-node")
    writer.add(2, Int64(-1))
    writer.add(3, true)
    writer.add(4, key: "a", value: "b")
    writer.add(4, key: "c", value: "")
    writer.add(16, [0, 255])
    let message = try ProtobufMessage(writer.bytes[...])
    #expect(message.text(1) == "aws-node")
    #expect(Int64(bitPattern: message.number(2)) == -1)
    #expect(message.number(3) == 1)
    #expect(try message.map(4) == ["a": "b", "c": ""])
    #expect(message.bytes(16).map(Array.init) == [0, 255])
    #expect(message.text(9) == "" && message.number(9) == 0)
  }

  @Test("fields of every encoding are skipped where they are unknown")
  func skipping() throws {
    // Numbers 100 to 103 as varint, eight bytes, bytes and four bytes, then number 1.
    let bytes: [UInt8] =
      [0xA0, 0x06, 0x96, 0x01] + [0xA9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8] + [0xB2, 0x06, 1, 0x41]
      + [0xBD, 0x06, 1, 2, 3, 4] + [0x0A, 2, 0x68, 0x69]
    let message = try ProtobufMessage(bytes[...])
    #expect(message.text(1) == "hi")
    #expect(message.number(100) == 150)
    #expect(message.number(101) == 0x0807_0605_0403_0201)
    #expect(message.number(103) == 0x0403_0201)
  }

  @Test(
    "damage is an error, never a crash",
    arguments: [
      [0x80], [0x08], [0x0A, 5, 0x41], [0x09, 1, 2], [0x0D, 1], [0x00, 1], [0x0B], [0x0F],
      [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
      [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
    ] as [[UInt8]])
  func damage(_ bytes: [UInt8]) {
    #expect(throws: WireError.self) { try ProtobufMessage(bytes[...]) }
  }

  @Test("a message with too many fields is refused")
  func tooManyFields() {
    let bytes = [UInt8](repeating: 0x08, count: 2 * (ProtobufMessage.fieldLimit + 1))
    #expect(throws: WireError.self) { try ProtobufMessage(bytes[...]) }
    #expect(throws: Never.self) {
      try ProtobufMessage(bytes.prefix(2 * ProtobufMessage.fieldLimit))
    }
  }

  @Test("messages become the JSON that the runtimes' tools print")
  func json() throws {
    var metadata = ProtobufWriter()
    metadata.add(1, "cart \"x\"")
    metadata.add(3, "shop")
    var sandbox = ProtobufWriter()
    sandbox.add(1, "d0f6")
    sandbox.add(2, metadata.bytes)
    sandbox.add(3, Int64(1))
    sandbox.add(4, Int64(1_932_887_761_206_514_339))
    sandbox.add(5, key: "z", value: "1")
    sandbox.add(5, key: "a", value: "2")
    var list = ProtobufWriter()
    list.add(1, sandbox.bytes)
    list.add(1, [])
    let json = try ProtobufJSON.object(list.bytes[...], CRIMessages.sandboxes)
    #expect(
      String(decoding: json, as: UTF8.self) == """
        {"items":[{"id":"d0f6","metadata":{"name":"cart \\"x\\"","uid":"","namespace":"shop",\
        "attempt":0},"state":"SANDBOX_NOTREADY","createdAt":"1932887761206514339",\
        "labels":{"a":"2","z":"1"},"annotations":{},"runtimeHandler":""},\
        {"id":"","metadata":null,"state":"SANDBOX_READY","createdAt":"0","labels":{},\
        "annotations":{},"runtimeHandler":""}]}
        """)
  }

  @Test("documents of the runtime stand beside the status; what is no JSON becomes a text")
  func documents() throws {
    var answer = ProtobufWriter()
    answer.add(1, [])
    answer.add(2, key: "info", value: "{\"pid\": 7}")
    answer.add(2, key: "note", value: "not {json")
    answer.add(2, key: "status", value: "{}")
    let json = try ProtobufJSON.object(answer.bytes[...], CRIMessages.status)
    #expect(
      String(decoding: json, as: UTF8.self)
        == #"{"status":{"conditions":[]},"info":{"pid": 7},"note":"not {json"}"#)
  }

  @Test("a message that would become too much JSON is refused")
  func outputLimit() throws {
    var list = ProtobufWriter()
    for _ in 0..<1000 { list.add(1, []) }
    #expect(throws: WireError.self) {
      try ProtobufJSON.object(list.bytes[...], CRIMessages.sandboxes, outputLimit: 10_000)
    }
  }
}

@Suite("JSON of others")
struct JSONTextTests {
  @Test(
    "one whole value is a document, anything else is none",
    arguments: [
      ("{}", true), (" [1, -2.5e3, \"a\\\"b\", null, true, {\"x\":[]}] ", true), ("", false),
      ("{", false), ("{\"a\"}", false), ("[1,]", false), ("{} {}", false), ("nul", false),
      ("\"\u{1}\"", false), ("\"open", false), ("+", false),
      (String(repeating: "[", count: 200), false),
      (String(repeating: "[", count: 100) + String(repeating: "]", count: 100), true),
      (String(repeating: "[", count: 129) + String(repeating: "]", count: 129), false),
    ])
  func isDocument(_ text: String, _ expected: Bool) {
    #expect(JSONText.isDocument(Array(text.utf8)[...]) == expected)
  }

  @Test("a member is added to an object and to nothing else")
  func adding() {
    func result(_ object: String) -> String? {
      JSONText.adding("b", Array("[2]".utf8), to: Array(object.utf8))
        .map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(result("{\"a\":1}\n") == "{\"a\":1,\"b\":[2]}")
    #expect(result("{ }") == "{ \"b\":[2]}")
    #expect(result("[1]") == nil)
    #expect(result("{\"a\":") == nil)
  }
}

@Suite("gRPC's framing")
struct GRPCFramesTests {
  @Test("messages come out whole, however they are cut", arguments: [1, 2, 4, 5, 6, 1000])
  func cuts(_ piece: Int) throws {
    let bytes = GRPCFrames.frame([1, 2, 3]) + GRPCFrames.frame([]) + GRPCFrames.frame([9])
    var frames = GRPCFrames(limit: 100)
    var rest = bytes[...]
    while !rest.isEmpty {
      try frames.append(rest.prefix(piece))
      rest = rest.dropFirst(piece)
    }
    #expect(frames.messages == [[1, 2, 3], [], [9]])
    #expect(!frames.isInsideMessage)
  }

  @Test("an announced length over the limit is refused before its bytes arrive")
  func limit() {
    var frames = GRPCFrames(limit: 100)
    #expect(throws: WireError.self) { try frames.append([0, 0xFF, 0xFF, 0xFF, 0xFF]) }
    #expect(frames.isOverLimit)
  }

  @Test("a compressed message is refused")
  func compressed() {
    var frames = GRPCFrames(limit: 100)
    #expect(throws: WireError.self) { try frames.append([1, 0, 0, 0, 0]) }
    #expect(!frames.isOverLimit)
  }

  @Test("unusual bytes of a status' message are decoded")
  func message() {
    #expect(GRPCFrames.message(fromHeader: "a%20b%zz%4") == "a b%zz%4")
  }
}

@Suite("Name servers' answers")
struct DNSMessageTests {
  private let query = DNSMessage.query(id: 0x1234, name: "ec2.eu-west-2.amazonaws.com", type: .a)

  /// An answer with an alias, an IPv4 and an IPv6 address.
  private func answer(flags: [UInt8] = [0x81, 0x80], records: [UInt8]? = nil) throws -> [UInt8] {
    let query = try #require(query)
    let own: [UInt8] =
      [0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 2, 0xC0, 16]
      + [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 42, 3, 17]
      + [0xC0, 12, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16] + [0xFD, 0, 0x0E, 0xC2]
      + [UInt8](repeating: 0, count: 10) + [0, 0x23]
    return Array(query[0..<2]) + flags + [0, 1, 0, 3, 0, 0, 0, 0] + query[12...] + (records ?? own)
  }

  @Test("addresses are read, aliases left aside")
  func addresses() throws {
    let read = try DNSMessage.answer(answer(), to: try #require(query))
    #expect(
      read == .init(code: 0, isTruncated: false, addresses: ["10.42.3.17", "fd00:ec2::23"]))
    #expect(read.codeName == "NOERROR")
  }

  @Test("every cut of an answer is an error or a shorter answer, never a crash")
  func cuts() throws {
    let whole = try answer()
    for count in 0..<whole.count {
      let read = try? DNSMessage.answer(Array(whole.prefix(count)), to: try #require(query))
      #expect(read == nil, "\(count) bytes")
    }
  }

  @Test("every damaged byte is an error or an answer, never a crash")
  func damage() throws {
    let whole = try answer()
    for index in whole.indices {
      for value in [0, 0x3F, 0x40, 0x80, 0xC0, 0xFF] as [UInt8] {
        var damaged = whole
        damaged[index] = value
        _ = try? DNSMessage.answer(damaged, to: try #require(query))
      }
    }
  }

  @Test("an answer to another question, or with another number, is refused")
  func foreign() throws {
    let other = try #require(DNSMessage.query(id: 0x1234, name: "a.b", type: .a))
    #expect(throws: WireError.self) { try DNSMessage.answer(answer(), to: other) }
    var wrong = try answer()
    wrong[0] = 0
    #expect(throws: WireError.self) { try DNSMessage.answer(wrong, to: #require(query)) }
    #expect(throws: WireError.self) {
      try DNSMessage.answer(answer(flags: [0x01, 0]), to: #require(query))
    }
  }

  @Test("a refusal and a truncation are answers of their own kind")
  func codes() throws {
    let refused = try DNSMessage.answer(answer(flags: [0x81, 0x83]), to: #require(query))
    #expect(refused.codeName == "NXDOMAIN")
    let cut = try DNSMessage.answer(answer(flags: [0x83, 0x80]), to: #require(query))
    #expect(cut.isTruncated && cut.addresses.isEmpty)
  }

  @Test("names that can't be asked for are told apart")
  func names() {
    #expect(DNSMessage.query(id: 1, name: "", type: .a) == nil)
    #expect(DNSMessage.query(id: 1, name: String(repeating: "a", count: 64), type: .a) == nil)
    #expect(DNSMessage.query(id: 1, name: "a b", type: .a) == nil)
    #expect(
      DNSMessage.query(id: 1, name: "a.", type: .aaaa)
        == [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0x61, 0, 0, 28, 0, 1])
  }

  @Test(
    "private addresses are those of no public network",
    arguments: [
      ("10.0.0.1", true), ("172.31.9.9", true), ("172.32.0.1", false), ("100.64.0.1", true),
      ("52.94.0.1", false), ("fd00:ec2::23", true), ("2600::1", false), ("fe80::1", true),
    ])
  func privateAddresses(_ address: String, _ expected: Bool) {
    #expect(AddressText.isPrivate(address) == expected)
  }

  @Test("IPv6 addresses are shortened at their longest run of zeros")
  func ipv6() {
    #expect(AddressText.ipv6([UInt8](repeating: 0, count: 16)) == "::")
    #expect(
      AddressText.ipv6([0x20, 1, 0xD, 0xB8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1])
        == "2001:db8:0:1::1")
  }
}

@Suite("Time servers' answers")
struct TimePacketTests {
  @Test("offset and delay follow from the four times")
  func offset() throws {
    let sent: Int64 = 1_900_000_000_000_000
    let query = TimePacket.query(sent: sent)
    // The server is 250 ms ahead, needs 1 ms, and the way is 2 ms long in each direction.
    var packet = [UInt8](repeating: 0, count: 48)
    packet[0] = 0x24
    packet[1] = 4
    packet.replaceSubrange(24..<32, with: query[40..<48])
    packet.replaceSubrange(32..<40, with: TimePacket.query(sent: sent + 252_000)[40..<48])
    packet.replaceSubrange(40..<48, with: TimePacket.query(sent: sent + 253_000)[40..<48])
    let answer = try TimePacket.answer(packet, to: query, received: sent + 5_000)
    #expect(abs(answer.offsetMicroseconds - 250_000) <= 1)
    #expect(abs(answer.delayMicroseconds - 4_000) <= 1)
    #expect(answer.stratum == 4 && answer.leap == 0)
    for count in 0..<48 {
      #expect(throws: WireError.self) {
        try TimePacket.answer(Array(packet.prefix(count)), to: query, received: sent)
      }
    }
    packet[24] ^= 1
    #expect(throws: WireError.self) { try TimePacket.answer(packet, to: query, received: sent) }
  }
}

import FuzzDriver
import WireFormats

/// Every message that a runtime may answer with.
let schemas = [
  CRIMessages.version, CRIMessages.status, CRIMessages.sandboxes, CRIMessages.sandbox,
  CRIMessages.containers, CRIMessages.container, CRIMessages.images, CRIMessages.imageUsage,
]

/// Puts the messages of a stream together, in pieces of one size.
func frames(_ bytes: [UInt8], piece: Int) -> ([[UInt8]], Bool) {
  var frames = GRPCFrames(limit: 64 << 10)
  var rest = bytes[...]
  while !rest.isEmpty {
    do {
      try frames.append(rest.prefix(piece))
    } catch {
      return (frames.messages, true)
    }
    rest = rest.dropFirst(piece)
  }
  return (frames.messages, false)
}

/// The first byte chooses the format, the rest is what a peer sent.
let check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = { start, count in
  let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let first = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  switch first % 5 {
  case 0:
    let schema = schemas[Int(first / 5) % schemas.count]
    if let json = try? ProtobufJSON.object(bytes[...], schema, outputLimit: 1 << 20) {
      precondition(JSONText.isDocument(json[...]), "a message became something else than JSON")
    }
  case 1:
    let (whole, isBroken) = frames(bytes, piece: max(1, bytes.count))
    let (parts, arePartsBroken) = frames(bytes, piece: 3)
    precondition(isBroken == arePartsBroken, "the pieces change the result")
    precondition(isBroken || whole == parts, "the pieces change the messages")
  case 2:
    let query = DNSMessage.query(id: 0x1234, name: "a.example", type: .a) ?? []
    var answer = bytes
    // Most answers have the right number and question, so that the records are reached.
    if first < 128 {
      answer = Array(query[0..<2]) + bytes.prefix(10) + query[12...] + bytes.dropFirst(10)
    }
    if let read = try? DNSMessage.answer(answer, to: query) {
      precondition(read.addresses.count <= 64, "too many addresses")
    }
  case 3:
    let query = TimePacket.query(sent: 1_900_000_000_000_000)
    _ = try? TimePacket.answer(bytes, to: query, received: 1_900_000_000_100_000)
  default:
    if JSONText.isDocument(bytes[...]),
      let longer = JSONText.adding("name", Array("[1]".utf8), to: bytes)
    {
      precondition(JSONText.isDocument(longer[...]), "a longer object is no JSON")
    }
  }
  return 0
}

fuzz(check)

/// Turns messages into JSON as the runtimes' own tools print it: every field of the schema is
/// there, absent messages are `null`, integers of 64 bits are texts, enumerations are names.
public struct ProtobufJSON: Sendable {
  /// How deep messages may stand in one another.
  static let depthLimit = 16
  /// The most bytes of JSON that one message may become.
  let outputLimit: Int

  private var output: [UInt8] = []

  /// Turns a message into one JSON object.
  ///
  /// - Parameters:
  ///   - bytes: the message.
  ///   - schema: what it means.
  ///   - outputLimit: the most bytes of JSON that are made of it.
  public static func object(
    _ bytes: ArraySlice<UInt8>, _ schema: MessageSchema, outputLimit: Int = 32 << 20
  ) throws(WireError) -> [UInt8] {
    var writer = ProtobufJSON(outputLimit: outputLimit)
    try writer.write(bytes, schema, depth: 0)
    return writer.output
  }

  private init(outputLimit: Int) {
    self.outputLimit = outputLimit
  }

  private mutating func write(
    _ bytes: ArraySlice<UInt8>, _ schema: MessageSchema, depth: Int
  ) throws(WireError) {
    guard depth < Self.depthLimit else { throw WireError("messages stand too deep") }
    let message = try ProtobufMessage(bytes)
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    for field in schema.fields {
      if case .documents = field.kind {
        let reserved = schema.fields.filter { $0.number != field.number }.map(\.name)
        try write(documents: message.map(field.number), except: reserved, isFirst: &isFirst)
        continue
      }
      begin(field.name, isFirst: &isFirst)
      try write(field, of: message, depth: depth)
      guard output.count <= outputLimit else { throw WireError("a message is too large") }
    }
    output.append(UInt8(ascii: "}"))
  }

  private mutating func begin(_ name: String, isFirst: inout Bool) {
    if !isFirst { output.append(UInt8(ascii: ",")) }
    isFirst = false
    JSONText.append(name, to: &output)
    output.append(UInt8(ascii: ":"))
  }

  private mutating func write(
    _ field: MessageSchema.Field, of message: ProtobufMessage, depth: Int
  ) throws(WireError) {
    if case .map = field.kind { return write(map: try message.map(field.number)) }
    guard field.isRepeated else {
      return try write(message.values(field.number).last, field.kind, depth: depth)
    }
    output.append(UInt8(ascii: "["))
    for (index, value) in message.values(field.number).enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      try write(value, field.kind, depth: depth)
      guard output.count <= outputLimit else { throw WireError("a message is too large") }
    }
    output.append(UInt8(ascii: "]"))
  }

  private mutating func write(
    _ value: ProtobufReader.Value?, _ kind: MessageSchema.Kind, depth: Int
  ) throws(WireError) {
    let number: UInt64
    var bytes: ArraySlice<UInt8>?
    switch value {
    case .varint(let value), .fixed64(let value): number = value
    case .fixed32(let value): number = UInt64(value)
    case .bytes(let value):
      number = 0
      bytes = value
    case nil: number = 0
    }
    switch kind {
    case .string: JSONText.append(String(decoding: bytes ?? [], as: UTF8.self), to: &output)
    case .bool: raw(number == 0 ? "false" : "true")
    case .int32: raw(String(Int32(truncatingIfNeeded: number)))
    case .uint32: raw(String(UInt32(truncatingIfNeeded: number)))
    case .int64: raw("\"\(Int64(bitPattern: number))\"")
    case .uint64: raw("\"\(number)\"")
    case .enumeration(let names):
      let index = Int(exactly: number) ?? names.count
      // A name that a newer runtime knows and this schema doesn't stays a number.
      raw(index < names.count ? "\"\(names[index])\"" : String(number))
    case .message(let schema):
      guard let bytes else { return raw("null") }
      try write(bytes, schema, depth: depth + 1)
    case .map, .documents: raw("{}")
    }
  }

  private mutating func write(map: [String: String]) {
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    for (name, value) in map.sorted(by: { $0.key < $1.key }) {
      begin(name, isFirst: &isFirst)
      JSONText.append(value, to: &output)
    }
    output.append(UInt8(ascii: "}"))
  }

  private mutating func write(
    documents: [String: String], except reserved: [String], isFirst: inout Bool
  ) throws(WireError) {
    for (name, text) in documents.sorted(by: { $0.key < $1.key }) where !reserved.contains(name) {
      begin(name, isFirst: &isFirst)
      let bytes = Array(text.utf8)
      if JSONText.isDocument(bytes[...]) {
        output += bytes
      } else {
        JSONText.append(text, to: &output)
      }
      guard output.count <= outputLimit else { throw WireError("a message is too large") }
    }
  }

  private mutating func raw(_ text: String) {
    output += text.utf8
  }
}

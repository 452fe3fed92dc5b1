/// Fields of a message in protobuf's text form: `K8S_POD_NAME:"a"  ContainerID:"b"`.
enum ProtobufText {
  /// The quoted value of a field; nil if it is absent or empty.
  static func value(_ name: String, _ text: Bytes) -> String? {
    guard let found = text.firstRange(of: Array((name + ":\"").utf8)),
      let end = text[found.upperBound...].firstIndex(of: UInt8(ascii: "\"")),
      end > found.upperBound
    else { return nil }
    return String(text[found.upperBound..<end])
  }
}

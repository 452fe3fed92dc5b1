/// The text format of Prometheus: `name{label="value"} 12 [time]`.
enum PrometheusText {
  struct Sample {
    var name: String
    var labels: [(name: String, value: String)]
    /// Not a number stays not a number.
    var value: Double
  }

  static func sample(_ line: Bytes) -> Sample? {
    let name = line.prefix { isNameByte($0) }
    guard !name.isEmpty else { return nil }
    var rest = line[name.endIndex...]
    var labels: [(name: String, value: String)] = []
    if rest.first == UInt8(ascii: "{") {
      guard let end = readLabels(rest.dropFirst(), &labels) else { return nil }
      rest = rest[end...]
    }
    let words = rest.words
    guard words.count == 1 || words.count == 2, let value = number(words[0]) else { return nil }
    return Sample(name: String(name), labels: labels, value: value)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: ":")
  }

  /// Labels up to the closing brace; the result is the place behind it.
  private static func readLabels(
    _ bytes: Bytes, _ labels: inout [(name: String, value: String)]
  ) -> Int? {
    var rest = bytes
    while true {
      while let byte = rest.first, byte.isBlank || byte == UInt8(ascii: ",") {
        rest = rest.dropFirst()
      }
      if rest.first == UInt8(ascii: "}") { return rest.startIndex + 1 }
      let name = rest.prefix { isNameByte($0) }
      rest = rest[name.endIndex...]
      guard !name.isEmpty, rest.starts("=\""),
        let (end, _) = JSONReader.endOfString(rest, from: rest.startIndex + 2)
      else { return nil }
      labels.append(
        (String(name), String(JSONReader.unescaped(rest[(rest.startIndex + 2)..<end]))))
      rest = rest[(end + 1)...]
    }
  }

  private static func number(_ bytes: Bytes) -> Double? {
    switch String(bytes) {
    case "NaN", "Nan": .nan
    case "+Inf", "Inf": .infinity
    case "-Inf": -.infinity
    case let text: Double(text)
    }
  }
}

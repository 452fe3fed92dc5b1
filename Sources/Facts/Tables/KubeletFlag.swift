import BundleModel

/// An argument of the kubelet.
public struct KubeletFlag: FactTable {
  var name: String
  var value: String?
  var origin: String

  /// The declaration of `kubelet_flag`.
  public static let schema = Schema<Self>(
    "kubelet_flag", "Arguments of the kubelet.", from: [.kubeletFlags, .kubeletEnvironment],
    columns: [
      Column(
        "name", \.name,
        "Name without its leading minus signs; with any other dash the whole word as it stands."),
      Column("value", \.value, "Value; NULL if the argument has none."),
      Column(
        "origin", \.origin,
        "process for the running kubelet, environment for the file that its unit reads."),
    ])

  /// Reads the collector's list, or the assignments of an environment file.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    if input.artifact == .kubeletFlags {
      guard let document = try input.readJSON(&rows) else { return }
      let arguments = (document["arguments"]?.array ?? []).compactMap(\.string)
      read(arguments.dropFirst(), "process", nil, &rows)
      return
    }
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard let first = line.first, first != UInt8(ascii: "#"),
        let (_, value) = line.cut(at: UInt8(ascii: "="))
      else { continue }
      var text = value.trimmed
      if let quote = text.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        text = text.dropFirst()
        if text.last == quote { text = text.dropLast() }
      }
      let words = text.words.map { word in
        String(word.filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }[...])
      }
      read(words[...], "environment", input.lineNumber, &rows)
    }
  }

  private static func read(
    _ arguments: ArraySlice<String>, _ origin: String, _ line: Int?, _ rows: inout RowSink<Self>
  ) {
    var rest = arguments
    while let argument = rest.popFirst() {
      let isDash = argument.hasPrefix("-")
      guard startsWithDash(argument) else { continue }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      var value = parts.count > 1 ? String(parts[1]) : nil
      if parts.count == 1, let next = rest.first, !startsWithDash(next) {
        value = next
        rest = rest.dropFirst()
      }
      let name = isDash ? String(parts[0].drop { $0 == "-" }) : String(parts[0])
      rows.append(Self(name: name, value: value, origin: origin), line: line)
    }
  }

  private static func startsWithDash(_ argument: String) -> Bool {
    guard let first = argument.unicodeScalars.first else { return false }
    return first == "-" || dashes.contains(first)
  }

  /// Signs that word processors put in place of two minus signs.
  private static let dashes: [Unicode.Scalar] = ["\u{2010}", "\u{2012}", "\u{2013}", "\u{2014}"]
}

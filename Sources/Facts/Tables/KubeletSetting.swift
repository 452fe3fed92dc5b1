import BundleModel

/// A value of the kubelet's configuration files.
public struct KubeletSetting: FactTable {
  var path: String
  var key: String
  var value: String?

  /// The declaration of `kubelet_setting`.
  public static let schema = Schema<Self>(
    "kubelet_setting", "Values of the kubelet's configuration files.",
    from: [.kubeletConfiguration],
    columns: [
      Column("path", \.path, "Absolute path of the file on the node."),
      Column("key", \.key, "Names from the top, joined by dots, such as kubeReserved.memory."),
      Column("value", \.value, "Scalar as text, a list as JSON; NULL for null."),
    ])

  /// Reads JSON, and the simple YAML that people write: nested keys with scalars.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let path = input.nodePath
    var stack: [(indent: Int, key: String)] = []
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard let first = line.first, first != UInt8(ascii: "#"), !line.equals("---") else {
        continue
      }
      if stack.isEmpty, first == UInt8(ascii: "{") {
        var all = Array(bytes)
        all.append(0x0a)
        all.append(contentsOf: try input.readAll())
        let (values, failure) = JSONReader.documents(all[...])
        if let failure { rows.unreadable("not JSON: \(failure.reason)", line: failure.line) }
        if let object = values.last?.object { add(object, "", path, &rows) }
        return
      }
      readYAML(bytes, line, input.lineNumber, path, &stack, &rows)
    }
  }

  private static func add(
    _ object: JSONObject, _ prefix: String, _ path: String,
    _ rows: inout RowSink<Self>
  ) {
    for (key, value) in object.members {
      let name = prefix + key
      if case .object(let inner) = value, !inner.members.isEmpty {
        add(inner, name + ".", path, &rows)
      } else {
        let text =
          switch value {
          case .null: nil as String?
          case .array, .object: value.json
          default: value.scalarText
          }
        rows.append(Self(path: path, key: name, value: text), line: object.line)
      }
    }
  }

  private static func readYAML(
    _ bytes: Bytes, _ line: Bytes, _ number: Int, _ path: String,
    _ stack: inout [(indent: Int, key: String)], _ rows: inout RowSink<Self>
  ) {
    if line.first == UInt8(ascii: "-") {
      let value = unquoted(line.dropFirst().trimmed)
      let key = stack.map(\.key).joined(separator: ".")
      rows.append(Self(path: path, key: key + "[]", value: value), line: number)
      return
    }
    guard let (key, rest) = line.cut(at: UInt8(ascii: ":")) else {
      rows.unreadable("neither JSON nor key: value", line: number)
      return
    }
    let indent = bytes.prefix { $0 == 0x20 }.count
    stack.removeAll { $0.indent >= indent }
    guard stack.count < FactLimits.jsonDepth else {
      rows.unreadable("nested too deep", line: number)
      return
    }
    stack.append((indent, unquoted(key.trimmed)))
    let value = rest.trimmed
    if !value.isEmpty {
      let name = stack.map(\.key).joined(separator: ".")
      let text = value.equals("null") ? nil : unquoted(value)
      rows.append(Self(path: path, key: name, value: text), line: number)
    }
  }

  private static func unquoted(_ bytes: Bytes) -> String {
    guard bytes.count >= 2, let first = bytes.first, first == bytes.last,
      first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
    else { return String(bytes) }
    return String(bytes.dropFirst().dropLast())
  }
}

import BundleModel

/// A value of the kubelet's configuration files.
public struct KubeletSetting: FactTable {
  var path: String
  var key: String
  var value: String?
  var origin: String

  /// The declaration of `kubelet_setting`.
  public static let schema = Schema<Self>(
    "kubelet_setting", "Values of the kubelet's configuration files, and what it works with.",
    from: [.kubeletConfiguration, .kubeletConfigz],
    columns: [
      Column("path", \.path, "Absolute path of the file on the node; empty for configz."),
      Column("key", \.key, "Names from the top, joined by dots, such as kubeReserved.memory."),
      Column("value", \.value, "Scalar as text, a list as JSON; NULL for null."),
      Column(
        "origin", \.origin,
        "file, drop_in for a file of a folder of drop-ins, configz for what the kubelet says itself."
      ),
    ])

  /// Reads JSON or YAML.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let isConfigz = input.artifact == .kubeletConfigz
    let path = isConfigz ? "" : input.nodePath
    let origin =
      isConfigz ? "configz" : Path.directory(path).hasSuffix(".d") ? "drop_in" : "file"
    guard let object = try input.readConfiguration(&rows)?.object else { return }
    let root = isConfigz ? object["kubeletconfig"]?.object ?? object : object
    add(root, "", path, origin, &rows)
  }

  private static func add(
    _ object: JSONObject, _ prefix: String, _ path: String, _ origin: String,
    _ rows: inout RowSink<Self>
  ) {
    for (key, value) in object.members {
      let name = prefix + key
      if case .object(let inner) = value, !inner.members.isEmpty {
        add(inner, name + ".", path, origin, &rows)
      } else {
        let text: String? =
          switch value {
          case .null: nil
          case .array, .object: value.json
          default: value.scalarText
          }
        rows.append(
          Self(path: path, key: name, value: text, origin: origin), line: object.line)
      }
    }
  }
}

extension ArtifactInput {
  /// The member as one document of JSON, or else of YAML. Damage becomes issues.
  mutating func readConfiguration<Row>(
    _ rows: inout RowSink<Row>
  ) throws(ParseError) -> JSONValue? {
    let read: ReadDocuments
    if let known = documents[.configuration] {
      read = known
    } else {
      read = Self.configuration(try readAll())
    }
    documents[.configuration] = read
    for problem in read.problems { rows.unreadable(problem.reason, line: problem.line) }
    return read.values.last
  }

  private static func configuration(_ bytes: Bytes) -> ReadDocuments {
    var read = ReadDocuments()
    switch KubeText(bytes) {
    case .json:
      // A prompt may stand in front.
      let start = bytes.firstIndex(of: UInt8(ascii: "{")) ?? bytes.endIndex
      let line = 1 + bytes[..<start].count { $0 == 0x0a }
      var reader = JSONReader(bytes[start...], line: line, keepsWholeParts: true)
      reader.skipWhitespace()
      while reader.damage == nil, reader.index < bytes.endIndex,
        bytes[reader.index] == UInt8(ascii: "{"), let value = try? reader.value()
      {
        read.values.append(value)
        reader.skipWhitespace()
      }
      if read.values.count > 1 {
        let count = read.values.count
        read.problems.append(("\(count) documents in one file: the last one is used", nil))
      }
      if let damage = reader.damage {
        read.problems.append(("not JSON: \(damage.reason)", damage.line))
      } else if reader.index < bytes.endIndex, !bytes[reader.index...].allSatisfy({ $0 == 0 }) {
        read.problems.append(("text behind the document", reader.line))
      }
    case .yaml:
      let (values, problems) = YAMLReader.documents(bytes)
      read.values = values.filter { $0.object != nil }
      read.problems = problems.map { ("not YAML: \($0.reason)", $0.line) }
    case .empty: break
    case .describe, .table, .unknown: read.problems.append(("neither JSON nor YAML", 1))
    }
    return read
  }
}

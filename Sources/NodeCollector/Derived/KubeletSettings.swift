import FoundationEssentials

/// The kubelet's settings by the files that set them, the weakest first.
struct KubeletSettings: Sendable {
  let host: Host

  /// One file and its settings of plain values.
  struct File: Sendable {
    let path: String
    let values: [String: String]
  }

  /// Configuration files and their drop-ins, in the order in which the kubelet reads them.
  var files: [File] {
    let patterns = FoundPaths(host: host, settings: CollectSettings()).replaced(in: [
      "/etc/kubernetes/kubelet/kubelet-config.json", "/etc/kubernetes/kubelet/config.json",
      "/etc/kubernetes/kubelet/config", "/etc/kubernetes/kubelet/config.json.d",
      "{--config and --config-dir of the kubelet}",
    ])
    return FileListing(host: host, limit: 200).files(matching: patterns).files.compactMap { file in
      guard let bytes = SmallFile.bytes(at: file.place, limit: 1 << 20) else { return nil }
      return File(path: file.path, values: Self.values(bytes))
    }
  }

  /// Plain values at the top of a JSON document, or else of a YAML one.
  static func values(_ bytes: [UInt8]) -> [String: String] {
    if let scalars = try? JSONDecoder().decode([String: Scalar].self, from: Data(bytes)) {
      return scalars.compactMapValues(\.text)
    }
    var values: [String: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let first = line.first, first.isLetter else { continue }
      let value = String(parts[1]).trimmed.filter { $0 != "\"" && $0 != "'" }
      if !value.isEmpty { values[String(parts[0])] = value }
    }
    return values
  }

  /// A plain value; lists and objects have no text.
  private struct Scalar: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Bool.self) {
        text = value ? "true" : "false"
      } else if let value = try? container.decode(Int64.self) {
        text = String(value)
      } else {
        // What is no text either has none.
        text = try? container.decode(String.self)
      }
    }
  }
}

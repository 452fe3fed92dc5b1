import BundleModel

/// A property of the node.
public struct NodeProperty: FactTable {
  var name: String
  var value: String

  /// The declaration of `node_property`.
  public static let schema = Schema<Self>(
    "node_property", "Properties of the node by name.",
    from: [
      .hostIdentity, .osRelease, .metadataIdentity, .foreignUname, .foreignInstanceID,
      .foreignRegion, .foreignZone,
    ],
    columns: [
      Column(
        "name", \.name,
        "hostname, kernel, os_id, os_version, os_name, boot_id, btime_us, instance_id and so on."),
      Column("value", \.value, "Value as text; times are microseconds since 1970 UTC."),
    ])

  /// Reads the collector's identity, os-release, the instance identity document, or the short files
  /// that other collectors have in their place.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    switch input.artifact {
    case .osRelease: return try readRelease(&input, &rows)
    case .foreignUname: return try readUname(&input, &rows)
    case .foreignInstanceID: return try readWord("instance_id", &input, &rows)
    case .foreignRegion: return try readWord("region", &input, &rows)
    case .foreignZone: return try readWord("zone", &input, &rows)
    default: break
    }
    guard var document = try input.readJSON(&rows) else { return }
    var names = hostNames
    if input.artifact == .metadataIdentity {
      names = instanceNames
      if let request = IMDSRequest.requests(document).first {
        guard request.status == 200, let body = request.body,
          let inner = JSONReader.documents(Array(body.utf8)[...]).values.last
        else { return rows.unreadable("the identity document was not answered", line: nil) }
        document = inner
      }
    }
    for (key, name) in names {
      guard let text = document[key]?.scalarText, !text.isEmpty else { continue }
      let value: String? =
        switch name {
        case "btime_us": document[key]?.integer.flatMap { microseconds($0) }
        case "collected_at_us": Timestamp.whole(text).map { String($0) }
        default: text
        }
      if let value {
        rows.append(Self(name: name, value: value), line: nil)
      } else {
        rows.unreadable("\(key) is not a time", line: nil)
      }
    }
  }

  private static func microseconds(_ seconds: Int64) -> String? {
    let (us, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? nil : String(us)
  }

  private static let hostNames = [
    ("hostname", "hostname"), ("kernel", "kernel"), ("kernel_version", "kernel_version"),
    ("machine", "machine"), ("boot_id", "boot_id"), ("btime", "btime_us"),
    ("collected_at", "collected_at_us"),
  ]

  private static let instanceNames = [
    ("instanceId", "instance_id"), ("instanceType", "instance_type"), ("region", "region"),
    ("availabilityZone", "zone"), ("accountId", "account"), ("imageId", "ami_id"),
    ("architecture", "architecture"), ("privateIp", "private_ip"),
  ]

  private static func readWord(
    _ name: String, _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let line = try input.nextLine() {
      let words = line.words
      guard !words.isEmpty else { continue }
      // An error page of the metadata service is no answer.
      guard words.count == 1, words[0].count <= 64, words[0].first != UInt8(ascii: "<") else {
        return rows.unreadable("not one word", line: input.lineNumber)
      }
      return rows.append(Self(name: name, value: String(words[0])), line: input.lineNumber)
    }
  }

  /// `Linux NAME RELEASE VERSION… MACHINE GNU/Linux`. The release names the distribution of EKS
  /// images, which other collectors note nowhere else.
  private static func readUname(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let line = try input.nextLine() else { return }
    let words = line.words.map { String($0) }
    guard words.count >= 3, words[0] == "Linux" else {
      return rows.unreadable("not the output of uname", line: input.lineNumber)
    }
    var found = [("hostname", words[1]), ("kernel", words[2])]
    if words.count >= 6, words.last == "GNU/Linux" {
      found.append(("machine", words[words.count - 2]))
    }
    if words[2].utf8Contains(".amzn2023.") {
      found += [("os_id", "amzn"), ("os_version", "2023")]
    } else if words[2].utf8Contains(".amzn2.") {
      found += [("os_id", "amzn"), ("os_version", "2")]
    } else if words.contains(where: { $0.hasSuffix("-Ubuntu") }) {
      found.append(("os_id", "ubuntu"))
    }
    for (name, value) in found {
      rows.append(Self(name: name, value: value), line: input.lineNumber)
    }
  }

  private static func readRelease(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    let names = ["ID": "os_id", "VERSION_ID": "os_version", "PRETTY_NAME": "os_name"]
    while let line = try input.nextLine() {
      guard let (key, value) = line.trimmed.cut(at: UInt8(ascii: "=")),
        let name = names[String(key)]
      else { continue }
      var text = value
      if let quote = text.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        text = text.dropFirst()
        if text.last == quote { text = text.dropLast() }
      }
      rows.append(Self(name: name, value: String(text)), line: input.lineNumber)
    }
  }
}

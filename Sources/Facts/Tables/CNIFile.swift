import BundleModel

/// A file of the CNI configuration folder, readable or not.
public struct CNIFile: FactTable {
  var file: String
  var isCandidate: Bool
  var network: String?
  var version: String?
  var plugins: Int?
  var types: String?
  var mtu: Int64?
  var parseError: String?

  /// The declaration of `cni_file`.
  public static let schema = Schema<Self>(
    "cni_file",
    "Files of the CNI configuration folder: the first candidate by name is in force, if it can be"
      + " read.",
    from: [.cniConfiguration],
    columns: [
      Column("file", \.file, "Name of the file: runtimes take them in the byte order of names."),
      Column(
        "is_candidate", \.isCandidate,
        "1 if runtimes look at it, for its name ends with .conf, .conflist or .json; else 0."),
      Column("name", \.network, "Name of the network."),
      Column("cni_version", \.version, "Version of the CNI specification that the file asks for."),
      Column("plugins", \.plugins, "Number of plugins in its chain; NULL if it can't be read."),
      Column("plugin_types", \.types, "Programs of the chain in order, separated by commas."),
      Column("mtu", \.mtu, "MTU that the chain asks for; NULL if none does."),
      Column("parse_error", \.parseError, "Why it is no configuration; NULL if it is one."),
    ])

  /// Reads one file.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var row = Self(file: input.fileName, isCandidate: CNIConfig.isCandidate(input.fileName))
    guard row.isCandidate else { return rows.append(row, line: nil) }
    let bytes = try input.readAll()
    let (values, failure) = JSONReader.documents(bytes)
    if !bytes.contains(where: { !$0.isWhitespace && $0 != 0 }) {
      row.parseError = "the file is empty"
    } else if let failure {
      row.parseError = failure.reason
    } else if values.count != 1 {
      row.parseError = "\(values.count) documents in one file"
    } else {
      row.read(values[0])
    }
    rows.append(row, line: failure?.line)
  }

  private mutating func read(_ document: JSONValue) {
    guard document.object != nil else { return parseError = "not a JSON object" }
    network = document["name"]?.string
    version = document["cniVersion"]?.string
    let chain = document["plugins"]?.array ?? [document]
    plugins = chain.count
    types = chain.map { $0["type"]?.string ?? "?" }.joined(separator: ",")
    mtu = chain.lazy.compactMap { $0["mtu"]?.integer }.first
    if chain.isEmpty {
      parseError = "the list of plugins is empty"
    } else if chain.contains(where: { $0["type"]?.filledString == nil }) {
      parseError = "a plugin without a type"
    }
  }
}

/// A program of the folder of CNI plugins.
public struct CNIProgram: FactTable {
  var name: String
  var size: Int64?
  var mode: String?
  var isExecutable: Bool?
  var modifiedUs: Int64?
  var hash: String?

  /// The declaration of `cni_program`.
  public static let schema = Schema<Self>(
    "cni_program", "Programs of the CNI plugins in /opt/cni/bin; what has no row is missing.",
    from: [.cniPrograms],
    columns: [
      Column("name", \.name, "Name of the program, such as aws-cni."),
      Column("size", \.size, "Size in bytes; 0 for one that was not written to its end."),
      Column("mode", \.mode, "Permissions, in octal digits."),
      Column("is_executable", \.isExecutable, "1 if its owner may run it; else 0."),
      Column("modified_us", \.modifiedUs, "When it was written last, microseconds since 1970 UTC."),
      Column("sha256", \.hash, "SHA-256 of the program; NULL if it could not be read."),
    ])

  /// Reads the collector's listing.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for file in document["files"]?.array ?? [] {
      guard let name = file["name"]?.filledString else {
        rows.unreadable("a program without a name", line: file.object?.line)
        continue
      }
      let mode = file["mode"]?.filledString
      rows.append(
        Self(
          name: name, size: file["size"]?.integer, mode: mode,
          isExecutable: mode.flatMap { Int($0, radix: 8) }.map { $0 & 0o100 != 0 },
          modifiedUs: Timestamp.whole(file["mtime"]?.string), hash: file["sha256"]?.filledString),
        line: file.object?.line)
    }
  }
}

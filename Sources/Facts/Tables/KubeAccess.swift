import BundleModel

/// Something that a credential may do.
public struct KubePermission: FactTable {
  var resources: String
  var nonResourceURLs: String
  var names: String
  var verbs: String

  /// The declaration of `kube_permission`.
  public static let schema = Schema<Self>(
    "kube_permission", "What the node's own credential may do, as kubectl lists it.",
    from: [.nodePermissions],
    columns: [
      Column("resources", \.resources, "Resources, such as nodes or pods.*; empty for addresses."),
      Column("non_resource_urls", \.nonResourceURLs, "Paths of the API server; else empty."),
      Column("resource_names", \.names, "Names it is limited to; empty for every name."),
      Column("verbs", \.verbs, "Verbs, separated by blanks, such as get list watch."),
    ])

  /// Reads `kubectl auth can-i --list`: three columns stand in brackets.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      if line.isEmpty || line.starts("Resources ") || line.starts("Warning:")
        || ShellPrompt.matches(line)
      {
        continue
      }
      var parts: [String] = []
      var rest = line
      while parts.count < 3, let close = rest.lastIndex(of: UInt8(ascii: "]")),
        close == rest.endIndex - 1, let open = rest.lastIndex(of: UInt8(ascii: "["))
      {
        parts.insert(String(rest[(open + 1)..<close]), at: 0)
        rest = rest[..<open].trimmed
      }
      guard parts.count == 3 else {
        rows.unreadable("not a resource with its verbs", line: input.lineNumber)
        continue
      }
      rows.append(
        Self(
          resources: String(rest), nonResourceURLs: parts[0], names: parts[1], verbs: parts[2]),
        line: input.lineNumber)
    }
  }
}

/// A health check of the API server.
public struct KubeAPICheck: FactTable {
  var name: String
  var isOK: Bool
  var reason: String?

  /// The declaration of `kube_api_check`.
  public static let schema = Schema<Self>(
    "kube_api_check", "The API server's own checks.", from: [.apiHealth],
    columns: [
      Column("name", \.name, "Name of the check, such as etcd."),
      Column("is_ok", \.isOK, "1 if it passed; else 0."),
      Column("reason", \.reason, "What it says if it failed; else NULL."),
    ])

  /// Reads `/livez?verbose`: `[+]ping ok`, `[-]etcd failed: reason withheld`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard line.starts("[+]") || line.starts("[-]") else {
        let isWord =
          line.isEmpty || line.hasSuffix("passed") || line.hasSuffix("failed")
          || line.equals("ok") || ShellPrompt.matches(line)
        if !isWord { rows.unreadable("not a check", line: input.lineNumber) }
        continue
      }
      let text = line.dropFirst(3)
      let name = text.prefix { !$0.isBlank }
      let isOK = line.starts("[+]")
      let rest = text[name.endIndex...].trimmed
      rows.append(
        Self(name: String(name), isOK: isOK, reason: isOK ? nil : String(rest)),
        line: input.lineNumber)
    }
  }
}

/// A property of the cluster that its API server tells.
public struct KubeClusterProperty: FactTable {
  var name: String
  var value: String

  /// The declaration of `kube_cluster_property`.
  public static let schema = Schema<Self>(
    "kube_cluster_property", "Properties of the cluster that its API server tells.",
    from: [.apiVersion, .clusterVersion, .serviceSummary],
    columns: [
      Column(
        "name", \.name,
        "version, major, minor, platform, service_count, service_count_is_cut, api_service_ip."),
      Column("value", \.value, "Value as text."),
    ])

  private static let names: [(keys: [String], name: String)] = [
    (["gitVersion"], "version"), (["major"], "major"), (["minor"], "minor"),
    (["platform"], "platform"), (["count"], "service_count"), (["is_cut"], "service_count_is_cut"),
    (["kubernetes", "spec", "clusterIP"], "api_service_ip"),
  ]

  /// Reads `/version` and the summary of services.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for (keys, name) in names {
      var value: JSONValue? = document
      for key in keys { value = value?[key] }
      guard let text = value?.scalarText, !text.isEmpty else { continue }
      rows.append(Self(name: name, value: text), line: document.object?.line)
    }
  }
}

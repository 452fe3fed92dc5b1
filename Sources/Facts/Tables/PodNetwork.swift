import BundleModel

/// The network namespace of a pod.
public struct PodNetns: FactTable {
  var value: JSONValue

  /// The declaration of `pod_netns`.
  public static let schema = Schema<Self>(
    "pod_netns", "Network namespaces of the node's pods.", from: [.podNetworks],
    columns: [
      Column("netns", { Self.name($0.value) }, "Name of the namespace, or a path into it."),
      Column("path", { $0.value["path"]?.string }, "Path on the node through which it is entered."),
      Column("inode", { $0.value["inode"]?.integer }, "Number by which the kernel knows it."),
      Column("nsid", { $0.value["nsid"]?.integer }, "Number by which the host's links name it."),
      Column(
        "processes", { $0.value["processes"]?.json }, "Processes in it, a JSON array; NULL if none."
      ),
      Column(
        "error", { $0.value["errors"]?.array?.compactMap(\.string).joined(separator: "; ") },
        "What could not be read; NULL if everything was."),
    ])

  /// Reads one namespace from each line.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let bytes = try input.nextLine() {
      guard !bytes.trimmed.isEmpty else { continue }
      let (values, failure) = JSONReader.documents(bytes)
      if let failure { rows.unreadable("not JSON: \(failure.reason)", line: input.lineNumber) }
      for value in values where value.object != nil {
        rows.append(Self(value: value), line: input.lineNumber)
      }
    }
  }
}

/// Something that stands in a pod's network namespace, in the columns of the host's table.
struct PodNetwork<Part: PodNetworkPart>: FactTable {
  var netns: String
  var part: Part

  static var schema: Schema<Self> {
    let name: Column<Self> = Column("netns", \.netns, "Namespace, as in pod_netns.")
    let columns = Part.podColumns.map { (column: Column<Part>) in
      column.lifted { (row: Self) in row.part }
    }
    return Schema(Part.podTable, Part.podSummary, from: [.podNetworks], columns: [name] + columns)
  }

  static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let bytes = try input.nextLine() {
      // Lines that cannot be read are reported once, by `pod_netns`.
      for value in JSONReader.documents(bytes).values where value.object != nil {
        let netns = PodNetns.name(value)
        for part in Part.parts(of: value) {
          rows.append(Self(netns: netns, part: part), line: input.lineNumber)
        }
      }
    }
  }
}

extension PodNetns {
  static func name(_ value: JSONValue) -> String {
    value["name"]?.string ?? value["path"]?.string ?? ""
  }
}

/// A row that a pod's namespace may hold.
protocol PodNetworkPart: Sendable, SendableMetatype {
  /// The table that holds the rows.
  static var podTable: String { get }
  /// What a row is.
  static var podSummary: String { get }
  /// The columns behind the namespace's name.
  static var podColumns: [Column<Self>] { get }
  /// The rows of one namespace.
  static func parts(of namespace: JSONValue) -> [Self]
}

extension Link: PodNetworkPart {
  static var podTable: String { "pod_link" }
  static var podSummary: String { "Network interfaces inside the pods' namespaces." }
  static var podColumns: [Column<Self>] {
    schema.columns.map { column in
      guard column.description.name == "netns" else { return column }
      return Column("peer_netns", \.link.netns, column.description.summary)
    }
  }

  static func parts(of namespace: JSONValue) -> [Self] {
    (namespace["links"]?.array ?? []).compactMap { $0.object.flatMap { LinkText($0) } }
      .map { Self(link: $0) }
  }
}

extension Address: PodNetworkPart {
  static var podTable: String { "pod_address" }
  static var podSummary: String { "Addresses inside the pods' namespaces." }
  static var podColumns: [Column<Self>] { schema.columns }

  static func parts(of namespace: JSONValue) -> [Self] {
    Link.parts(of: namespace).flatMap { of($0.link) }
  }
}

extension IPRoute: PodNetworkPart {
  static var podTable: String { "pod_route" }
  static var podSummary: String { "Routes inside the pods' namespaces." }
  static var podColumns: [Column<Self>] { schema.columns }

  static func parts(of namespace: JSONValue) -> [Self] {
    [("routes4", "ipv4"), ("routes6", "ipv6")].flatMap { key, family in
      var reader = Reader(family: family)
      var routes: [IPRoute] = []
      for text in (namespace[key]?.array ?? []).compactMap(\.string) {
        for line in Array(text.utf8).split(separator: 0x0a) {
          // The collector wrote the words itself: what is no route was changed on purpose.
          reader.read(line.trimmed, 1) { route, _ in
            routes.append(route)
          } complain: { _, _ in
          }
        }
      }
      return routes
    }
  }
}

extension IPRule: PodNetworkPart {
  static var podTable: String { "pod_ip_rule" }
  static var podSummary: String { "Policy rules inside the pods' namespaces." }
  static var podColumns: [Column<Self>] { schema.columns }

  static func parts(of namespace: JSONValue) -> [Self] {
    (namespace["rules4"]?.array ?? []).compactMap(\.string).compactMap {
      Self(Array($0.utf8)[...], "ipv4")
    }
  }
}

extension NeighbourText: PodNetworkPart {
  static var podTable: String { "pod_neighbour" }
  static var podSummary: String { "Neighbours inside the pods' namespaces." }
  static var podColumns: [Column<Self>] { columns { $0 } }

  static func parts(of namespace: JSONValue) -> [Self] {
    (namespace["neighbours"]?.array ?? []).compactMap { $0.object.flatMap { Self($0) } }
  }
}

extension Sysctl: PodNetworkPart {
  static var podTable: String { "pod_sysctl" }
  static var podSummary: String { "Kernel parameters inside the pods' namespaces." }
  static var podColumns: [Column<Self>] { schema.columns }

  static func parts(of namespace: JSONValue) -> [Self] {
    (namespace["sysctl"]?.object?.members ?? []).compactMap { key, value in
      value.scalarText.map {
        Self(key: SysctlLine.canonical(Array(key.utf8)[...]), value: $0)
      }
    }
  }
}

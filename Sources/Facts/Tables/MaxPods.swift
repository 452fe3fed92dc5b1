import BundleModel

/// A place that names a maximum of pods without being the kubelet's own configuration.
public struct MaxPodsSource: FactTable {
  var kind: String
  var place: String
  var value: Int64?
  var text: String

  /// The declaration of `max_pods_source`.
  public static let schema = Schema<Self>(
    "max_pods_source", "Places beside the kubelet's configuration that name a maximum of pods.",
    from: [.maximalPods, .userData, .cloudInit, .nodeadm],
    columns: [
      Column(
        "kind", \.kind,
        "flag, unit, configuration or image table as the collector found them, nodeadm for a line of its log, bootstrap for a line of user data or cloud-init."
      ),
      Column("place", \.place, "Argument, path of the file, or the word that names it."),
      Column("value", \.value, "The number; NULL where the text holds none."),
      Column("text", \.text, "The value or the words around it as they stand."),
    ])

  /// Reads the collector's list, or looks for the words in logs and scripts.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard input.artifact == .maximalPods else {
      let kind = input.artifact == .nodeadm ? "nodeadm" : "bootstrap"
      while let line = try input.nextLine() { find(line, kind, input.lineNumber, &rows) }
      return
    }
    guard let document = try input.readJSON(&rows) else { return }
    for source in document["sources"]?.items ?? [] {
      guard let kind = source["kind"]?.filledString, let value = source["value"]?.scalarText else {
        rows.unreadable("a source without kind or value", line: source.object?.line)
        continue
      }
      rows.append(
        Self(
          kind: kind, place: source["place"]?.string ?? "", value: Int64(value), text: value),
        line: source.object?.line)
    }
    for line in (document["nodeadm_lines"]?.items ?? []).compactMap(\.string) {
      find(Array(line.utf8)[...], "nodeadm", nil, &rows)
    }
  }

  private static let words: [[UInt8]] = ["use-max-pods", "max-pods", "maxPods", "MaxPods"]
    .map { Array($0.utf8) }
  private static let textBytes = 80

  private static func find(
    _ line: Bytes, _ kind: String, _ number: Int?, _ rows: inout RowSink<Self>
  ) {
    for word in words {
      guard let found = line.firstRange(of: word) else { continue }
      let rest = line[found.upperBound...].prefix(textBytes)
      let behind = rest.drop { !$0.isASCIIDigit && !$0.isASCIILetter }
      let digits = behind.prefix { $0.isASCIIDigit }
      let start = max(line.startIndex, found.lowerBound - textBytes / 4)
      rows.append(
        Self(
          kind: kind, place: String(decoding: word, as: UTF8.self), value: digits.integer,
          text: String(line[start..<rest.endIndex].trimmed)), line: number)
      return
    }
  }
}

/// The maximum of pods by every place that names one.
public struct MaxPods: DerivedTable {
  var kind: String
  var place: String
  var value: Int64
  var isEffective: Bool

  /// The declaration of `max_pods`.
  public static let schema = Schema<Self>(
    "max_pods", "The maximum of pods by every place that names one.",
    from: [.maximalPods, .nodeObject] + KubeletEffective.schema.artifacts,
    columns: [
      Column(
        "kind", \.kind,
        "flag, environment, unit, snap, bottlerocket, drop_in, file or configz for the kubelet, node_capacity and node_allocatable for its node object, else as in max_pods_source."
      ),
      Column("place", \.place, "Argument, path of the file, name of the node or word."),
      Column("value", \.value, "The number of pods."),
      Column("is_effective", \.isEffective, "1 for the place that the kubelet follows; else 0."),
    ])

  /// Settings of the kubelet, its node object, and the other places.
  public static var sources: [any FactRow.Type] {
    KubeletEffective.sources + [KubeNode.self, MaxPodsSource.self]
  }

  /// Lists the places; the kubelet's strongest is in force.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    let own = KubeletEffective.all(facts)["maxPods"] ?? []
    for (index, source) in own.enumerated() {
      guard let value = source.value.flatMap({ Int64($0) }) else { continue }
      rows.append(
        Self(
          kind: source.origin, place: source.place, value: value,
          isEffective: index == own.count - 1), path: source.path, line: source.line)
    }
    for found in facts.rows(KubeNode.self) {
      let amounts = [
        ("node_capacity", found.row.capacityPods), ("node_allocatable", found.row.allocatablePods),
      ]
      for case (let kind, let value?) in amounts {
        rows.append(
          Self(kind: kind, place: found.row.object.name, value: value, isEffective: false),
          path: found.path, line: found.line)
      }
    }
    for found in facts.rows(MaxPodsSource.self) {
      guard let value = found.row.value else { continue }
      rows.append(
        Self(kind: found.row.kind, place: found.row.place, value: value, isEffective: false),
        path: found.path, line: found.line)
    }
  }
}

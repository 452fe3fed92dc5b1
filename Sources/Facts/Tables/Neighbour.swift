import BundleModel

/// An entry of the host's neighbour tables.
public struct Neighbour: FactTable {
  var entry: NeighbourText

  /// The declaration of `neighbour`.
  public static let schema = Schema<Self>(
    "neighbour", "Neighbours of the host: addresses on the link and their MAC addresses.",
    from: [.neighbours], columns: NeighbourText.columns(\.entry))

  /// Reads the collector's list, `ip neigh` as text or JSON, or `arp`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    while true {
      if rows.count == 0, try input.isAtDocument() {
        let document = try input.readDocument { rows.unreadable($0, line: $1) }
        for value in document?.array ?? document?["neighbours"]?.array ?? [] {
          guard let object = value.object, let entry = NeighbourText(object) else { continue }
          rows.append(Self(entry: entry), line: object.line)
        }
        return
      }
      guard let bytes = try input.nextLine() else { return }
      let line = bytes.trimmed
      guard !line.isEmpty, !ShellPrompt.matches(line) else { continue }
      guard !line.starts("Address "), !line.starts("Entries:") else { continue }
      if let entry = NeighbourText(line) {
        rows.append(Self(entry: entry), line: input.lineNumber)
      } else {
        rows.unreadable("not a neighbour", line: input.lineNumber)
      }
    }
  }
}

/// How many neighbours the host has in each state, and how many it may have.
public struct NeighbourCount: FactTable {
  var family: String
  var state: String
  var entries: Int64
  var limits: [Int64?]

  /// The declaration of `neighbour_count`.
  public static let schema = Schema<Self>(
    "neighbour_count", "Neighbours of the host by family and state, with the table's limits.",
    from: [.neighbours],
    columns: [
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("state", \.state, "REACHABLE, STALE, FAILED, PERMANENT, NOARP and so on."),
      Column("entries", \.entries, "Entries in that state."),
      Column("gc_thresh1", { $0.limits[0] }, "Entries below which nothing is thrown out."),
      Column("gc_thresh2", { $0.limits[1] }, "Entries above which old ones are thrown out."),
      Column("gc_thresh3", { $0.limits[2] }, "Most entries of the family."),
    ])

  /// Reads the collector's counts; other lists are counted.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSONQuietly(), document.object != nil else { return }
    var limits: [String: [Int64?]] = [:]
    for entry in document["limits"]?.array ?? [] {
      limits[NeighbourText.family(entry["family"]?.string)] =
        (1...3).map { entry["gc_thresh\($0)"]?.integer }
    }
    for count in document["counts"]?.array ?? [] {
      guard let state = count["state"]?.string, let entries = count["entries"]?.integer else {
        continue
      }
      let family = NeighbourText.family(count["family"]?.string)
      rows.append(
        Self(
          family: family, state: state, entries: entries, limits: limits[family] ?? [nil, nil, nil]),
        line: count.object?.line)
    }
  }
}

extension ArtifactInput {
  /// The member as JSON where another table reports what cannot be read.
  mutating func readJSONQuietly() throws(ParseError) -> JSONValue? {
    let bytes = try readAll()
    guard IPText.isJSON(bytes) else { return nil }
    return JSONReader.documents(bytes).values.last
  }
}

import BundleModel

/// An event of Kubernetes.
public struct KubeEvent: FactTable {
  var namespace: String?
  var kind: String?
  var name: String?
  var type: String?
  var reason: String?
  var message: String
  var count: Int64?
  var firstUs: Int64?
  var lastUs: Int64?
  var source: String?

  /// The declaration of `kube_event`.
  public static let schema = Schema<Self>(
    "kube_event", "Events of Kubernetes.",
    from: [.nodeEvents, .systemEvents, .nodePods, .agentDaemonSet],
    columns: [
      Column("namespace", \.namespace, "Namespace of the object; NULL if not shown."),
      Column("kind", \.kind, "Kind of the object in lower case, such as pod or node."),
      Column("name", \.name, "Name of the object."),
      Column("type", \.type, "Normal or Warning."),
      Column("reason", \.reason, "Reason in one word, such as FailedCreatePodSandBox."),
      Column("message", \.message, "The message."),
      Column("count", \.count, "How often it occurred; NULL if not shown."),
      Column("first_us", \.firstUs, "First occurrence, in microseconds since 1970 UTC."),
      Column("last_us", \.lastUs, "Last occurrence, in microseconds since 1970 UTC."),
      Column("source", \.source, "Program that reported it, such as kubelet."),
    ])

  /// Reads objects, tables of `kubectl get events`, and the end of `kubectl describe`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let reference = input.referenceTimeUs
    let bytes = try input.readAll()
    switch KubeText(bytes) {
    case .table, .describe: readTable(bytes, reference, &rows)
    case .empty: break
    default:
      for object in input.readObjects(bytes, &rows) where object.kind == "Event" {
        rows.append(Self(object), line: object.line)
      }
    }
  }

  private init(_ object: KubeObject) {
    let value = object.value
    let involved = value["involvedObject"] ?? value["regarding"]
    namespace = involved?["namespace"]?.filledString ?? value.at("metadata", "namespace")?.string
    kind = involved?["kind"]?.filledString?.lowercased()
    name = involved?["name"]?.filledString
    type = value["type"]?.filledString
    reason = value["reason"]?.filledString
    message = (value["message"] ?? value["note"])?.string ?? ""
    count =
      value["count"]?.integer ?? value.at("series", "count")?.integer
      ?? value["deprecatedCount"]?.integer
    let times = ["eventTime", "firstTimestamp", "deprecatedFirstTimestamp", "lastTimestamp"]
    firstUs =
      times.lazy.compactMap { Timestamp.whole(value[$0]?.string) }.first
      ?? Timestamp.whole(value.at("metadata", "creationTimestamp")?.string)
    let last =
      value.at("series", "lastObservedTime") ?? value["lastTimestamp"]
      ?? value["deprecatedLastTimestamp"]
    lastUs = Timestamp.whole(last?.string) ?? firstUs
    source =
      value.at("source", "component")?.filledString
      ?? value["reportingComponent"]?.filledString ?? value["reportingController"]?.filledString
  }

  private init(message: String) {
    self.message = message
  }

  // MARK: - Tables

  /// The columns that a header names, in order.
  private static func header(_ line: Bytes) -> [String]? {
    let names = KubectlTable.cells(String(line.trimmed)).map { $0.uppercased() }
    guard names.contains("REASON"), names.contains("MESSAGE"), names.contains("TYPE") else {
      return nil
    }
    return names
  }

  private static func readTable(
    _ bytes: Bytes, _ reference: Int64?, _ rows: inout RowSink<Self>
  ) {
    var columns: [String]?
    var number = 0
    var described: (namespace: String?, name: String?) = (nil, nil)
    for whole in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
      number += 1
      let raw = whole.prefix(FactLimits.lineBytes)
      let line = raw.trimmed
      if line.isEmpty { continue }
      if let names = header(line) {
        columns = names
        continue
      }
      guard let names = columns else {
        if raw.starts("Name: ") { described = (nil, String(line.dropFirst(5).trimmed)) }
        if raw.starts("Namespace: ") { described.namespace = String(line.dropFirst(10).trimmed) }
        continue
      }
      if line.starts("----") || ShellPrompt.matches(line) { continue }
      if raw.starts("Name: ") {
        columns = nil
        described = (nil, String(line.dropFirst(5).trimmed))
        continue
      }
      guard var row = row(line, names, reference) else {
        if !raw.starts("Events:") { rows.unreadable("not an event", line: number) }
        continue
      }
      if !names.contains("OBJECT") {
        (row.namespace, row.name) = (described.namespace, described.name)
      }
      rows.append(row, line: number)
    }
  }

  /// The message takes what is left, with all its blanks. Where runs of blanks were collapsed,
  /// words take the place of cells.
  private static func row(
    _ line: Bytes, _ columns: [String], _ reference: Int64?
  ) -> Self? {
    guard let place = columns.firstIndex(of: "MESSAGE") else { return nil }
    var cells = KubectlTable.cells(line)
    if cells.count <= place { cells = words(line, columns) }
    guard cells.count > place else { return nil }
    var row = Self(message: String(line[cells[place].startIndex...]))
    for (name, cell) in zip(columns, cells) {
      let text = String(cell)
      switch name {
      case "LAST SEEN", "LASTSEEN", "AGE", "LAST": row.readAge(text, reference)
      case "FIRST SEEN", "FIRSTSEEN": row.firstUs = Timestamp.before(reference, age: text[...])
      case "COUNT": row.count = Int64(text)
      case "TYPE": row.type = text
      case "REASON": row.reason = text
      case "FROM", "SOURCE": row.source = text
      case "NAMESPACE": row.namespace = text
      case "OBJECT": row.readObject(text)
      case "KIND": row.kind = text.lowercased()
      case "NAME": row.name = text
      default: break
      }
    }
    return row.type == "Normal" || row.type == "Warning" ? row : nil
  }

  /// Cells of single words; an age such as `36s (x4 over 46s)` is one.
  private static func words(_ line: Bytes, _ columns: [String]) -> [Bytes] {
    var cells: [Bytes] = []
    var rest = line
    for name in columns where name != "MESSAGE" {
      rest = rest.drop { $0.isBlank }
      var end = rest.firstIndex { $0.isBlank } ?? rest.endIndex
      if name != "TYPE", rest[end...].starts(" (x"),
        let close = rest[end...].firstIndex(of: UInt8(ascii: ")"))
      {
        end = close + 1
      }
      guard end > rest.startIndex else { return [] }
      cells.append(rest[..<end])
      rest = rest[end...]
    }
    let message = rest.trimmed
    return message.isEmpty ? [] : cells + [message]
  }

  /// `36s`, `36s (x4 over 46s)`.
  private mutating func readAge(_ text: String, _ reference: Int64?) {
    let parts = text.split(separator: " ")
    guard let age = parts.first else { return }
    lastUs = Timestamp.before(reference, age: age)
    firstUs = firstUs ?? lastUs
    guard parts.count >= 4, parts[1].hasPrefix("(x"), parts[2] == "over" else {
      count = count ?? 1
      return
    }
    count = Int64(parts[1].dropFirst(2))
    firstUs = Timestamp.before(reference, age: parts[3].dropLast()) ?? lastUs
  }

  private mutating func readObject(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1)
    if parts.count == 2 {
      kind = parts[0].lowercased()
      name = String(parts[1])
    } else {
      name = text
    }
  }
}

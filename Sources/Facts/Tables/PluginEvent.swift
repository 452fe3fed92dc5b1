import BundleModel

/// A record of the plugin's log, with the event it stands for.
public struct PluginEvent: FactRow {
  var timeUs: Int64?
  var level: String?
  var event: String?
  var message: String
  var containerID: String?
  var namespace: String?
  var pod: String?
  var address: String?
  var netns: String?

  /// The declaration of `plugin_event`.
  public static let schema = Schema<Self>(
    "plugin_event",
    "Events of the plugin's log, one row each; of complaints of unknown shape the first ones.",
    from: [.pluginLog],
    columns: [
      Column("time_us", \.timeUs, "When it was written, in microseconds since 1970 UTC."),
      Column("level", \.level, "debug, info, warn, error, fatal, panic or trace."),
      Column(
        "event", \.event,
        "What happened, such as P_REQ or P_ADD_NOIP; NULL for a complaint of unknown shape."),
      Column("message", \.message, "The message itself."),
      Column("container_id", \.containerID, "Sandbox that the event is about."),
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column("address", \.address, "Address that the event is about."),
      Column("netns", \.netns, "Path of the pod's network namespace."),
    ])

  /// Turns records into rows. Keeps its scratch space between records.
  struct Classifier {
    private let catalogue = PluginPatterns.catalogue
    private var gaps: [PatternGap] = []

    /// Takes a record in; answers whether it stands for a known event.
    mutating func take(_ record: LogRecord, into rows: inout RowSink<PluginEvent>) -> Bool {
      guard let pattern = catalogue.match(record.message, &gaps) else { return false }
      var row = PluginEvent(record, catalogue.patterns[pattern].event)
      for gap in gaps {
        row.read(gap.bytes(record.message), of: catalogue.names[gap.name])
      }
      rows.append(row, line: record.line)
      return true
    }

    /// Writes a row for a record of no known event.
    func keep(_ record: LogRecord, into rows: inout RowSink<PluginEvent>) {
      let isPanic = record.level == .panic && record.encoding == .plain
      rows.append(PluginEvent(record, isPanic ? "PANIC" : nil), line: record.line)
    }
  }

  private init(_ record: LogRecord, _ event: String?) {
    timeUs = record.timeUs
    level = record.level?.text
    self.event = event
    message = String.text(of: record.message)
  }

  /// Takes what stands in a gap.
  private mutating func read(_ bytes: Bytes, of name: String) {
    guard !bytes.isEmpty, !bytes.equals("<nil>") else { return }
    switch name {
    case "cid": containerID = String(bytes)
    case "ns": namespace = String(bytes)
    case "pod": pod = String(bytes)
    case "ip": address = Self.address(bytes)
    case "netns": netns = String(bytes)
    case "args": readArguments(bytes)
    case "pb": address = address ?? ProtobufText.value("IPv4Addr", bytes)
    default: break
    }
  }

  /// A host address without the length that some lines print behind it.
  private static func address(_ text: Bytes) -> String {
    guard let (address, length) = text.cut(at: UInt8(ascii: "/")),
      length.equals("32") || length.equals("128")
    else { return String(text) }
    return String(address)
  }

  /// `K8S_POD_NAME=a;K8S_POD_NAMESPACE=b`, in any order.
  private mutating func readArguments(_ text: Bytes) {
    for part in text.split(separator: UInt8(ascii: ";")) {
      guard let (key, value) = part.cut(at: UInt8(ascii: "=")), !value.isEmpty else { continue }
      if key.equals("K8S_POD_NAMESPACE") { namespace = String(value) }
      if key.equals("K8S_POD_NAME") { pod = String(value) }
    }
  }
}

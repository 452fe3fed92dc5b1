import BundleModel

/// A counter of an interface's driver.
public struct DriverCounter: FactTable {
  var sample: SampleTime
  var ifname: String?
  var name: String
  var value: Int64

  /// The declaration of `driver_counter`.
  public static let schema = Schema<Self>(
    "driver_counter", "Counters of the interfaces' drivers, in two samples.",
    from: [.driverStatistics, .driverStatisticsAgain, .foreignDriverStatistics],
    columns: SampleTime.columns(\.sample) + [
      Column("ifname", \.ifname, "Name of the interface; NULL if the text does not say."),
      Column("name", \.name, "Name of the counter, such as conntrack_allowance_exceeded."),
      Column("value", \.value, "Value as the driver has it, mostly a total since boot."),
    ])

  /// Reads the collector's document, or `ethtool -S` for one interface after another.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let first = SampleTime(input)
    var ifname: String?
    while true {
      if rows.count == 0, try input.isAtDocument() {
        for interface in try Driver.interfaces(&input, { rows.unreadable($0, line: $1) }) {
          readJSON(interface.value, interface.sample, &rows)
        }
        return
      }
      guard let bytes = try input.nextLine() else { return }
      let line = bytes.trimmed
      guard !line.isEmpty else { continue }
      if let name = Driver.heading(line) {
        ifname = name
        continue
      }
      guard let (name, text) = line.cut(at: UInt8(ascii: ":")), !name.contains(0x20) else {
        if !Driver.isRemark(line) {
          rows.unreadable("not a counter of ethtool", line: input.lineNumber)
        }
        continue
      }
      if let value = text.trimmed.integer {
        rows.append(
          Self(sample: first, ifname: ifname, name: String(name), value: value),
          line: input.lineNumber)
      } else if !Driver.isField(line) {
        rows.unreadable("not a counter of ethtool", line: input.lineNumber)
      }
    }
  }

  private static func readJSON(
    _ interface: JSONValue, _ sample: SampleTime, _ rows: inout RowSink<Self>
  ) {
    for (name, value) in interface["statistics"]?.object?.members ?? [] {
      guard let value = value.integer else { continue }
      rows.append(
        Self(sample: sample, ifname: interface["ifname"]?.string, name: name, value: value),
        line: interface.object?.line)
    }
  }
}

/// The driver of an interface.
public struct Driver: FactTable {
  var ifname: String?
  var mac: String?
  var driver: String?
  var version: String?
  var firmware: String?
  var bus: String?
  var hasLink: Bool?
  var rings: String?
  var channels: String?

  /// The declaration of `driver`.
  public static let schema = Schema<Self>(
    "driver", "Drivers of the interfaces.", from: [.driverStatistics, .foreignDriverStatistics],
    columns: [
      Column("ifname", \.ifname, "Name of the interface; NULL if the text does not say."),
      Column("mac", \.mac, "MAC address."),
      Column("driver", \.driver, "Name of the driver, such as ena."),
      Column("version", \.version, "Version of the driver."),
      Column("firmware", \.firmware, "Version of the firmware."),
      Column("bus", \.bus, "Place on the bus."),
      Column("has_link", \.hasLink, "1 if the line is connected, 0 if not; else NULL."),
      Column("rings", \.rings, "Sizes of the packet rings as a JSON object."),
      Column("channels", \.channels, "Numbers of queues as a JSON object."),
    ])

  /// Reads the collector's document, or `ethtool -i`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var ifname: String?
    var open: (row: Self, line: Int)?
    while true {
      if rows.count == 0, open == nil, try input.isAtDocument() {
        // What cannot be read is reported once, by `driver_counter`.
        for interface in try interfaces(&input, { _, _ in }) {
          rows.append(Self(interface.value), line: interface.value.object?.line)
        }
        return
      }
      guard let bytes = try input.nextLine() else { break }
      let line = bytes.trimmed
      if let name = heading(line) { ifname = name }
      guard isField(line), let (name, text) = line.cut(at: UInt8(ascii: ":")) else { continue }
      let value = text.trimmed.isEmpty ? nil : String(text.trimmed)
      if name.equals("driver") {
        if let open { rows.append(open.row, line: open.line) }
        open = (Self(ifname: ifname, driver: value), input.lineNumber)
      } else if name.equals("version") {
        open?.row.version = value
      } else if name.equals("firmware-version") {
        open?.row.firmware = value
      } else if name.equals("bus-info") {
        open?.row.bus = value
      }
    }
    if let open { rows.append(open.row, line: open.line) }
  }

  private init(ifname: String?, driver: String?) {
    self.ifname = ifname
    self.driver = driver
  }

  private init(_ value: JSONValue) {
    ifname = value["ifname"]?.string
    mac = value["mac"]?.string
    driver = value["driver"]?["driver"]?.filledString
    version = value["driver"]?["version"]?.filledString
    firmware = value["driver"]?["firmware"]?.filledString
    bus = value["driver"]?["bus"]?.filledString
    hasLink = value["link"]?.bool
    rings = value["rings"]?.object.map { JSONValue.object($0).json }
    channels = value["channels"]?.object.map { JSONValue.object($0).json }
  }

  /// The interfaces of the collector's document, with the time of the sample.
  static func interfaces(
    _ input: inout ArtifactInput, _ complain: (String, Int?) -> Void
  ) throws(ParseError) -> [(value: JSONValue, sample: SampleTime)] {
    guard let document = try input.readDocument(complain) else { return [] }
    let sample = SampleTime(input, document)
    return (document["interfaces"]?.array ?? []).filter { $0["ifname"]?.string != nil }
      .map { ($0, sample) }
  }

  /// `Interface ens5`, or a command with the name at its end.
  static func heading(_ line: Bytes) -> String? {
    if line.starts("Interface ") { return line.words.dropFirst().first.map { String($0) } }
    guard ShellPrompt.matches(line), line.contains("ethtool ") else { return nil }
    return line.words.last.map { String($0) }
  }

  static func isRemark(_ line: Bytes) -> Bool {
    line.starts("NIC statistics") || line.starts("no stats available")
      || line.starts("netlink error") || line.starts("Cannot get") || ShellPrompt.matches(line)
  }

  private static let fields = [
    "driver", "version", "firmware-version", "expansion-rom-version", "bus-info",
    "supports-statistics", "supports-test", "supports-eeprom-access", "supports-register-dump",
    "supports-priv-flags", "NIC statistics",
  ]

  /// Whether a line is of `ethtool -i`.
  static func isField(_ line: Bytes) -> Bool {
    guard let (name, _) = line.cut(at: UInt8(ascii: ":")) else { return false }
    return fields.contains { name.equals($0) }
  }
}

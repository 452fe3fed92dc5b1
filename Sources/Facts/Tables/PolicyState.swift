import BundleModel

/// A pin of the network policy agent below /sys/fs/bpf.
public struct BPFPin: FactTable {
  var kind: String
  var name: String
  var podIdentifier: String?
  var role: String?

  /// The declaration of `bpf_pin`.
  public static let schema = Schema<Self>(
    "bpf_pin", "Pinned programs and maps of the network policy agent.",
    from: [.policyPins, .policyDump, .policyDump6, .foreignPolicyPrograms],
    columns: [
      Column("kind", \.kind, "program or map."),
      Column("name", \.name, "Name of the pin."),
      Column(
        "pod_identifier", \.podIdentifier,
        "Name of the pods' owner and their namespace, joined by a minus sign; NULL for pins of all pods."
      ),
      Column(
        "role", \.role,
        "handle_ingress, handle_egress, ingress_map, egress_map and so on; NULL if none of them."),
    ])

  private static let roles = [
    "handle_ingress", "handle_egress", "cp_ingress_map", "cp_egress_map", "ingress_pod_state_map",
    "egress_pod_state_map", "ingress_map", "egress_map",
  ]

  private init(kind: String, name: String) {
    self.kind = kind
    self.name = name
    if let role = Self.roles.first(where: { name.hasSuffix("_" + $0) }) {
      self.role = role
      podIdentifier = String(name.dropLast(role.count + 1))
    }
  }

  /// Reads the collector's list, or the agent's own words about what it loaded.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    if input.artifact != .policyPins {
      while let line = try input.nextLine() {
        guard line.trimmed.starts("PinPath:") else { continue }
        let path = String(line.trimmed.dropFirst(8).trimmed)
        rows.append(
          Self(kind: path.contains("/maps/") ? "map" : "program", name: Path.name(path)),
          line: input.lineNumber)
      }
      return
    }
    guard let document = try input.readJSON(&rows) else { return }
    for (list, kind) in [("programs", "program"), ("maps", "map")] {
      for name in (document[list]?.items ?? []).compactMap(\.filledString) {
        rows.append(Self(kind: kind, name: name), line: document.object?.line)
      }
    }
  }
}

/// A BPF program of the kernel.
public struct BPFProgram: FactTable {
  var id: Int64
  var type: Int64?
  var name: String?
  var tag: String?
  var loadedSinceBootUs: Int64?
  var ifindex: Int64?
  var maps: String?
  var pin: String?

  /// The declaration of `bpf_program`.
  public static let schema = Schema<Self>(
    "bpf_program", "BPF programs of the kernel.",
    from: [.policyPrograms, .policyDump, .policyDump6, .foreignPolicyPrograms],
    columns: [
      Column("id", \.id, "Number of the program."),
      Column("type", \.type, "Type as the kernel numbers it: 3 is sched_cls; NULL if not shown."),
      Column("name", \.name, "First 15 bytes of its name."),
      Column("tag", \.tag, "Hash of its instructions."),
      Column(
        "loaded_monotonic_us", \.loadedSinceBootUs,
        "When it was loaded, in microseconds since boot."),
      Column("ifindex", \.ifindex, "Interface that it is bound to; 0 for none."),
      Column("map_ids", \.maps, "Numbers of its maps as a JSON array."),
      Column("pin", \.pin, "Name of its pin; NULL without one."),
    ])

  /// Reads the collector's list, or what `aws-eks-na-cli ebpf loaded-ebpfdata` prints.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    if input.artifact != .policyPrograms { return try readLoaded(&input, &rows) }
    for value in try input.readJSON(&rows)?.items ?? [] {
      guard let id = value["id"]?.integer else {
        rows.unreadable("a program without its number", line: value.object?.line)
        continue
      }
      rows.append(
        Self(
          id: id, type: value["type"]?.integer, name: value["name"]?.filledString,
          tag: value["tag"]?.filledString,
          loadedSinceBootUs: value["load_time_ns"]?.integer.map { $0 / 1000 },
          ifindex: value["ifindex"]?.integer, maps: value["map_ids"]?.json,
          pin: value["pin"]?.filledString), line: value.object?.line)
    }
  }

  private static func readLoaded(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    var pin: String?
    var open: (row: Self, maps: [String], line: Int)?
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      if line.starts("PinPath:") {
        flush(&open, &rows)
        pin = Path.name(String(line.dropFirst(8).trimmed))
      } else if line.starts("Prog ID:") || line.starts("Prog FD:") {
        flush(&open, &rows)
        if let id = line.dropFirst(8).trimmed.integer {
          open = (Self(id: id, pin: pin), [], input.lineNumber)
        } else {
          rows.unreadable("a program without its number", line: input.lineNumber)
        }
      } else if line.starts("Map ID:"), let id = line.dropFirst(7).trimmed.integer {
        open?.maps.append(String(id))
      } else if line.starts("====") {
        flush(&open, &rows)
        pin = nil
      }
    }
    flush(&open, &rows)
  }

  private static func flush(
    _ open: inout (row: Self, maps: [String], line: Int)?, _ rows: inout RowSink<Self>
  ) {
    guard let (first, maps, line) = open else { return }
    var row = first
    row.maps = "[" + maps.joined(separator: ",") + "]"
    rows.append(row, line: line)
    open = nil
  }
}

/// A BPF map of the kernel.
public struct BPFMap: FactTable {
  var id: Int64
  var value: JSONValue

  /// The declaration of `bpf_map`.
  public static let schema = Schema<Self>(
    "bpf_map", "BPF maps of the kernel, and how full those of the network policy agent are.",
    from: [.policyMaps],
    columns: [
      Column("id", \.id, "Number of the map."),
      Column(
        "type", { $0.value["type"]?.integer }, "Type as the kernel numbers it: 9 is LRU hash."),
      Column("name", { $0.value["name"]?.filledString }, "First 15 bytes of its name."),
      Column("key_bytes", { $0.value["key_bytes"]?.integer }, "Size of a key."),
      Column("value_bytes", { $0.value["value_bytes"]?.integer }, "Size of a value."),
      Column("max_entries", { $0.value["max_entries"]?.integer }, "Most entries."),
      Column("entries", { $0.value["entries"]?.integer }, "Entries; NULL if not counted."),
      Column(
        "is_complete", { $0.value["entries_complete"]?.bool },
        "1 if every entry was counted, 0 if counting was broken off; else NULL."),
      Column("pin", { $0.value["pin"]?.filledString }, "Name of its pin; NULL without one."),
    ])

  /// Reads the collector's list.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for value in try input.readJSON(&rows)?.items ?? [] {
      guard let id = value["id"]?.integer else {
        rows.unreadable("a map without its number", line: value.object?.line)
        continue
      }
      rows.append(Self(id: id, value: value), line: value.object?.line)
    }
  }
}

/// A rule of a network policy in the kernel.
public struct BPFPolicyRule: FactTable {
  var map: Int64?
  var prefix: String
  var family: Int
  var proto: String?
  var startPort: Int64?
  var endPort: Int64?

  /// The declaration of `bpf_policy_rule`.
  public static let schema = Schema<Self>(
    "bpf_policy_rule", "Rules of network policies in the kernel as the agent prints them.",
    from: [.policyDump, .policyDump6, .foreignPolicyMaps],
    columns: [
      Column("map_id", \.map, "Number of the map; NULL where it is not shown."),
      Column("prefix", \.prefix, "Addresses that are allowed."),
      Column("family", \.family, "4 or 6."),
      Column(
        "protocol", \.proto, "TCP, UDP, SCTP, ANY or a number; NULL for a prefix without entries."),
      Column("start_port", \.startPort, "First port; 0 for every port."),
      Column("end_port", \.endPort, "Last port; 0 if there is only the first."),
    ])

  /// Reads `aws-eks-na-cli ebpf dump-maps`: a key, then its entries between lines of signs. Archives
  /// hold several maps one after another.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let digits = input.fileName.split(separator: "-").last?.prefix { ("0"..."9").contains($0) }
    var map = digits.flatMap { Int64($0) }
    var key: (prefix: String, line: Int, isUsed: Bool)?
    var open: Self?
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      if let id = mapID(line) {
        map = id
      } else if line.starts("Key :") {
        flush(&open, key?.line, &rows)
        finish(key, map, &rows)
        key = nil
        if line.starts(keyMark), line.count > keyMark.utf8.count {
          let prefix = line.dropFirst(keyMark.utf8.count).trimmed
          key = (String(prefix), input.lineNumber, false)
        } else {
          rows.unreadable("a key without its prefix", line: input.lineNumber)
        }
      } else if let current = key, let (name, value) = field(line) {
        if name == "Protocol" {
          flush(&open, current.line, &rows)
          key?.isUsed = true
          open = row(current.prefix, map)
          open?.proto = value
        } else if name == "StartPort" {
          open?.startPort = Int64(value)
        } else if name == "Endport" || name == "EndPort" {
          open?.endPort = Int64(value)
        }
      } else if line.starts("****") {
        flush(&open, key?.line, &rows)
        finish(key, map, &rows)
        key = nil
      }
    }
    flush(&open, key?.line, &rows)
    finish(key, map, &rows)
  }

  private static let keyMark = "Key : IP/Prefixlen - "

  private static func row(_ prefix: String, _ map: Int64?) -> Self {
    Self(map: map, prefix: prefix, family: prefix.contains(":") ? 6 : 4)
  }

  private static func flush(_ open: inout Self?, _ line: Int?, _ rows: inout RowSink<Self>) {
    if let row = open { rows.append(row, line: line) }
    open = nil
  }

  /// A key without entries is a fact of its own.
  private static func finish(
    _ key: (prefix: String, line: Int, isUsed: Bool)?, _ map: Int64?,
    _ rows: inout RowSink<Self>
  ) {
    guard let key, !key.isUsed else { return }
    rows.append(row(key.prefix, map), line: key.line)
  }

  /// `Protocol -  TCP`.
  private static func field(_ line: Bytes) -> (name: String, value: String)? {
    guard let (name, value) = line.cut(at: UInt8(ascii: "-")), !name.isEmpty else { return nil }
    return (String(name.trimmed), String(value.trimmed))
  }

  /// A headline of an archive that names the map, such as `*** Map ID: 12 ***`.
  private static func mapID(_ line: Bytes) -> Int64? {
    guard let found = line.firstRange(of: Array("Map ID".utf8)) else { return nil }
    let digits = line[found.upperBound...].drop { !$0.isASCIIDigit }.prefix { $0.isASCIIDigit }
    return digits.integer
  }
}

/// An answer of the network policy agent's health check.
public struct PolicyAgentCheck: FactTable {
  var value: JSONValue

  /// The declaration of `policy_agent_check`.
  public static let schema = Schema<Self>(
    "policy_agent_check", "Answers of the network policy agent's health checks.",
    from: [.policyHealth],
    columns: [
      Column("path", { $0.value["path"]?.string ?? "" }, "Path that was asked."),
      Column("status", { $0.value["status"]?.integer }, "HTTP status; 0 without an answer."),
      Column("error", { $0.value["error"]?.filledString }, "Why there was no answer; else NULL."),
      Column("duration_us", { $0.value["duration_us"]?.integer }, "How long it took."),
    ])

  /// Reads the collector's list.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for value in try input.readJSON(&rows)?["checks"]?.items ?? [] where value.object != nil {
      rows.append(Self(value: value), line: value.object?.line)
    }
  }
}

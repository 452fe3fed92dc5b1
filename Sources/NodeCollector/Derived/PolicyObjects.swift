import BundleModel
import FoundationEssentials
import SystemPackage

/// The pins of the network policy agent: one name for each pod's programs and maps.
struct PolicyPins: Sendable {
  let host: Host
  static let folder = "/sys/fs/bpf/globals/aws"
  private static let limit = 8000

  struct Report: Encodable {
    var bpffs_mounted: Bool
    var programs: [String]
    var maps: [String]
  }

  func output() -> DerivedSource.Output {
    let isMounted =
      SmallFile(host: host).text("/proc/mounts", limit: 4 << 20)?.split(separator: "\n").contains {
        $0.split(separator: " ").dropFirst().prefix(2).elementsEqual(["/sys/fs/bpf", "bpf"])
      } ?? false
    let programs = names("programs")
    let maps = names("maps")
    if isDenied { return .none(.denied, "permission denied: \(Self.folder)") }
    guard isMounted || programs != nil || maps != nil else {
      return .none(.missing, "no BPF file system at /sys/fs/bpf")
    }
    let isCut = max(programs?.count ?? 0, maps?.count ?? 0) > Self.limit
    return .json(
      Report(
        bpffs_mounted: isMounted, programs: Array((programs ?? []).prefix(Self.limit)),
        maps: Array((maps ?? []).prefix(Self.limit)))
    ).doubted(isCut ? "cut at \(Self.limit) names" : nil)
  }

  /// Names in a folder of pins; `nil` if there is no such folder.
  func names(_ folder: String) -> [String]? {
    (try? FileManager.default.contentsOfDirectory(
      atPath: host.path("\(Self.folder)/\(folder)").string))?.sorted()
  }

  private var isDenied: Bool {
    do {
      _ = try FileManager.default.contentsOfDirectory(atPath: host.path("/sys/fs/bpf").string)
      return false
    } catch let error as CocoaError {
      return error.code == .fileReadNoPermission
    } catch {
      return false
    }
  }
}

/// The programs and maps that the kernel holds, whoever loaded them.
struct PolicyObjects: Sendable {
  let host: Host
  private static let limit = 4000
  /// Maps of the network policy agent; the kernel keeps 15 bytes of a name.
  private static let counted = [
    "aws_conntrack_m", "ingress_map", "egress_map", "cp_ingress_map", "cp_egress_map",
    "ingress_pod_sta", "egress_pod_sta",
  ]

  struct Program: Encodable {
    var id: Int
    var type: Int
    var name: String
    var tag: String
    var load_time_ns: UInt64?
    var user: Int?
    var ifindex: Int?
    var map_ids: [UInt32]
    var pin: String?
  }

  struct Map: Encodable {
    var id: Int
    var type: Int
    var name: String
    var key_bytes: Int
    var value_bytes: Int
    var max_entries: Int
    var entries: Int?
    /// Whether every entry was counted.
    var entries_complete: Bool?
    var pin: String?
  }

  func programs() -> DerivedSource.Output {
    let pins = pins("programs", idOffset: 4)
    let source = BPFSource()
    return output(.program) { id, info -> Program? in
      guard let type = info.u32(0) else { return nil }
      return Program(
        id: Int(id), type: Int(type), name: info.from(64).prefix(16).zeroTerminated,
        tag: info.from(8).prefix(8).hexadecimal, load_time_ns: info.u64(40),
        user: info.u32(48).map { Int($0) }, ifindex: info.u32(80).map { Int($0) },
        map_ids: source.maps(ofProgram: id), pin: pins[id])
    }
  }

  func maps(seconds: Double) -> DerivedSource.Output {
    let pins = pins("maps", idOffset: 4)
    let source = BPFSource()
    let deadline = host.clock.monotonic() + Int64(seconds * 800_000)
    return output(.map) { id, info -> Map? in
      guard let type = info.u32(0), let key = info.u32(8), let value = info.u32(12),
        let most = info.u32(16)
      else { return nil }
      var map = Map(
        id: Int(id), type: Int(type), name: info.from(24).prefix(16).zeroTerminated,
        key_bytes: Int(key), value_bytes: Int(value), max_entries: Int(most), pin: pins[id])
      // Hash tables (plain, shared, least recently used) and tries can be walked.
      if [1, 5, 9, 10, 11].contains(type), Self.counted.contains(map.name) {
        let entries = source.entries(map: id, keyBytes: Int(key), limit: Int(most) + 1) {
          host.clock.monotonic() > deadline
        }
        map.entries = entries?.count
        map.entries_complete = entries?.isComplete
      }
      return map
    }
  }

  /// Ids of the maps of these names.
  func mapIDs(named names: Set<String>) -> [(id: UInt32, name: String)] {
    var found: [(id: UInt32, name: String)] = []
    _ = walk(.map) { id, info in
      let name = info.from(24).prefix(16).zeroTerminated
      if names.contains(name) { found.append((id, name)) }
    }
    return found
  }

  private func output<Row: Encodable>(
    _ kind: BPFSource.Kind, _ row: (UInt32, ArraySlice<UInt8>) -> Row?
  ) -> DerivedSource.Output {
    var rows: [Row] = []
    let (failure, isCut) = walk(kind) { id, info in
      if let row = row(id, info) { rows.append(row) }
    }
    if let failure {
      if failure.isRefusal { return .none(.denied, "bpf(2) is refused: needs root") }
      if failure.isUnknown { return .none(.unsupported, "this kernel cannot list BPF objects") }
      if rows.isEmpty { return .none(.error, "bpf(2) failed with error \(failure.number)") }
    }
    return .json(rows).doubted(
      isCut ? "cut at \(Self.limit)" : failure.map { "the list ended with error \($0.number)" })
  }

  private func walk(
    _ kind: BPFSource.Kind, _ each: (UInt32, ArraySlice<UInt8>) -> Void
  ) -> (failure: BPFSource.Failure?, isCut: Bool) {
    let source = BPFSource()
    var id: UInt32 = 0
    for _ in 0..<Self.limit {
      switch source.next(kind, after: id) {
      case .failure(let failure): return (failure.isEnd ? nil : failure, false)
      case .success(let next):
        id = next
        // An object that vanished since is none any more.
        if case .success(let info) = source.information(kind, id: id) { each(id, info) }
      }
    }
    return (nil, true)
  }

  /// Names of pins by the id of what they hold.
  private func pins(_ folder: String, idOffset: Int) -> [UInt32: String] {
    var names: [UInt32: String] = [:]
    for name in (PolicyPins(host: host).names(folder) ?? []).prefix(Self.limit) {
      let path = host.path("\(PolicyPins.folder)/\(folder)/\(name)")
      if case .success(let info) = BPFSource().information(pin: path), let id = info.u32(idOffset) {
        names[id] = name
      }
    }
    return names
  }
}

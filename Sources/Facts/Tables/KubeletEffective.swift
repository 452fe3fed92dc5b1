import BundleModel

/// The value that the kubelet works with, and where it comes from.
public struct KubeletEffective: DerivedTable {
  var key: String
  var value: String?
  var origin: String
  var place: String
  var overridden: String?
  var hasConflict: Bool

  /// The declaration of `kubelet_effective`.
  public static let schema = Schema<Self>(
    "kubelet_effective",
    "The value of each setting of the kubelet: arguments go before drop-ins, drop-ins before files.",
    from: [
      .kubeletConfiguration, .kubeletConfigz, .unitFiles,
    ] + KubeletFlag.schema.artifacts,
    columns: [
      Column("key", \.key, "Name as in the configuration file, such as maxPods."),
      Column(
        "value", \.value, "Value in force; lists as JSON; NULL for null or an argument alone."),
      Column(
        "origin", \.origin,
        "flag, environment or unit for an argument that was not seen in a process, snap, bottlerocket, drop_in, file or configz."
      ),
      Column("place", \.place, "The argument with its minus signs, or the path of the file."),
      Column(
        "overridden", \.overridden,
        "What weaker places say, as a JSON array of objects with origin, place and value; NULL if nothing."
      ),
      Column("has_conflict", \.hasConflict, "1 if a weaker place says something else; else 0."),
    ])

  /// Arguments, files, and the unit that starts the kubelet.
  public static var sources: [any FactRow.Type] {
    [KubeletFlag.self, KubeletSetting.self, UnitDirective.self, ConfigFile.self]
  }

  /// One place that names a setting; of equal strength the later one wins.
  struct Source {
    var value: String?
    var origin: String
    var place: String
    var strength: Int
    var path: String
    var line: Int?
  }

  /// Compares every place of each setting.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    for (key, sources) in all(facts).sorted(by: { $0.key < $1.key }) {
      guard let winner = sources.last else { continue }
      let weaker = sources.dropLast().reversed()
      let texts = weaker.prefix(FactLimits.issuesPerMember).map { source in
        JSONValue.made(
          line: 0,
          [
            ("origin", .string(source.origin)), ("place", .string(source.place)),
            ("value", source.value.map { .string($0) } ?? .null),
          ]
        ).json
      }
      rows.append(
        Self(
          key: key, value: winner.value, origin: winner.origin, place: winner.place,
          overridden: texts.isEmpty ? nil : "[" + texts.joined(separator: ",") + "]",
          hasConflict: weaker.contains { $0.value != winner.value }),
        path: winner.path, line: winner.line)
    }
  }

  /// Every place of each setting, the strongest last.
  static func all(_ facts: DerivedInput) -> [String: [Source]] {
    var sources: [String: [Source]] = [:]
    let flags = facts.rows(KubeletFlag.self)
    addSettings(facts.rows(KubeletSetting.self), flags, &sources)
    let hasProcess = flags.contains { $0.row.origin == "process" }
    for found in flags {
      let isProcess = found.row.origin == "process"
      // What the unit's files say is only a plan once the process is known.
      if hasProcess, !isProcess { continue }
      let option = CommandLine.Option(name: found.row.name, value: found.row.value)
      let origin = isProcess ? "flag" : found.row.origin
      add(option, origin, strength: 4, found.path, found.line, &sources)
    }
    if !hasProcess {
      for merged in MergedUnit.all(facts) where isKubelet(merged.unit) {
        for found in merged.lists["ExecStart"] ?? [] {
          let words = CommandLine.words(Array(found.row.value.utf8)[...])
          for option in CommandLine.options(words.dropFirst()) where option.value != "\\" {
            add(option, "unit", strength: 3, found.path, found.line, &sources)
          }
        }
      }
    }
    return sources.mapValues { list in
      list.enumerated().sorted {
        ($0.element.strength, $0.offset) < ($1.element.strength, $1.offset)
      }
      .map(\.element)
    }
  }

  private static func isKubelet(_ unit: String) -> Bool {
    unit == "kubelet.service" || unit.hasPrefix("snap.kubelet-eks.")
  }

  /// Files count only if the kubelet is told to read them, as far as that is known.
  private static func addSettings(
    _ settings: [Located<KubeletSetting>], _ flags: [Located<KubeletFlag>],
    _ sources: inout [String: [Source]]
  ) {
    let named = flags.last { $0.row.name == "config" }?.row.value
    let files = Set(settings.filter { $0.row.origin == "file" }.map(\.row.path))
    let chosen = named.flatMap { named in
      files.first { $0 == named } ?? files.first { Path.name($0) == Path.name(named) }
    }
    let dropIns = Set(settings.filter { $0.row.origin == "drop_in" }.map(\.row.path))
      .filter { $0.hasSuffix(".conf") }
      .sorted {
        Array(Path.name($0).utf8).lexicographicallyPrecedes(Array(Path.name($1).utf8))
      }
    let byPath = Dictionary(grouping: settings, by: \.row.path)
    for path in (chosen.map { [$0] } ?? files.sorted()) + dropIns + [""] {
      for found in byPath[path] ?? [] {
        let strength = found.row.origin == "file" ? 1 : found.row.origin == "drop_in" ? 2 : 5
        sources[found.row.key, default: []].append(
          Source(
            value: found.row.value, origin: found.row.origin,
            place: path.isEmpty ? "configz" : path, strength: strength, path: found.path,
            line: found.line))
      }
    }
  }

  private static func add(
    _ option: CommandLine.Option, _ origin: String, strength: Int, _ path: String, _ line: Int?,
    _ sources: inout [String: [Source]]
  ) {
    // With another dash than a minus sign it is no argument.
    guard option.name.utf8.first.map({ $0 < 0x80 }) ?? false else { return }
    for (key, value) in KubeletOption.settings(option) {
      sources[key, default: []].append(
        Source(
          value: value, origin: origin, place: "--" + option.name, strength: strength, path: path,
          line: line))
    }
  }
}

/// What arguments of the kubelet are called in its configuration file.
enum KubeletOption {
  /// The settings that an argument sets.
  static func settings(_ option: CommandLine.Option) -> [(key: String, value: String?)] {
    let key = names[option.name] ?? camelCase(option.name)
    guard let value = option.value else {
      // An argument alone switches something on.
      return [(key, "true")]
    }
    if maps.contains(option.name) {
      return value.split(separator: ",").compactMap { pair in
        guard let place = pair.firstIndex(where: { $0 == "=" || $0 == "<" }) else { return nil }
        return ("\(key).\(pair[..<place])", String(pair[pair.index(after: place)...]))
      }
    }
    if lists.contains(option.name) {
      let items = value.split(separator: ",").map { JSONValue.string(String($0)) }
      return [(key, JSONValue.array(items).json)]
    }
    return [(key, value)]
  }

  private static func camelCase(_ name: String) -> String {
    let parts = name.split(separator: "-")
    return (parts.first.map { String($0) } ?? name)
      + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private static let maps: Set<String> = [
    "kube-reserved", "system-reserved", "eviction-hard", "eviction-soft", "feature-gates",
    "eviction-minimum-reclaim", "eviction-soft-grace-period", "node-labels",
  ]
  private static let lists: Set<String> = [
    "cluster-dns", "cluster-dns-ip", "enforce-node-allocatable",
  ]

  private static let names = [
    "cluster-dns": "clusterDNS", "cluster-dns-ip": "clusterDNS", "pod-cidr": "podCIDR",
    "node-ip": "nodeIP",
    "pod-max-pids": "podPidsLimit", "pod-manifest-path": "staticPodPath",
    "anonymous-auth": "authentication.anonymous.enabled",
    "client-ca-file": "authentication.x509.clientCAFile",
    "authentication-token-webhook": "authentication.webhook.enabled",
    "authorization-mode": "authorization.mode",
    "make-iptables-util-chains": "makeIPTablesUtilChains",
    "image-gc-high-threshold": "imageGCHighThresholdPercent",
    "image-gc-low-threshold": "imageGCLowThresholdPercent",
    "event-qps": "eventRecordQPS", "registry-qps": "registryPullQPS",
    "kube-api-qps": "kubeAPIQPS", "kube-api-burst": "kubeAPIBurst",
    "cpu-cfs-quota": "cpuCFSQuota", "tls-cipher-suites": "tlsCipherSuites",
    "kube-reserved-cgroup": "kubeReservedCgroup", "cgroup-root": "cgroupRoot",
    "provider-id": "providerID",
  ]
}

import BundleModel

/// The maximum of pods by everything that sets or proposes it, each with its place.
struct MaximalPods: Sendable {
  let request: DerivedSource.Request

  private struct Listing: Encodable {
    var sources: [Place]
    var instance_type: String?
    /// Lines in which nodeadm says how it decided.
    var nodeadm_lines: [String]
    var not_read: [String]
  }

  private struct Place: Sendable, Encodable {
    /// `flag`, `unit`, `configuration` or `image table`.
    var kind: String
    var place: String
    var value: String
  }

  func output() async -> DerivedSource.Output {
    let host = request.host
    let half = request.seconds / 2
    guard let (places, type) = await BlockingThread.run(seconds: half, { Self.places(host) })
    else { return .none(.timeout, "reading took longer than \(half) s") }
    var listing = Listing(
      sources: places, instance_type: type, nodeadm_lines: [], not_read: [])
    if host.traits.contains(.nodeadm) {
      let line = ItemRunner(context: request.context)
        .journalCommand(units: ["nodeadm-config", "nodeadm-run"], options: [])
      switch await request.text(
        line[0], Array(line.dropFirst()), seconds: half)
      {
      case .success(let text):
        listing.nodeadm_lines = text.split(separator: "\n")
          .filter { $0.contains("maxPods") || $0.contains("max-pods") || $0.contains("MaxPods") }
          .prefix(20).map { String($0.prefix(2000)) }
      case .failure(let reason): listing.not_read.append(reason.text)
      }
    }
    if listing.sources.isEmpty, listing.nodeadm_lines.isEmpty {
      return .none(.missing, "neither the kubelet nor its image names a maximum of pods")
    }
    return .json(listing)
  }

  private static func places(_ host: Host) -> ([Place], String?) {
    var places: [Place] = []
    for file in KubeletSettings(host: host).files {
      guard let value = file.values["maxPods"] else { continue }
      places.append(Place(kind: "configuration", place: file.path, value: value))
    }
    let arguments = KubeletArguments(host: host)
    if let value = arguments.value(of: "max-pods") {
      places.append(
        Place(
          kind: arguments.origin == .process ? "flag" : "unit", place: "--max-pods",
          value: value))
    }
    // On Nitro instances the machine's model is the instance type.
    let files = SmallFile(host: host)
    let type = files.line("/sys/class/dmi/id/product_name")?.trimmed
    let table = files.text("/etc/eks/eni-max-pods.txt", limit: 1 << 20) ?? ""
    for line in table.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let type, words[0] == type else { continue }
      places.append(
        Place(kind: "image table", place: "/etc/eks/eni-max-pods.txt", value: String(words[1])))
    }
    return (places, type)
  }
}

/// Whether the kubelet serves logs to the API server, and on which ports it listens.
struct KubeletPorts: Sendable {
  let host: Host

  private static let names = [
    "enableSystemLogHandler", "enableSystemLogQuery", "enableDebuggingHandlers", "readOnlyPort",
    "healthzPort", "healthzBindAddress", "port", "address",
  ]
  private static let flags = [
    "enable-debugging-handlers", "read-only-port", "healthz-port", "port",
  ]

  private struct Listing: Encodable {
    var settings: [Setting]
    var listeners: [Listeners.Listener]
  }

  private struct Setting: Encodable {
    var name: String
    var value: String
    var place: String
  }

  func output() -> DerivedSource.Output {
    var settings: [Setting] = []
    for file in KubeletSettings(host: host).files {
      for name in Self.names {
        guard let value = file.values[name] else { continue }
        settings.append(Setting(name: name, value: value, place: file.path))
      }
    }
    let arguments = KubeletArguments(host: host)
    for name in Self.flags {
      guard let value = arguments.value(of: name) else { continue }
      settings.append(Setting(name: name, value: value, place: "--\(name)"))
    }
    let listeners = Listeners(host: host, ports: [10248, 10250, 10255]).listeners()
    if settings.isEmpty, listeners?.isEmpty ?? true {
      return .none(.missing, "no configuration of the kubelet, and nothing listens on its ports")
    }
    return .json(Listing(settings: settings, listeners: listeners ?? []))
  }
}

/// How the kubelet gets credentials to pull images: configuration, and which programs are there.
struct ImageCredentials: Sendable {
  let host: Host

  private struct Listing: Encodable {
    var configuration_path: String
    var configuration: String?
    var programs_path: String
    var programs: [Program]
  }

  private struct Program: Encodable {
    var name: String
    var size: Int
    var mode: String
    var mtime: String
  }

  func output() -> DerivedSource.Output {
    let arguments = KubeletArguments(host: host)
    let path =
      arguments.value(of: "image-credential-provider-config")
      ?? "/etc/eks/image-credential-provider/config.json"
    let folder =
      arguments.value(of: "image-credential-provider-bin-dir")
      ?? "/etc/eks/image-credential-provider"
    let configuration = FileListing(host: host, limit: 1).files(matching: [path]).files.first
      .flatMap { SmallFile.text(at: $0.place) }
    let found = FileListing(host: host, limit: 100).files(matching: [folder])
    let programs = found.files.filter { $0.status.mode & 0o111 != 0 }.map { file in
      Program(
        name: String(file.path.split(separator: "/").last ?? ""), size: file.status.size,
        mode: file.status.modeText, mtime: RFC3339.string(microseconds: file.status.modified))
    }
    if configuration == nil, programs.isEmpty {
      return found.denied.isEmpty
        ? .none(.missing, "no such file: \(path)") : .none(.denied, "permission denied: \(folder)")
    }
    return .json(
      Listing(
        configuration_path: path, configuration: configuration, programs_path: folder,
        programs: programs))
  }
}

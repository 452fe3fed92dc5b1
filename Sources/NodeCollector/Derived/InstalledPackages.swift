import BundleModel
import SystemPackage

/// Names and versions of the installed packages, one line for each behind a line that names the
/// columns.
struct InstalledPackages: Sendable {
  let request: DerivedSource.Request

  func output() async -> DerivedSource.Output {
    let host = request.host
    let status = await BlockingThread.run(seconds: 5) {
      SmallFile(host: host).text("/var/lib/dpkg/status", limit: 32 << 20)
    }
    if let text = status ?? nil {
      let lines = Self.lines(status: text)
      if !lines.isEmpty { return .bytes(Self.table("# dpkg: NAME VERSION ARCH", lines)) }
    }
    // The database of a node that is mounted elsewhere is not the one of this process.
    let root = host.root == "/" ? [] : ["--root", host.root.string]
    let form = "%{NAME} %{EPOCH} %{VERSION} %{RELEASE} %{ARCH}\\n"
    switch await request.text(
      "rpm", root + ["-qa", "--qf", form], seconds: request.seconds * 0.8, capBytes: 2 << 20)
    {
    case .success(let text):
      let lines = text.split(separator: "\n").map(String.init).sorted()
      return .bytes(Self.table("# rpm: NAME EPOCH VERSION RELEASE ARCH", lines))
    case .failure(let reason):
      return .none(reason.status, "no /var/lib/dpkg/status, and \(reason.text)")
    }
  }

  private static func table(_ head: String, _ lines: [String]) -> [UInt8] {
    Array(([head] + lines).joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
  }

  /// The packages of dpkg that are installed; others are remembered only.
  static func lines(status text: String) -> [String] {
    var lines: [String] = []
    var fields: [Substring: Substring] = [:]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.isEmpty else {
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts.count == 2, !line.hasPrefix(" ") { fields[parts[0]] = parts[1].dropFirst() }
        continue
      }
      if let name = fields["Package"], let version = fields["Version"],
        fields["Status"]?.hasSuffix(" installed") == true
      {
        lines.append("\(name) \(version) \(fields["Architecture"] ?? "-")")
      }
      fields = [:]
    }
    return lines.sorted()
  }
}

/// The kernel's build options that networking, eBPF and control groups depend on.
struct KernelConfiguration: Sendable {
  let request: DerivedSource.Request

  private static let words = ["NF_", "IP_", "IPV6", "NET_", "BPF", "VETH", "CGROUP", "NETFILTER"]

  func output() async -> DerivedSource.Output {
    let host = request.host
    let release = SystemName.current().release
    let paths = ["/boot/config-\(release)", "/lib/modules/\(release)/config"]
    let read = await BlockingThread.run(seconds: request.seconds * 0.4) {
      paths.lazy.compactMap { SmallFile(host: host).text($0, limit: 1 << 20) }.first
    }
    if let text = read ?? nil { return .bytes(Self.chosen(text)) }
    switch await request.text(
      "gzip", ["-dc", host.path("/proc/config.gz").string], seconds: request.seconds * 0.5)
    {
    case .success(let text): return .bytes(Self.chosen(text))
    case .failure:
      return .none(
        .missing, "neither /boot/config-\(release) nor /proc/config.gz can be read")
    }
  }

  private static func chosen(_ text: String) -> [UInt8] {
    let lines = text.split(separator: "\n").filter { line in
      words.contains { line.contains($0) }
    }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }
}

import BundleModel

/// Where a proxy is set for the kubelet and the container runtime: a proxy without exceptions for
/// the metadata service and the VPC's endpoints keeps the address manager from EC2.
struct ProxySettings: Sendable {
  let host: Host

  private static let names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "FTP_PROXY"]
  private static let units = ["kubelet.service", "containerd.service", "docker.service"]
  private static let files = [
    "/etc/environment", "/etc/profile.d", "/etc/systemd/system.conf", "/etc/systemd/system.conf.d",
    "/etc/eks/kubelet/environment", "/etc/eks/containerd", "/etc/sysconfig/kubelet",
    "/etc/sysconfig/docker", "/etc/sysconfig/proxy", "/etc/default/kubelet", "/etc/default/docker",
  ]

  struct Report: Encodable {
    var settings: [Setting]
  }

  struct Setting: Encodable, Equatable {
    /// A file of the node, or the environment of a process.
    var origin: String
    var name: String
    var value: String
  }

  func output() -> DerivedSource.Output {
    let units = ["/etc", "/run", "/usr/lib"].flatMap { root in
      Self.units.flatMap {
        ["\(root)/systemd/system/\($0)", "\(root)/systemd/system/\($0).d"]
      }
    }
    let listing = FileListing(host: host, limit: 500).files(matching: Self.files + units)
    var settings: [Setting] = []
    for path in listing.paths {
      guard let text = SmallFile(host: host).text(path) else { continue }
      settings += Self.settings(in: text, origin: path)
    }
    let table = ProcessTable(host: host)
    for name in ["kubelet", "containerd", "dockerd"] {
      for process in table.processes(named: name).prefix(4) {
        let variables = table.strings("environ", of: process.pid) ?? []
        settings += variables.flatMap {
          Self.settings(in: $0, origin: "/proc/\(process.pid)/environ (\(name))")
        }
      }
    }
    return .json(Report(settings: settings))
  }

  /// Assignments of proxy variables, wherever they stand in a line: in shell files, in environment
  /// files and in `Environment=` of units.
  static func settings(in text: String, origin: String) -> [Setting] {
    text.split(whereSeparator: \.isNewline).flatMap { line -> [Setting] in
      let trimmed = line.drop { $0 == " " || $0 == "\t" }
      guard !trimmed.hasPrefix("#"), !trimmed.hasPrefix(";") else { return [] }
      let separators: Set<Character> = [" ", "\t", "\"", "'", ";"]
      return trimmed.split { separators.contains($0) }.compactMap { word in
        assignment(word).map { Setting(origin: origin, name: $0, value: withoutSecrets($1)) }
      }
    }
  }

  private static func assignment(_ word: Substring) -> (String, Substring)? {
    guard let sign = word.firstIndex(of: "=") else { return nil }
    var name = word[..<sign]
    var value = word[word.index(after: sign)...]
    // `Environment=HTTP_PROXY=…` names two things.
    if name.hasSuffix("Environment"), let second = value.firstIndex(of: "=") {
      name = value[..<second]
      value = value[value.index(after: second)...]
    }
    return names.contains(name.uppercased()) ? (String(name), value) : nil
  }

  /// A URL without user information and query; lists of exceptions stay as they are.
  private static func withoutSecrets(_ value: Substring) -> String {
    value.split(separator: ",", omittingEmptySubsequences: false).map(withoutUser)
      .joined(separator: ",")
  }

  private static func withoutUser(_ part: Substring) -> String {
    let text = part.prefix { $0 != "?" && $0 != "#" }
    guard let sign = text.lastIndex(of: "@") else { return String(text) }
    let user = text[..<sign]
    let rest = String(text[text.index(after: sign)...])
    guard let slash = user.firstIndex(of: "/") else { return rest }
    // `http://` and nothing of what follows up to the sign.
    return String(user[...slash]) + "/" + rest
  }
}

import FoundationEssentials
import WireFormats

/// How the node itself reaches its cluster and its region: read from what its own programs use.
struct NodeAccess: Sendable {
  let host: Host
  let settings: KubeletEndpoints
  /// The API server's address of the kubelet's kubeconfig, such as `https://….eks.amazonaws.com`.
  let server: String?
  /// The file with the authority that signed the API server's certificate.
  let authority: String?
  /// Variables of the running ipamd, or of another of the cluster's own programs.
  let environment: [String: String]
  /// The registry from which the pause image comes.
  let registry: String?

  private static let agents = ["aws-k8s-agent", "kube-proxy", "coredns", "eks-pod-identity-agent"]

  /// Reads the node's files and processes.
  static func read(_ host: Host) async -> NodeAccess {
    await BlockingThread.run(seconds: BlockingThread.lookSeconds) { readNow(host) }
      ?? NodeAccess(
        host: host, settings: KubeletEndpoints(), server: nil, authority: nil, environment: [:],
        registry: nil)
  }

  private static func readNow(_ host: Host) -> NodeAccess {
    let settings = KubeletEndpoints.read(host)
    let files = SmallFile(host: host)
    let kubeconfig = files.text(settings.kubeconfig) ?? ""
    let runtime = files.text("/etc/containerd/config.toml", limit: 1 << 20) ?? ""
    return NodeAccess(
      host: host, settings: settings, server: value("server", in: kubeconfig),
      authority: value("certificate-authority", in: kubeconfig), environment: environment(host),
      registry: registry(in: runtime))
  }

  private static func environment(_ host: Host) -> [String: String] {
    let table = ProcessTable(host: host)
    for name in agents {
      guard let process = table.processes(named: name).last,
        let strings = table.strings("environ", of: process.pid)
      else { continue }
      return variables(strings)
    }
    return [:]
  }

  private static func variables(_ strings: [String]) -> [String: String] {
    var variables: [String: String] = [:]
    for text in strings {
      guard let equals = text.firstIndex(of: "=") else { continue }
      variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return variables
  }

  /// The value of a key of a kubeconfig, which is YAML or JSON; the first one counts.
  static func value(_ key: String, in text: String) -> String? {
    for line in text.split(whereSeparator: { $0 == "\n" || $0 == "," || $0 == "{" }) {
      let parts = line.split(separator: ":", maxSplits: 1)
        .map { $0.filter { !" \t\"'}".contains($0) } }
      guard parts.count == 2, parts[0] == key || parts[0] == "-\(key)" else { continue }
      return parts[1].isEmpty ? nil : parts[1]
    }
    return nil
  }

  /// The name of an Elastic Container Registry in a text.
  static func registry(in text: String) -> String? {
    let separators: Set<Character> = ["\"", "'", "/", " ", "=", "\n", "\t"]
    return text.split(whereSeparator: { separators.contains($0) }).first {
      $0.contains(".dkr.ecr.")
    }.map(String.init)
  }

  /// Host and port of the API server.
  var serverHost: (name: String, port: Int)? { server.flatMap(Self.hostAndPort) }

  /// Host and port of an https address.
  static func hostAndPort(_ address: String) -> (name: String, port: Int)? {
    guard address.hasPrefix("https://") else { return nil }
    let authority = address.dropFirst(8).prefix { $0 != "/" }
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      let port = authority[authority.index(after: end)...].dropFirst()
      return (String(authority[..<end].dropFirst()), Int(port) ?? 443)
    }
    let parts = authority.split(separator: ":")
    guard let name = parts.first else { return nil }
    return (String(name), parts.count > 1 ? Int(parts[1]) ?? 443 : 443)
  }

  /// The region: ipamd is told it, and the name of an EKS endpoint holds it.
  var region: String? {
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
      if let value = environment[name], !value.isEmpty { return value }
    }
    let labels = serverHost?.name.split(separator: ".") ?? []
    if let place = labels.firstIndex(of: "eks"), place > 0 { return String(labels[place - 1]) }
    let registryLabels = registry?.split(separator: ".") ?? []
    return registryLabels.count > 3 ? String(registryLabels[3]) : nil
  }

  /// What the names of a region's endpoints end with.
  static func domain(of region: String) -> String {
    if region.hasPrefix("cn-") { return "amazonaws.com.cn" }
    if region.hasPrefix("us-isob-") { return "sc2s.sgov.gov" }
    if region.hasPrefix("us-iso-") { return "c2s.ic.gov" }
    return "amazonaws.com"
  }
}

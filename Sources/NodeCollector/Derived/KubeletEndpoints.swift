import FoundationEssentials

/// The few settings of the kubelet that decide where other things on the node listen.
struct KubeletEndpoints: Sendable, Equatable {
  /// Where the kubelet reaches the container runtime, such as `unix:///run/containerd/…`.
  var runtimeEndpoint: String?
  /// Addresses of the cluster's name servers.
  var clusterDNS: [String] = []
  /// The cluster's domain.
  var clusterDomain = "cluster.local"
  /// Port of the kubelet's own health check; 0 switches it off.
  var healthPort = 10248
  /// The kubeconfig file that the kubelet uses.
  var kubeconfig = "/var/lib/kubelet/kubeconfig"

  /// Where EKS, kubeadm and Bottlerocket images have the configuration; the argument of the running
  /// kubelet goes before them.
  private static let configurationFiles = [
    "/etc/kubernetes/kubelet/config.json", "/etc/kubernetes/kubelet/kubelet-config.json",
    "/etc/kubernetes/kubelet/config", "/var/lib/kubelet/config.yaml",
  ]
  private static let kubeconfigFiles = [
    "/var/lib/kubelet/kubeconfig", "/etc/kubernetes/kubelet/kubeconfig",
    "/etc/kubernetes/kubelet.conf",
  ]

  /// Reads the running kubelet's arguments and its configuration with its drop-ins. Must run on a
  /// thread that may block.
  static func read(_ host: Host) -> KubeletEndpoints {
    var settings = KubeletEndpoints()
    let files = SmallFile(host: host)
    let table = ProcessTable(host: host)
    let arguments = table.processes(named: "kubelet").last.flatMap {
      table.strings("cmdline", of: $0.pid)
    }
    let named = argument("config", arguments).map { [$0] } ?? []
    for path in named + configurationFiles {
      guard let text = files.text(path, limit: 1 << 20) else { continue }
      settings.take(text)
      break
    }
    let dropIns = FileListing(host: host, limit: 64).files(
      matching: ["/etc/kubernetes/kubelet/config.json.d"])
    for path in dropIns.paths {
      if let text = files.text(path, limit: 1 << 20) { settings.take(text) }
    }
    // Arguments go before the configuration.
    settings.runtimeEndpoint =
      argument("container-runtime-endpoint", arguments) ?? settings.runtimeEndpoint
    if let servers = argument("cluster-dns", arguments) {
      settings.clusterDNS = servers.split(separator: ",").map(String.init)
    }
    settings.clusterDomain = argument("cluster-domain", arguments) ?? settings.clusterDomain
    let kubeconfigs = (argument("kubeconfig", arguments).map { [$0] } ?? []) + kubeconfigFiles
    settings.kubeconfig =
      kubeconfigs.first { files.bytes($0, limit: 1) != nil } ?? settings.kubeconfig
    return settings
  }

  /// The value of `--name=value` or `--name value`.
  static func argument(_ name: String, _ arguments: [String]?) -> String? {
    guard let arguments else { return nil }
    for (index, argument) in arguments.enumerated() {
      if argument.hasPrefix("--\(name)=") { return String(argument.dropFirst(name.count + 3)) }
      if argument == "--\(name)", index + 1 < arguments.count { return arguments[index + 1] }
    }
    return nil
  }

  private struct Configuration: Decodable {
    var containerRuntimeEndpoint: String?
    var clusterDNS: [String]?
    var clusterDomain: String?
    var healthzPort: Int?
  }

  /// Takes what a configuration file says, in JSON or in YAML.
  mutating func take(_ text: String) {
    let configuration: Configuration
    do {
      configuration = try JSONDecoder().decode(Configuration.self, from: Data(text.utf8))
    } catch {
      configuration = Self.yaml(text)
    }
    runtimeEndpoint = configuration.containerRuntimeEndpoint ?? runtimeEndpoint
    clusterDNS = configuration.clusterDNS ?? clusterDNS
    clusterDomain = configuration.clusterDomain ?? clusterDomain
    healthPort = configuration.healthzPort ?? healthPort
  }

  /// The wanted keys of the top level of a YAML document.
  private static func yaml(_ text: String) -> Configuration {
    var configuration = Configuration()
    var isInServers = false
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      if isInServers, words.first == "-", words.count == 2 {
        configuration.clusterDNS = (configuration.clusterDNS ?? []) + [unquoted(words[1])]
        continue
      }
      guard line.first != " ", let key = words.first else { continue }
      isInServers = key == "clusterDNS:"
      guard words.count == 2 else { continue }
      switch key {
      case "containerRuntimeEndpoint:": configuration.containerRuntimeEndpoint = unquoted(words[1])
      case "clusterDomain:": configuration.clusterDomain = unquoted(words[1])
      case "healthzPort:": configuration.healthzPort = Int(words[1])
      default: break
      }
    }
    return configuration
  }

  private static func unquoted(_ text: Substring) -> String {
    String(text.drop { $0 == "\"" || $0 == "'" }.prefix { $0 != "\"" && $0 != "'" })
  }
}

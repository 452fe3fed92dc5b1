import BundleModel
import FoundationEssentials
import SystemPackage

/// Looks up the paths that only the node can name: in the environment of the running ipamd, in the
/// kubelet's arguments and unit, in the configuration of CNI and container runtime.
struct FoundPaths {
  let host: Host
  let settings: CollectSettings

  /// The patterns, with the node's own paths in the places of the marks in braces.
  func replaced(in patterns: [String]) -> [String] {
    patterns.flatMap { pattern in
      FoundPath(rawValue: pattern).map(paths) ?? [pattern]
    }
  }

  private func paths(_ mark: FoundPath) -> [String] {
    switch mark {
    case .ipamdLog: generations(agentFile("AWS_VPC_K8S_CNI_LOG_FILE"), ["-*.log"])
    case .ipamdRotatedLogs:
      Array(generations(agentFile("AWS_VPC_K8S_CNI_LOG_FILE"), ["-*.log.gz"]).dropFirst())
    case .pluginLog:
      // The runtime starts the plugin on the host, so this path is one of the host.
      (hostFile("AWS_VPC_K8S_PLUGIN_LOG_FILE") + pluginLogs { $0 == "aws-cni" })
        .flatMap { generations([$0], ["-*.log", "-*.log.gz"]) }
    case .egressLogs:
      (hostFile("AWS_VPC_K8S_EGRESS_V4_PLUGIN_LOG_FILE")
        + hostFile("AWS_VPC_K8S_EGRESS_V6_PLUGIN_LOG_FILE")
        + pluginLogs { $0.hasPrefix("egress") })
        .flatMap { generations([$0], ["-*.log", "-*.log.gz"]) }
    case .checkpoint: agentFile("AWS_VPC_K8S_CNI_BACKING_STORE")
    case .cardCheckpoints:
      agentFile("AWS_VPC_K8S_CNI_BACKING_STORE").map { folder(of: $0) + "/ipam-nic-*.json" }
    case .runtimeCNIFolder: runtimeCNIFolders
    case .kubeletEnvironmentFiles: KubeletUnitFile(host: host).environmentFiles
    case .kubeletConfiguration:
      ["config", "config-dir"].compactMap { KubeletArguments(host: host).value(of: $0) }
    case .kubeletKubeconfig:
      ["kubeconfig"].compactMap { KubeletArguments(host: host).value(of: $0) }
    case .requestedPodLogs: requestedPodLogs
    }
  }

  /// A log and the names that rotation gives to its older generations.
  private func generations(_ paths: [String], _ endings: [String]) -> [String] {
    paths.flatMap { path -> [String] in
      let stem = path.hasSuffix(".log") ? String(path.dropLast(4)) : path
      return [path] + endings.map { stem + $0 }
    }
  }

  private func folder(of path: String) -> String {
    String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
  }

  // MARK: - ipamd's environment

  /// A path in a variable of ipamd's environment, where the host has that file.
  private func agentFile(_ name: String) -> [String] {
    let table = ProcessTable(host: host)
    guard let agent = table.processes(named: "aws-k8s-agent").last,
      let value = value(name, table.strings("environ", of: agent.pid))
    else { return [] }
    return [ContainerPath(host: host, pid: agent.pid).onHost(value)]
  }

  /// A path of the host in a variable of ipamd's environment.
  private func hostFile(_ name: String) -> [String] {
    let table = ProcessTable(host: host)
    guard let agent = table.processes(named: "aws-k8s-agent").last else { return [] }
    return value(name, table.strings("environ", of: agent.pid)).map { [$0] } ?? []
  }

  /// An absolute path; `stdout` and `stderr` are no files.
  private func value(_ name: String, _ environment: [String]?) -> String? {
    environment?.first { $0.hasPrefix(name + "=") }
      .map { String($0.dropFirst(name.utf8.count + 1)) }
      .flatMap { $0.hasPrefix("/") && !$0.contains("*") ? $0 : nil }
  }

  // MARK: - Configuration of CNI, runtime and user

  private struct ConfigurationList: Decodable {
    var plugins: [Plugin]?
  }

  private struct Plugin: Decodable {
    var type: String?
    var pluginLogFile: String?
  }

  /// The log files that the CNI configuration gives to plugins of some types.
  private func pluginLogs(_ isWanted: (String) -> Bool) -> [String] {
    let listing = FileListing(host: host, limit: 50).files(matching: ["/etc/cni/net.d"])
    return listing.files.filter { $0.path.hasSuffix("list") || $0.path.hasSuffix(".conf") }
      .flatMap { file -> [String] in
        // A configuration that can't be read names no log; the file itself is in the bundle.
        guard let bytes = SmallFile.bytes(at: file.place, limit: 1 << 20),
          let list = try? JSONDecoder().decode(ConfigurationList.self, from: Data(bytes))
        else { return [] }
        return (list.plugins ?? []).filter { isWanted($0.type ?? "") }.compactMap(\.pluginLogFile)
      }
      .filter { $0.hasPrefix("/") }
  }

  /// `conf_dir = "/etc/cni/net.d"` in the configuration of containerd.
  private var runtimeCNIFolders: [String] {
    let text = SmallFile(host: host).text("/etc/containerd/config.toml", limit: 1 << 20) ?? ""
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].filter({ $0 != " " && $0 != "\t" }) == "conf_dir" else {
        return nil
      }
      let path = parts[1].split { $0 == "\"" || $0 == "'" || $0 == " " }.first.map(String.init)
      return path.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
  }

  /// The kubelet names a pod's folder `NAMESPACE_POD_UID`.
  private var requestedPodLogs: [String] {
    let wanted = settings.podLogs.compactMap { text -> (String, String)? in
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
    guard !wanted.isEmpty else { return [] }
    let root = "/var/log/pods"
    // Without the folder there are no logs, which the item reports as missing.
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: host.path(root).string)) ?? []
    return names.sorted().filter { name in
      let parts = name.split(separator: "_").map(String.init)
      return parts.count == 3
        && wanted.contains {
          FileListing.matches(parts[0], $0.0) && FileListing.matches(parts[1], $0.1)
        }
    }.map { "\(root)/\($0)" }
  }
}

/// Finds a file of a container on the host, through the container's mounts.
struct ContainerPath {
  let host: Host
  let pid: Int

  /// The path on the host; where no mount of the host shows the same folder, the path through the
  /// container's own root, which lasts as long as the process.
  func onHost(_ path: String) -> String {
    guard let inside = SmallFile(host: host).text("/proc/\(pid)/mountinfo", limit: 4 << 20),
      let outside = SmallFile.text(at: host.mountInfo, limit: 8 << 20),
      let mount = MountTable(inside).holding(path)
    else { return path }
    let rest = path.dropFirst(mount.point == "/" ? 0 : mount.point.utf8.count)
    let wanted = (mount.root == "/" ? "" : mount.root) + rest
    let candidates = MountTable(outside).mounts.filter {
      $0.device == mount.device && MountTable.contains($0.root, wanted)
        && MountTable.contains(host.root.string, $0.point)
    }
    guard let base = candidates.max(by: { $0.root.utf8.count < $1.root.utf8.count }) else {
      return "/proc/\(pid)/root\(path)"
    }
    let below = wanted.dropFirst(base.root == "/" ? 0 : base.root.utf8.count)
    let place = (base.point == "/" ? "" : base.point) + below
    return host.root == "/" ? place : String(place.dropFirst(host.root.string.utf8.count))
  }
}

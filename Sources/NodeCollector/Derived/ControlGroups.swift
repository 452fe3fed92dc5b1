import BundleModel
import FoundationEssentials
import SystemPackage

/// Limits and counters of the control groups that decide whether the CNI gets to run.
struct ControlGroups: Sendable {
  let host: Host

  private static let processes = [
    "aws-k8s-agent", "aws-vpc-cni", "controller", "kube-proxy", "kubelet", "containerd", "dockerd",
    "crio",
  ]
  private static let podFolders = [
    "kubepods.slice", "kubepods.slice/kubepods-burstable.slice",
    "kubepods.slice/kubepods-besteffort.slice", "kubepods", "kubepods/burstable",
    "kubepods/besteffort",
  ]
  private static let unified = [
    "cpu.stat", "cpu.max", "cpu.weight", "cpu.pressure", "memory.current", "memory.max",
    "memory.high", "memory.events", "memory.pressure", "io.pressure", "pids.current", "pids.max",
    "pids.events",
  ]
  private static let byController = [
    "cpu": ["cpu.stat", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.shares"],
    "memory": [
      "memory.usage_in_bytes", "memory.max_usage_in_bytes", "memory.limit_in_bytes",
      "memory.failcnt", "memory.oom_control",
    ],
    "pids": ["pids.current", "pids.max", "pids.events"],
  ]

  private struct Reading: Encodable {
    var collected_at: String
    var monotonic_us: Int64
    var version: Int
    var groups: [Group]
  }

  private struct Group: Encodable {
    var process: String?
    var pid: Int?
    var path: String
    /// Contents of the files, each without its last line end.
    var files: [String: String]
  }

  func output() -> DerivedSource.Output {
    let root = "/sys/fs/cgroup"
    let isUnified = FileManager.default.fileExists(
      atPath: host.path("\(root)/cgroup.controllers").string)
    var groups: [Group] = []
    for name in Self.processes {
      for process in ProcessTable(host: host).processes(named: name) {
        guard let text = SmallFile(host: host).text("/proc/\(process.pid)/cgroup") else { continue }
        let paths = Self.paths(text)
        let files =
          isUnified
          ? read(Self.unified, "\(root)\(paths[""] ?? "/")") : readByController(paths, root)
        let path = (isUnified ? paths[""] : paths["cpu"] ?? paths["memory"]) ?? "/"
        groups.append(Group(process: name, pid: process.pid, path: path, files: files))
      }
    }
    for folder in Self.podFolders {
      let files =
        isUnified
        ? read(Self.unified, "\(root)/\(folder)")
        : readByController(
          ["cpu": "/\(folder)", "memory": "/\(folder)", "pids": "/\(folder)"], root)
      if !files.isEmpty { groups.append(Group(path: "/\(folder)", files: files)) }
    }
    guard !groups.isEmpty else {
      return .none(.missing, "neither the CNI nor kubelet, runtime or pods have a control group")
    }
    return .json(
      Reading(
        collected_at: RFC3339.string(microseconds: host.clock.wall()),
        monotonic_us: host.clock.monotonic(), version: isUnified ? 2 : 1, groups: groups))
  }

  /// `NUMBER:CONTROLLERS:PATH`; the unified hierarchy has no controllers.
  static func paths(_ text: String) -> [String: String] {
    var paths: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
        paths[String(controller)] = String(parts[2])
      }
    }
    return paths
  }

  private func read(_ names: [String], _ folder: String) -> [String: String] {
    var files: [String: String] = [:]
    for name in names {
      files[name] = SmallFile(host: host).text("\(folder)/\(name)")?.trimmed
    }
    return files
  }

  private func readByController(_ paths: [String: String], _ root: String) -> [String: String] {
    var files: [String: String] = [:]
    for (controller, names) in Self.byController {
      guard let path = paths[controller] else { continue }
      files.merge(read(names, "\(root)/\(controller)\(path)")) { first, _ in first }
    }
    return files
  }
}

import BundleModel
import SystemPackage

/// Every mount, and how full the local file systems are. A file system that does not answer costs
/// its own time limit and no more; network file systems are told by their type and not asked.
struct MountSpace: Sendable {
  let host: Host

  private static let secondsEach = 5.0
  /// Several at once, so that some dead ones do not add up.
  private static let width = 16
  /// File systems of the kernel's own, which hold no files on a disk.
  private static let virtual: Set<String> = [
    "proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "nsfs", "securityfs", "debugfs",
    "tracefs", "bpf", "pstore", "configfs", "fusectl", "hugetlbfs", "binfmt_misc", "selinuxfs",
    "efivarfs", "rpc_pipefs",
  ]

  private struct Listing: Encodable {
    var mounts: [Mount]
  }

  private struct Mount: Encodable {
    var id: Int
    var parent: Int
    var device: String
    var root: String
    var mount_point: String
    var type: String
    var source: String
    var options: String
    var super_options: String
    var space: FileSystemSpace?
    /// Why there is no `space`: `network`, `virtual`, `same device`, `no answer`, or an error.
    var not_asked: String?
  }

  private enum Answer: Sendable {
    case space(FileSystemSpace)
    case refused(String)
  }

  func output(seconds: Double) async -> DerivedSource.Output {
    let host = host
    let read = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      let own = host.root == "/" ? "/proc/self/mountinfo" : "/proc/1/mountinfo"
      return SmallFile(host: host).text(own, limit: 8 << 20)
        ?? SmallFile(host: host).text("/proc/self/mountinfo", limit: 8 << 20)
    }
    guard let text = read ?? nil else { return .none(.missing, "no mountinfo of the node") }
    let table = MountTable(text)
    var mounts: [Mount] = []
    var asked: [Int: String] = [:]
    var devices: Set<String> = []
    for (index, mount) in table.mounts.enumerated() {
      let reason = refusal(mount, table, &devices)
      if reason == nil { asked[index] = mount.point }
      mounts.append(entry(mount, reason))
    }
    for (index, answer) in await ask(asked, seconds: min(Self.secondsEach, seconds / 2)) {
      switch answer {
      case .space(let space): mounts[index].space = space
      case .refused(let reason): mounts[index].not_asked = reason
      }
    }
    return .json(Listing(mounts: mounts))
  }

  private func refusal(
    _ mount: MountTable.Mount, _ table: MountTable, _ devices: inout Set<String>
  ) -> String? {
    if MountTable.isNetwork(mount.type) { return "network" }
    // The way to a mount must not lead through a dead one either.
    let isBehindNetwork = table.mounts.contains {
      MountTable.isNetwork($0.type) && $0.point != mount.point
        && MountTable.contains($0.point, mount.point)
    }
    if isBehindNetwork { return "network" }
    if Self.virtual.contains(mount.type) { return "virtual" }
    return devices.insert(mount.device).inserted ? nil : "same device"
  }

  private func entry(_ mount: MountTable.Mount, _ reason: String?) -> Mount {
    Mount(
      id: mount.id, parent: mount.parent, device: mount.device, root: mount.root,
      mount_point: mount.point, type: mount.type, source: Self.withoutUser(mount.source),
      options: mount.options, super_options: Self.withoutCredentials(mount.superOptions),
      not_asked: reason)
  }

  private func ask(_ points: [Int: String], seconds: Double) async -> [Int: Answer] {
    let host = host
    return await withTaskGroup(of: (Int, Answer).self) { group in
      var waiting = points.sorted { $0.key < $1.key }[...]
      var answers: [Int: Answer] = [:]
      func start() {
        guard let (index, point) = waiting.popFirst() else { return }
        group.addTask {
          let answer = await BlockingThread.run(seconds: seconds) { () -> Answer in
            do throws(Errno) {
              return .space(try FileSystemSpace(of: host.path(point)))
            } catch {
              return .refused("\(error)")
            }
          }
          return (index, answer ?? .refused("no answer"))
        }
      }
      for _ in 0..<Self.width { start() }
      while let (index, answer) = await group.next() {
        answers[index] = answer
        start()
      }
      return answers
    }
  }

  /// A source without the part before `@` that may hold a user and a password.
  static func withoutUser(_ source: String) -> String {
    guard let slashes = source.firstRange(of: "//"),
      let at = source[slashes.upperBound...].firstIndex(of: "@")
    else { return source }
    let path = source[slashes.upperBound...].firstIndex(of: "/") ?? source.endIndex
    guard at < path else { return source }
    return String(source[..<slashes.upperBound] + source[source.index(after: at)...])
  }

  /// Options without those that name a user or a secret.
  static func withoutCredentials(_ options: String) -> String {
    let secret = ["username=", "user=", "password=", "pass=", "credentials=", "secret=", "name="]
    return options.split(separator: ",").map { option in
      guard let name = secret.first(where: { option.hasPrefix($0) }) else { return String(option) }
      return name + "<redacted:R2>"
    }.joined(separator: ",")
  }
}

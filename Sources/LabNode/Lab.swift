import Foundation
import Glibc
import Subprocess

/// Makes lab nodes, finds them again and takes them away.
public struct Lab: Sendable {
  /// Below it each node has a folder.
  let root: String
  /// The lab's own program, which the nodes' processes are made of.
  let program: String

  /// Creates a lab that runs `program` inside its nodes.
  public init(program: String, root: String = "/run/cnitriage-lab") {
    self.program = program
    self.root = root
  }

  /// A node that is up.
  public struct Running: Sendable {
    /// Its name.
    public let name: String
    /// The name of its variant.
    public let variant: String
    /// When it came up.
    public let since: Moment
    /// The process whose namespaces are the node's.
    public let process: Int32
  }

  private func folder(_ name: String) -> String { "\(root)/\(name)" }

  /// Where a node's logs lie that are too long for memory.
  static func logFolder(_ name: String) -> String { "/var/tmp/cnitriage-lab/\(name)" }

  // MARK: Up

  /// Makes a node and waits until all its servers answer.
  @discardableResult
  public func up(
    _ name: String, variant: Variant, faults: [ToolFault] = [],
    serverFaults: [ServerFault] = [], pods: Int? = nil, logMiB: Int = 0
  ) async throws(LabError) -> Running {
    try Self.check(name)
    try await LabHost.check(variant)
    let folder = folder(name)
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw LabError(
        .failed, "a node named \(name) exists already", why: "\(folder) is there",
        try: "scripts/lab down \(name)")
    }
    var inputs = NodeInputs(
      variant: variant.name, now: LabHost.now(), bootID: LabHost.bootID(),
      serverFaults: serverFaults)
    (inputs.pods, inputs.logMiB) = (pods, logMiB)
    guard let node = NodeModel(inputs) else {
      throw LabError(
        .usage, "there is no variant \(variant.name)", why: "it is not in the list",
        try: "scripts/lab variants")
    }
    do {
      try await prepare(node, inputs, faults, in: folder)
      return try await start(name, node, in: folder)
    } catch {
      await down(name)
      throw error
    }
  }

  private static func check(_ name: String) throws(LabError) {
    let isGood =
      (1...40).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
      } && !name.hasPrefix("-")
    guard isGood else {
      throw LabError(
        .usage, "\(name) is no name for a node",
        why: "a name has 1 to 40 lower-case letters, digits and dashes",
        try: "scripts/lab up healthy")
    }
  }

  private func prepare(
    _ node: NodeModel, _ inputs: NodeInputs, _ faults: [ToolFault], in folder: String
  ) async throws(LabError) {
    let files = "\(folder)/root"
    let journal = "\(files)/var/log/journal/\(node.instance.machineID)"
    do {
      let manager = FileManager.default
      let own = node.variant.image.hasCNI ? ["/run/aws-node"] : []
      for name in NodeFiles.folders + own {
        try manager.createDirectory(
          atPath: "\(folder)/root\(name)", withIntermediateDirectories: true)
      }
      try manager.createDirectory(atPath: journal, withIntermediateDirectories: true)
      for (path, text) in NodeFiles(node: node).all {
        try write(text, to: "\(folder)/root\(path)")
      }
      let encoded = try JSONEncoder().encode(inputs)
      try write(
        String(decoding: encoded, as: UTF8.self),
        to: "\(folder)/root\(LabProcess.inputsPath)")
      let script = BootScript(
        node: node, inputs: inputs, state: folder, program: program, faults: faults)
      try write(script.text, to: "\(folder)/boot.sh")
      let name = String(folder.dropFirst(root.utf8.count + 1))
      try write(ControlGroups(name: name).entering, to: "\(folder)/groups.sh")
      try write("", to: "\(folder)/status")
      try write(String(decoding: encoded, as: UTF8.self), to: "\(folder)/inputs.json")
    } catch {
      throw LabError(
        .environment, "cannot write the node's files", why: "\(error)",
        try: "make room for some 30 MB below \(root)")
    }
    try await NodeJournal(node: node).write(to: journal, export: "\(folder)/journal.export")
  }

  private func write(_ text: String, to path: String) throws {
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }

  private func start(_ name: String, _ node: NodeModel, in folder: String) async throws(LabError)
    -> Running
  {
    // The node's clocks since boot fit its history; a kernel without time namespaces keeps its own.
    let offset = Int(NodeModel.uptimeSeconds) - LabHost.uptime()
    let time =
      FileManager.default.fileExists(atPath: "/proc/self/ns/time")
      ? "--time --boottime \(offset) --monotonic \(offset)" : ""
    let launched = await LabHost.shell(
      "setsid /bin/bash '\(folder)/groups.sh' unshare --cgroup --mount --propagation slave --net --pid --uts --fork --kill-child \(time) "
        + "/bin/bash '\(folder)/boot.sh' >'\(folder)/boot.log' 2>&1 </dev/null & "
        + "echo $! >'\(folder)/pid'")
    guard launched.succeeded else {
      throw LabError(
        .environment, "cannot start the node", why: launched.output,
        try: "run it on a machine where root may make namespaces")
    }
    for _ in 0..<1800 {
      guard FileManager.default.fileExists(atPath: folder) else {
        throw LabError(
          .failed, "the node was taken down while it came up", why: "\(folder) is gone",
          try: "scripts/lab up \(name) --variant \(node.variant.name)")
      }
      let status = LabHost.read("\(folder)/status") ?? ""
      if status.hasPrefix("ready"), let running = find(name) { return running }
      if status.hasPrefix("failed") || isGone(folder) { throw broken(folder, status) }
      await pause()
    }
    throw broken(folder, "it was not ready within three minutes")
  }

  private func isGone(_ folder: String) -> Bool {
    guard let process = processID(folder) else { return true }
    return kill(process, 0) != 0
  }

  private func broken(_ folder: String, _ status: String) -> LabError {
    let log = (LabHost.read("\(folder)/boot.log") ?? "").split(separator: "\n").suffix(4)
    let lines = ([status.trimmingCharacters(in: .whitespacesAndNewlines)] + log.map(String.init))
    return LabError(
      .failed, "the node did not come up",
      why: lines.filter { !$0.isEmpty }.joined(separator: "; "),
      try: "a kernel with veth, bridge, overlay, nf_tables and ip_tables")
  }

  private func pause() async {
    do {
      try await Task.sleep(for: .milliseconds(100))
    } catch {
      // Cancelled: the caller's loop ends by its own bound.
    }
  }

  // MARK: Find, down

  private func processID(_ folder: String) -> Int32? {
    guard let text = LabHost.read("\(folder)/pid") else { return nil }
    return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// The node of that name, if it is up.
  public func find(_ name: String) -> Running? {
    let folder = folder(name)
    guard let process = processID(folder), isOurs(process, folder),
      let text = LabHost.read("\(folder)/inputs.json")
    else { return nil }
    do {
      let inputs = try JSONDecoder().decode(NodeInputs.self, from: Data(text.utf8))
      return Running(name: name, variant: inputs.variant, since: inputs.now, process: process)
    } catch {
      // A folder that was half written: there is no such node, and `down` removes the rest.
      return nil
    }
  }

  // A process id can be given to another program; the command line tells whose it is.
  private func isOurs(_ process: Int32, _ folder: String) -> Bool {
    let line = LabHost.read("/proc/\(process)/cmdline") ?? ""
    return line.split(separator: "\0").contains { $0 == "\(folder)/boot.sh" }
  }

  /// Every node of which there is a folder or a process, whether it is whole or not.
  public func names() -> [String] {
    let folders: [String]
    do {
      folders = try FileManager.default.contentsOfDirectory(atPath: root)
    } catch {
      // No folder: no node was ever made here, or somebody removed it.
      folders = []
    }
    let scripts = everyProcess().flatMap { process in
      (LabHost.read("/proc/\(process)/cmdline") ?? "").split(separator: "\0")
    }
    let alive = scripts.compactMap { word -> String? in
      guard word.hasPrefix(root + "/"), word.hasSuffix("/boot.sh") else { return nil }
      return String(word.dropFirst(root.utf8.count + 1).dropLast("/boot.sh".utf8.count))
    }
    return Set(folders + alive).sorted()
  }

  /// Takes a node away. Says whether there was anything to take away.
  @discardableResult
  public func down(_ name: String) async -> Bool {
    let folder = folder(name)
    var found = false
    for process in processes(of: folder) {
      found = true
      kill(process, SIGKILL)
      for _ in 0..<100 where isOurs(process, folder) { await pause() }
    }
    await ControlGroups.remove(name)
    if FileManager.default.fileExists(atPath: Self.logFolder(name)) {
      _ = await LabHost.shell("rm -rf '\(Self.logFolder(name))'")
    }
    do {
      try FileManager.default.removeItem(atPath: folder)
      return true
    } catch {
      // Nothing was there.
      return found
    }
  }

  // Also finds a node whose folder was lost or damaged.
  private func processes(of folder: String) -> [Int32] {
    everyProcess().filter { isOurs($0, folder) }
  }

  private func everyProcess() -> [Int32] {
    do {
      let entries = try FileManager.default.contentsOfDirectory(atPath: "/proc")
      return entries.compactMap { Int32($0) }.filter { $0 != getpid() }
    } catch {
      // Without /proc there are no namespaces and no nodes.
      return []
    }
  }
}

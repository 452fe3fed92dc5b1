import Foundation

/// What a runtime calls the sandbox of a pod.
public struct SandboxIdentity: Hashable, Codable, Sendable {
  /// The sandbox's id: 64 hex digits.
  public let id: String
  /// The name of its network namespace below /run/netns; empty in the host's network.
  public let networkNamespace: String
}

/// Starts the pods of a node in its runtime, in the place of a kubelet.
///
/// The runtime chooses ids and network namespaces. So the sandboxes come first, then the node's history
/// is told again with these names, and then the containers start, which go on with it.
struct RuntimeSetup {
  /// Where the plugin notes which network namespace a sandbox got.
  static let notes = "/run/cnilab"

  private let client = CRIClient()

  /// How many pods are started side by side.
  private static let width = 4

  func run(_ inputs: NodeInputs) async throws {
    guard let node = NodeModel(inputs) else { return }
    let pods = ContainerPlan(node: node).pods
    let ids = try await sideBySide(pods) { try await client.runSandbox($0) }
    var inputs = inputs
    for (pod, id) in zip(pods, ids) {
      let namespace = LabHost.read("\(Self.notes)/\(id).netns") ?? ""
      inputs.sandboxes["\(pod.namespace)/\(pod.name)"] = SandboxIdentity(
        id: id,
        networkNamespace: namespace.split(separator: "/").last
          .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? "")
    }
    try await tellAgain(inputs)
    let libraries = try await libraries()
    _ = try await sideBySide(Array(zip(pods, ids))) { pod, id in
      for container in pod.containers {
        var container = container
        if container.runsLab { container.mounts += libraries }
        _ = try await client.run(container, of: pod, in: id)
      }
      return ""
    }
  }

  private func sideBySide<Element: Sendable>(
    _ elements: [Element], _ work: @escaping @Sendable (Element) async throws -> String
  ) async throws -> [String] {
    var results = [String](repeating: "", count: elements.count)
    try await withThrowingTaskGroup(of: (Int, String).self) { group in
      var next = 0
      func start() {
        guard next < elements.count else { return }
        let (index, element) = (next, elements[next])
        next += 1
        group.addTask { (index, try await work(element)) }
      }
      for _ in 0..<Self.width { start() }
      while let (index, result) = try await group.next() {
        results[index] = result
        start()
      }
    }
    return results
  }

  private func tellAgain(_ inputs: NodeInputs) async throws {
    guard let node = NodeModel(inputs) else { return }
    try JSONEncoder().encode(inputs).write(to: URL(fileURLWithPath: LabProcess.inputsPath))
    for (path, text) in NodeFiles(node: node).history {
      try text.write(toFile: path, atomically: false, encoding: .utf8)
    }
    try await NodeJournal(node: node).write(
      to: "/var/log/journal/\(node.instance.machineID)", export: "\(Self.notes)/journal.export")
  }

  // The lab's program and the folders of the libraries that it is linked with, at their own paths.
  private func libraries() async throws(LabError) -> [ContainerPlan.Mount] {
    let path: String
    do {
      path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    } catch {
      throw LabError(
        .environment, "cannot find the lab's own program", why: "\(error)",
        try: "mount -t proc proc /proc")
    }
    let linked = await LabHost.shell(
      "ldd '\(path)' | grep -o '/[^ ]*' | xargs -n1 dirname | sort -u")
    let folders = linked.output.split(separator: "\n").map {
      ContainerPlan.Mount(host: String($0), inside: String($0), isReadOnly: true)
    }
    return folders
      + LabProcess.inContainers.map {
        ContainerPlan.Mount(host: path, inside: "/app/\($0.rawValue)", isReadOnly: true)
      }
  }
}

import BundleModel
import Foundation
import Glibc
import Testing

@testable import NodeCollector

/// The distribution's containerd, with folders and a socket of its own.
final class RealContainerd {
  static let program = "/usr/bin/containerd"
  /// Only root may start it.
  static let isPossible =
    geteuid() == 0 && FileManager.default.isExecutableFile(atPath: program)

  let node: FakeNode
  let pid: Int32
  private let process = Process()

  init() throws {
    node = try FakeNode()
    let root = node.root.path
    try node.file(
      "/etc/containerd/config.toml",
      """
      version = 2
      root = "\(root)/containerd/root"
      state = "\(root)/containerd/state"
      [grpc]
        address = "\(root)/run/containerd/containerd.sock"
      [plugins."io.containerd.grpc.v1.cri"]
        sandbox_image = "111122223333.dkr.ecr.eu-west-2.amazonaws.com/eks/pause:3.5"
        [plugins."io.containerd.grpc.v1.cri".cni]
          conf_dir = "\(root)/etc/cni/net.d"
        [plugins."io.containerd.grpc.v1.cri".containerd]
          snapshotter = "native"
      """)
    for folder in ["run/containerd", "tmp", "private"] {
      try FileManager.default.createDirectory(
        at: node.root.appending(path: folder), withIntermediateDirectories: true)
    }
    // What it would write outside its folders lands in a place that only it sees.
    process.executableURL = URL(filePath: "/usr/bin/unshare")
    process.arguments = [
      "--mount", "--propagation", "private", "sh", "-c",
      "mount --bind \(root)/private /opt && exec \(Self.program) -c \(root)/etc/containerd/config.toml",
    ]
    process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR": "\(root)/tmp"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    pid = process.processIdentifier
    try node.process(Int(pid), "containerd")
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }

  /// Waits until it answers.
  func ready() async throws {
    for _ in 0..<200 {
      if try await node.one(.runtimeVersion).item.status == .ok { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("containerd doesn't answer")
  }
}

@Suite("A real containerd", .enabled(if: RealContainerd.isPossible), .serialized)
struct RealContainerdTests {
  @Test("versions, state, empty lists and the time of its answers")
  func answers() async throws {
    let containerd = try RealContainerd()
    try await containerd.ready()
    let node = containerd.node
    let version = try await node.one(.runtimeVersion).text
    #expect(version.hasPrefix(#"{"version":"0.1.0","runtimeName":"containerd","#), "\(version)")
    let status = try await node.one(.runtimeStatus)
    #expect(status.item.status == .ok)
    #expect(status.text.contains(#"{"type":"RuntimeReady","status":true,"#))
    #expect(status.text.contains(#"{"type":"NetworkReady","status":false,"#))
    #expect(status.text.contains(#""sandboxImage":"111122223333.dkr.ecr"#))
    #expect(try await node.one(.sandboxes).text == "{\"items\":[],\"inspect\":[]}\n")
    #expect(try await node.one(.containers).text == "{\"containers\":[]}\n")
    #expect(try await node.one(.images).text.hasPrefix(#"{"images":[],"status":{"imageFiles"#))
    #expect(try await node.one(.systemContainers).item.status == .missing)
    #expect(try await node.one(.probeIPAMDExec).item.status == .missing)
    let detection = try await node.one(.runtimeDetection).text
    #expect(detection.contains(#""selected":"/run/containerd/containerd.sock""#))
    let context = node.context(settings: CollectSettings(probeSeconds: 3))
    let probe = try await node.samples(.probeRuntime, in: context)
    let whole = probe.samples.filter { !$0.wasCut }
    #expect(!whole.isEmpty && whole.allSatisfy { $0.outcome == "ok" })
  }

  @Test("a program in a container that is not there is a failure of the runtime's own words")
  func execution() async throws {
    let containerd = try RealContainerd()
    try await containerd.ready()
    let client = await RuntimeClient.detected(containerd.node.context())
    do {
      _ = try await client.execute(["/bin/true"], in: "nobody", seconds: 5)
      Issue.record("a container that is not there ran a program")
    } catch {
      #expect(error.status == .failed)
      #expect(error.reason.contains("nobody"), "\(error.reason)")
    }
  }

  @Test("with side effects allowed, its stacks are collected")
  func stacks() async throws {
    let containerd = try RealContainerd()
    try await containerd.ready()
    let context = containerd.node.context(settings: CollectSettings(allowsSideEffects: true))
    let (item, text) = try await containerd.node.one(.runtimeStacks, in: context)
    #expect(item.status == .ok, "\(item.reason ?? "")")
    #expect(text.contains("goroutine "))
  }

  @Test("a stopped one gives no answer in time, which is another fact than a dead one")
  func stopped() async throws {
    let containerd = try RealContainerd()
    try await containerd.ready()
    kill(containerd.pid, SIGSTOP)
    var limits = CollectLimits.test
    limits.timeoutScale = 0.02
    let (item, _) = try await containerd.node.one(
      .containers, in: containerd.node.context(limits: limits))
    kill(containerd.pid, SIGCONT)
    #expect(item.status == .timeout, "\(item.reason ?? "")")
  }
}

import BundleModel
import FoundationEssentials
import SystemPackage

/// What docker's own program says on nodes where docker is the container runtime.
struct DockerItems: Sendable {
  let request: DerivedSource.Request

  /// File names, and the questions behind them.
  private static let questions: [(file: String, arguments: [String])] = [
    ("info.json", ["info", "--format", "{{json .}}"]),
    ("version.json", ["version", "--format", "{{json .}}"]),
    ("ps.json", ["ps", "--all", "--no-trunc", "--format", "{{json .}}"]),
    ("images.json", ["images", "--no-trunc", "--format", "{{json .}}"]),
  ]

  func output() async -> DerivedSource.Output {
    let host = request.host
    let hasSocket = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      SocketFile.exists(at: host.path(RuntimeEndpoint.dockerSocket).string)
    }
    guard hasSocket == true else {
      return .none(.unsupported, "docker doesn't run here: no \(RuntimeEndpoint.dockerSocket)")
    }
    guard let program = await request.commands.locate("docker") else {
      return .none(.missing, "no program `docker`")
    }
    let each = request.seconds / Double(Self.questions.count + 2)
    var files: [(path: String, bytes: [UInt8])] = []
    for question in Self.questions {
      let bytes = await run(program, question.arguments, seconds: each)
      if !bytes.isEmpty { files.append((question.file, bytes)) }
    }
    let names = await run(
      program,
      [
        "ps", "--all", "--quiet", "--no-trunc",
        "--filter", "name=k8s_aws-node_", "--filter", "name=k8s_kube-proxy_",
        "--filter", "name=k8s_coredns_",
      ], seconds: each)
    let ids = String(decoding: names, as: UTF8.self).split(separator: "\n").prefix(50)
      .map(String.init).filter { $0.utf8.allSatisfy { byte in byte > 0x2F && byte < 0x67 } }
    if !ids.isEmpty {
      let bytes = await run(program, ["inspect"] + ids, seconds: each)
      if !bytes.isEmpty { files.append(("inspect.json", bytes)) }
    }
    return files.isEmpty ? .none(.failed, "docker gave no answer") : .files(files)
  }

  private func run(
    _ program: FilePath, _ arguments: [String], seconds: Double
  ) async -> [UInt8] {
    let sink = ItemSink(
      rule: .none, capBytes: request.artifact.capBytes, keeps: .head,
      limits: request.context.limits, spoolFolder: request.context.spoolFolder)
    let outcome = await request.commands.capture(program, arguments, into: sink, seconds: seconds)
    guard case .ended(let run) = outcome, case .completed = run.end else { return [] }
    let spool = run.output.spool
    // Output that can't be read back is missing from the item, and its absence is seen.
    return (try? spool.read(0..<(spool.offered - spool.droppedBytes))) ?? []
  }
}

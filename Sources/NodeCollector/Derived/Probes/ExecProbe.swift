import BundleModel
import FoundationEssentials

/// The health probe of aws-node the way the kubelet makes it: the runtime starts the probe's program
/// inside the container. What it takes more than a plain call is the cost of starting it.
struct ExecProbe: Sendable {
  let request: DerivedSource.Request

  /// How many times the program is started in all, and how far apart.
  private static let count = 8
  private static let interval = 2.0
  private static let standardErrorBytes = 200

  func output() async -> DerivedSource.Output {
    let client = await RuntimeClient.detected(request.context)
    let container: RuntimeItems.Container
    do {
      let list = try await client.json(.containers, seconds: 5)
      let all = RuntimeItems.systemContainers(in: list)
      guard let found = all.first(where: { $0.name == "aws-node" && $0.isRunning }) else {
        return .none(.missing, "no running container aws-node")
      }
      container = found
    } catch {
      return .none(error.status, error.reason)
    }
    let commands = await commands(of: container)
    let each = Self.count / commands.count
    return await ProbeRunner(request: request).run(
      commands.enumerated().map { index, command in
        ProbeSeries(
          target: "exec " + command.joined(separator: " "), count: each,
          // Several commands share the container, so each has its own turns.
          interval: Self.interval * Double(commands.count), timeout: 15
        ) { seconds in
          await attempt(client, command, in: container.id, seconds: seconds)
        }
      })
  }

  private func attempt(
    _ client: RuntimeClient, _ command: [String], in container: String, seconds: Double
  ) async -> ProbeResult {
    do {
      let run = try await client.execute(command, in: container, seconds: seconds)
      var result = ProbeResult(run.exitCode == 0 ? .ok : .fail, code: "exit \(run.exitCode)")
      if !run.standardError.isEmpty {
        result.standardError = String(
          decoding: run.standardError.prefix(Self.standardErrorBytes), as: UTF8.self)
      }
      return result
    } catch {
      if error.status == .timeout { return ProbeResult(.timeout) }
      var result = ProbeResult(.fail, code: error.status.rawValue)
      result.standardError = String(error.reason.prefix(Self.standardErrorBytes))
      return result
    }
  }

  // MARK: - The command

  private struct Pod: Decodable {
    var spec: Spec

    struct Spec: Decodable {
      var containers: [Container]
    }

    struct Container: Decodable {
      var name: String
      var livenessProbe: Probe?
      var readinessProbe: Probe?
    }

    struct Probe: Decodable {
      var exec: Exec?
    }

    struct Exec: Decodable {
      var command: [String]?
    }
  }

  /// The commands of the pod's liveness and readiness probes, which are mostly one. The runtime
  /// doesn't know them; without the API server they are those of the manifest that belongs to the
  /// way in which this ipamd listens.
  private func commands(of container: RuntimeItems.Container) async -> [[String]] {
    if let pod = await pod(container),
      let declared = pod.spec.containers.first(where: { $0.name == container.name })
    {
      var commands: [[String]] = []
      for probe in [declared.livenessProbe, declared.readinessProbe] {
        guard let command = probe?.exec?.command, !command.isEmpty, !commands.contains(command)
        else { continue }
        commands.append(command)
      }
      if !commands.isEmpty { return commands }
    }
    let target = await IPAMDHealth(host: request.host).target()
    let address =
      switch target {
      case .unix: "unix:///var/run/aws-node/ipamd.sock"
      case .tcp: ":50051"
      }
    return [
      [
        "/app/grpc-health-probe", "-addr=\(address)", "-connect-timeout=5s", "-rpc-timeout=5s",
      ]
    ]
  }

  private func pod(_ container: RuntimeItems.Container) async -> Pod? {
    // The name goes into a request's path.
    let isPlain = container.pod.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
    }
    guard isPlain else { return nil }
    let access = await NodeAccess.read(request.host)
    let bytes = await APIProbes(request: request).raw(
      "/api/v1/namespaces/kube-system/pods/\(container.pod)", access, seconds: 5)
    return bytes.flatMap { RuntimeItems.decoded(Pod.self, $0) }
  }
}

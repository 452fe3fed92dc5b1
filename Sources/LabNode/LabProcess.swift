import Foundation

/// The processes of a node. They are the lab's program under the names that a node's processes have.
public enum LabProcess: String, Sendable {
  /// ipamd: introspection and metrics, and logs that go on.
  case agent = "aws-k8s-agent"
  /// The kubelet: its health endpoint.
  case kubelet
  /// What lies around the node: metadata service and API server.
  case vpc = "cnilab-vpc"

  /// Where a node keeps what it was made from.
  static let inputsPath = "/usr/lib/cnitriage-lab/node.json"

  /// The process that a program of this name is.
  public init?(programName: String) {
    self.init(rawValue: programName.split(separator: "/").last.map(String.init) ?? programName)
  }

  /// Serves until the process is killed.
  public func run() async throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Self.inputsPath))
    let inputs = try JSONDecoder().decode(NodeInputs.self, from: data)
    guard let node = NodeModel(inputs) else { return }
    switch self {
    case .kubelet:
      try await HTTPServer.run([
        HTTPListener(host: "127.0.0.1", port: 10_248, service: KubeletHealth())
      ])
    case .vpc:
      try await HTTPServer.run([
        HTTPListener(host: "169.254.169.254", port: 80, service: MetadataService(node)),
        HTTPListener(host: node.instance.apiServer, port: 8080, service: KubernetesAPI(node)),
      ])
    case .agent:
      try await runAgent(node)
    }
  }

  private func runAgent(_ node: NodeModel) async throws {
    let folder = "/var/log/aws-routed-eni"
    let agent = AgentService(node) { ipamd, plugin in
      append(ipamd, to: "\(folder)/ipamd.log")
      append(plugin, to: "\(folder)/plugin.log")
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await HTTPServer.run([
          HTTPListener(host: "127.0.0.1", port: 61_679, service: agent.introspection),
          HTTPListener(host: "0.0.0.0", port: 61_678, service: agent.metrics),
        ])
      }
      group.addTask {
        while !Task.isCancelled {
          await agent.advance(to: LabHost.now())
          try await Task.sleep(for: .seconds(1))
        }
      }
      try await group.waitForAll()
    }
  }
}

private func append(_ text: String, to path: String) {
  guard !text.isEmpty else { return }
  do {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  } catch {
    // A user took the log away: as on a real node, the lines are lost and ipamd goes on.
  }
}

import Foundation

/// The processes of a node. They are the lab's program under the names that a node's processes have.
public enum LabProcess: String, Sendable {
  /// ipamd: introspection, metrics, health on its socket, and logs that go on.
  case agent = "aws-k8s-agent"
  /// The kubelet: its health endpoint.
  case kubelet
  /// kube-proxy: its health endpoints.
  case proxy = "kube-proxy"
  /// The network policy agent, which is named so: metrics and health.
  case policyAgent = "controller"
  /// The agent that gives credentials to pods.
  case podIdentityAgent = "eks-pod-identity-agent"
  /// The cluster's DNS, in the network of its pod.
  case coreDNS = "coredns"
  /// What the kubelet does in a node with a real runtime: it starts the pods.
  case runtimeSetup = "cnilab-cri"
  /// The program of aws-node's probes.
  case healthProbe = "grpc-health-probe"
  /// Makes a log of the node longer, once: the words are its path and how many MiB.
  case history = "cnilab-history"
  /// What lies around the node: metadata, names, time, API server, AWS services.
  case vpc = "cnilab-vpc"

  /// Where a node keeps what it was made from.
  static let inputsPath = "/usr/lib/cnitriage-lab/node.json"
  /// Where ipamd's health service listens.
  static let agentSocket = "/var/run/aws-node/ipamd.sock"
  /// The programs of containers, below /app as in the images.
  static let inContainers: [Self] = [
    .agent, .proxy, .policyAgent, .podIdentityAgent, .coreDNS, .healthProbe,
  ]

  /// The process that a program of this name is.
  public init?(programName: String) {
    self.init(rawValue: programName.split(separator: "/").last.map(String.init) ?? programName)
  }

  /// Serves until the process is killed.
  public func run() async throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Self.inputsPath))
    let inputs = try JSONDecoder().decode(NodeInputs.self, from: data)
    switch self {
    case .kubelet:
      let health = HTTPListener(host: "127.0.0.1", port: 10_248, service: KubeletHealth())
      try await Self.all([
        { try await HTTPServer.run(health, as: inputs.fault(of: .kubeletHealthz)) },
        {
          try await HTTPServer.run([
            HTTPListener(host: "0.0.0.0", port: 10_250, service: TLSOnly())
          ])
        },
      ])
    case .proxy: try await NodeServices.proxy()
    case .policyAgent: try await NodeServices.policyAgent()
    case .podIdentityAgent: try await NodeServices.podIdentityAgent()
    case .coreDNS: try await DNSZone.cluster(Instance()).serve(host: "0.0.0.0")
    case .runtimeSetup: try await RuntimeSetup().run(inputs)
    case .history: try Self.lengthenLog(inputs)
    case .healthProbe: try await AgentCalls.probe(LabProcess.agentSocket)
    case .vpc: try await Self.runVPC(inputs)
    case .agent: try await Self.runAgent(inputs)
    }
  }

  private static func lengthenLog(_ inputs: NodeInputs) throws {
    let words = CommandLine.arguments
    guard let node = NodeModel(inputs), words.count == 3, let mebibytes = Int(words[2]) else {
      throw LabError(
        .usage, "no log to lengthen", why: "the words are a path and a number of MiB",
        try: "scripts/lab up NAME --log-mib N")
    }
    try LogHistory.lengthen(words[1], by: mebibytes << 20, of: node)
  }

  private static func runVPC(_ inputs: NodeInputs) async throws {
    guard let node = NodeModel(inputs) else { return }
    let instance = node.instance
    let metadata = HTTPListener(
      host: "169.254.169.254", port: 80, service: MetadataService(node))
    let ofInstances: [@Sendable () async throws -> Void] = [
      { try await HTTPServer.run(metadata, as: inputs.fault(of: .imds)) },
      { try await TimeService.serve(host: instance.timeServer) },
    ]
    try await all(
      (node.variant.image.isInstance ? ofInstances : []) + [
        {
          try await HTTPServer.run([
            HTTPListener(host: instance.apiServer, port: 8080, service: KubernetesAPI(node))
          ])
        },
        { try await DNSZone.vpc(instance).serve(host: instance.resolver) },
        { try await VPCServices.serve() },
      ])
  }

  private static func runAgent(_ inputs: NodeInputs) async throws {
    guard let node = NodeModel(inputs) else { return }
    // A container sees the node's logs below /host.
    let own = "/var/log/aws-routed-eni"
    let folder = FileManager.default.fileExists(atPath: "/host\(own)") ? "/host\(own)" : own
    let agent = AgentService(node) { ipamd, plugin in
      append(ipamd, to: "\(folder)/ipamd.log")
      append(plugin, to: "\(folder)/plugin.log")
    }
    let introspection = HTTPListener(
      host: "127.0.0.1", port: 61_679, service: agent.introspection)
    try await all([
      { try await HTTPServer.run(introspection, as: inputs.fault(of: .introspection)) },
      {
        try await HTTPServer.run([
          HTTPListener(host: "0.0.0.0", port: 61_678, service: agent.metrics)
        ])
      },
      { try await answerCalls(inputs.fault(of: .ipamdGRPC)) },
      {
        while !Task.isCancelled {
          await agent.advance(to: LabHost.now())
          try await Task.sleep(for: .seconds(1))
        }
      },
    ])
  }

  private static func answerCalls(_ fault: ServerFault.Kind?) async throws {
    let endpoint = Endpoint.unix(path: agentSocket)
    switch fault {
    case nil: try await GRPCServer.run(endpoint, AgentCalls())
    case .slow: try await GRPCServer.run(endpoint, AgentCalls(delay: ServerFault.delay))
    case .notServing: try await GRPCServer.run(endpoint, AgentCalls(isServing: false))
    case .endless: try await GRPCServer.run(endpoint, AgentCalls(), isEndless: true)
    case .some(let kind): try await Misbehaviour.run(kind, at: endpoint)
    }
  }

  /// Runs servers side by side; the first that fails ends the process.
  private static func all(_ servers: [@Sendable () async throws -> Void]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for server in servers { group.addTask { try await server() } }
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

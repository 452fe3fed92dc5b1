import BundleModel

extension DerivedSource {
  /// The address manager.
  static let ipamdComputations: [Artifact.Derivation: Computation] = [
    .agentEnvironment: { request in
      await request.blocking { AgentEnvironment(host: request.host).output() }
    },
    .agentProcesses: { request in
      await request.blocking { AgentProcesses(host: request.host).output() }
    },
    .runFolder: { request in
      await request.blocking {
        FolderEntries(host: request.host, limit: 500).output([("/var/run/aws-node", 2)])
      }
    },
    .listeners: { request in
      await request.blocking {
        Listeners(host: request.host, ports: Listeners.allPorts).output()
      }
    },
    .ipamdHealth: { await IPAMDHealth(host: $0.host).health(seconds: $0.seconds) },
    .policyMode: { await IPAMDHealth(host: $0.host).policyMode(seconds: $0.seconds) },
  ]
}

import BundleModel

extension DerivedSource {
  /// Network policy in the kernel.
  static let bpfComputations: [Artifact.Derivation: Computation] = [
    .policyPins: { request in
      await request.blocking { PolicyPins(host: request.host).output() }
    },
    .policyPrograms: { request in
      await request.blocking { PolicyObjects(host: request.host).programs() }
    },
    .policyMaps: { request in
      await request.blocking { PolicyObjects(host: request.host).maps(seconds: request.seconds) }
    },
    .policyDump: { request in
      await PolicyDumps(host: request.host, commands: request.commands)
        .output("/opt/cni/bin/aws-eks-na-cli", seconds: request.seconds)
    },
    .policyDump6: { request in
      await PolicyDumps(host: request.host, commands: request.commands)
        .output("/opt/cni/bin/aws-eks-na-cli-v6", seconds: request.seconds)
    },
    .agentHealth: { request in
      await AgentHealth(host: request.host).output(seconds: request.seconds)
    },
  ]
}

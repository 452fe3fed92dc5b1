import BundleModel

extension DerivedSource {
  /// The address manager.
  static let ipamdComputations: [Artifact.Derivation: Computation] = [
    .agentEnvironment: { request in
      await request.blocking { AgentEnvironment(host: request.host).output() }
    },
    .ipamdHealth: { await IPAMDHealth(host: $0.host).health(seconds: $0.seconds) },
    .policyMode: { await IPAMDHealth(host: $0.host).policyMode(seconds: $0.seconds) },
  ]
}

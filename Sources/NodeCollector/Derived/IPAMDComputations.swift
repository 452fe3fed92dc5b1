import BundleModel

extension DerivedSource {
  /// The address manager.
  static let ipamdComputations: [Artifact.Derivation: Computation] = [
    .agentEnvironment: { request in
      await request.blocking { AgentEnvironment(host: request.host).output() }
    },
  ]
}

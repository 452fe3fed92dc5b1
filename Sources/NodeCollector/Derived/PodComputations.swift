import BundleModel

extension DerivedSource {
  /// The pods' network namespaces.
  static let podComputations: [Artifact.Derivation: Computation] = [
    .podNetworks: { request in
      await PodNetworks(host: request.host).output(seconds: request.seconds)
    },
    .hostVeths: { request in
      await HostVeths(host: request.host).output(seconds: request.seconds)
    },
    .sandboxResolvers: { request in
      await request.blocking { SandboxResolvers(host: request.host).output() }
    },
  ]
}

import BundleModel

extension DerivedSource {
  /// What machine this is and how loaded it is.
  static let hostComputations: [Artifact.Derivation: Computation] = [
    .hostIdentity: { request in
      await request.blocking { HostIdentity(host: request.host).output() }
    },
  ]
}

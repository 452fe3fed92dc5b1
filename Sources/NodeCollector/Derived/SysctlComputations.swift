import BundleModel

extension DerivedSource {
  /// Kernel parameters.
  static let sysctlComputations: [Artifact.Derivation: Computation] = [
    .networkSysctls: { request in
      await request.blocking { NetworkSysctls(host: request.host).output() }
    },
  ]
}

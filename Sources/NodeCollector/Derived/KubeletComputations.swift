import BundleModel

extension DerivedSource {
  /// The kubelet's flags, configuration and state.
  static let kubeletComputations: [Artifact.Derivation: Computation] = [
    .kubeletFlags: { request in
      await request.blocking { KubeletFlags(host: request.host).output() }
    },
  ]
}

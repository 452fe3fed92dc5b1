import BundleModel

extension DerivedSource {
  /// Objects of the API server.
  static let kubeComputations: [Artifact.Derivation: Computation] = [:]
}

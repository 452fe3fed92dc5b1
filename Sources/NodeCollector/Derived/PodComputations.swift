import BundleModel

extension DerivedSource {
  /// The pods' network namespaces.
  static let podComputations: [Artifact.Derivation: Computation] = [:]
}

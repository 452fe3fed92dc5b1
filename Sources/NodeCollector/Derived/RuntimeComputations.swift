import BundleModel

extension DerivedSource {
  /// The container runtime.
  static let runtimeComputations: [Artifact.Derivation: Computation] = [:]
}

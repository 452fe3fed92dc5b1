import BundleModel

extension DerivedSource {
  /// Timed probes.
  static let probeComputations: [Artifact.Derivation: Computation] = [:]
}

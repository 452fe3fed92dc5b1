import BundleModel

extension DerivedSource {
  /// Network policy in the kernel.
  static let bpfComputations: [Artifact.Derivation: Computation] = [:]
}

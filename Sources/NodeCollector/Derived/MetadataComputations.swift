import BundleModel

extension DerivedSource {
  /// Instance metadata.
  static let metadataComputations: [Artifact.Derivation: Computation] = [
    .metadataReach: { request in
      await MetadataReach(host: request.host).output(seconds: request.seconds)
    }
  ]
}

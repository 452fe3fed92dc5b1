import BundleModel

extension DerivedSource {
  /// Instance metadata.
  static let metadataComputations: [Artifact.Derivation: Computation] = [
    .metadataReach: { request in
      await MetadataReach(host: request.host, session: request.context.metadata)
        .output(seconds: request.seconds)
    },
    .roleName: { request in
      await RoleName(host: request.host, session: request.context.metadata)
        .output(seconds: request.seconds)
    },
    .metadataFromPod: { request in
      await MetadataFromPods(host: request.host)
        .output(after: request.context.metadata, seconds: request.seconds)
    },
  ]
}

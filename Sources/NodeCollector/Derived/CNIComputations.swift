import BundleModel

extension DerivedSource {
  /// The plugin's files and logs.
  static let cniComputations: [Artifact.Derivation: Computation] = [
    .cniLogListing: { request in
      let limit = request.context.limits.filesPerGroup
      return await request.blocking { LogListing(host: request.host, limit: limit).output() }
    },
  ]
}

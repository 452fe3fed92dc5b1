import BundleModel

extension DerivedSource {
  /// Objects of the API server, and who the CNI is to EC2.
  static let kubeComputations: [Artifact.Derivation: Computation] = [
    .serviceSummary: { request in await ServiceSummary(request: request).output() },
    .cniIdentity: { request in await CNIIdentity(request: request).output() },
  ]
}

import BundleModel

extension DerivedSource {
  /// The host's network.
  static let netComputations: [Artifact.Derivation: Computation] = [
    .iptablesInfo: { request in
      await IptablesInfo(host: request.host, commands: request.commands)
        .output(seconds: request.seconds)
    }
  ]
}

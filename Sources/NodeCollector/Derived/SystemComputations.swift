import BundleModel

extension DerivedSource {
  /// Services and their units.
  static let systemComputations: [Artifact.Derivation: Computation] = [
    .unitStates: { request in
      await UnitStates(commands: request.commands).output(
        request.artifact, seconds: request.seconds)
    },
    .nodeadm: { await NodeadmJournals(request: $0).output() },
    .userData: { await UserData(request: $0).output() },
  ]
}

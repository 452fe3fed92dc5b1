import BundleModel

extension DerivedSource {
  /// The container runtime.
  static let runtimeComputations: [Artifact.Derivation: Computation] = [
    .runtimeDetection: { await RuntimeItems.detect($0) },
    .runtimeVersion: { await RuntimeItems(request: $0).version() },
    .runtimeStatus: { await RuntimeItems(request: $0).answer(.status) },
    .runtimeSandboxes: { await RuntimeItems(request: $0).sandboxes() },
    .runtimeContainers: { await RuntimeItems(request: $0).answer(.containers) },
    .runtimeSystemContainers: { await RuntimeItems(request: $0).systemContainers() },
    .runtimeImages: { await RuntimeItems(request: $0).images() },
    .runtimeStacks: { await RuntimeStacks(request: $0).output() },
    .dockerState: { await DockerItems(request: $0).output() },
  ]
}

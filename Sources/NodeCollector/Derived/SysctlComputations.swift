import BundleModel

extension DerivedSource {
  /// Kernel parameters.
  static let sysctlComputations: [Artifact.Derivation: Computation] = [
    .networkSysctls: { request in
      await request.blocking { KernelParameters(host: request.host, folders: ["net"]).output() }
    },
    .otherSysctls: { request in
      await request.blocking {
        KernelParameters(host: request.host, folders: ["fs", "kernel", "vm"]).output()
      }
    },
  ]
}

import BundleModel

extension DerivedSource {
  /// The kubelet's flags, configuration and state.
  static let kubeletComputations: [Artifact.Derivation: Computation] = [
    .kubeletFlags: { request in
      await request.blocking { KubeletFlags(host: request.host).output() }
    },
    .maximalPods: { await MaximalPods(request: $0).output() },
    .kubeletCertificates: { request in
      await request.blocking { KubeletCertificates(host: request.host).output() }
    },
    .podFolders: { request in
      await request.blocking { PodFolders(host: request.host).output() }
    },
    .kubeletPorts: { request in
      await request.blocking { KubeletPorts(host: request.host).output() }
    },
    .imageCredentials: { request in
      await request.blocking { ImageCredentials(host: request.host).output() }
    },
  ]
}

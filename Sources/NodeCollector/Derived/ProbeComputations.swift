import BundleModel

extension DerivedSource {
  /// Timed probes.
  static let probeComputations: [Artifact.Derivation: Computation] = [
    .probeBaseline: {
      await LocalProbes(request: $0).ipamd(count: 5, interval: 0.2, isBaseline: true)
    },
    .probeCanary: { await LocalProbes(request: $0).canary() },
    .probeIPAMD: {
      await LocalProbes(request: $0).ipamd(count: 40, interval: 0.5, isBaseline: false)
    },
    .probeIPAMDExec: { await ExecProbe(request: $0).output() },
    .probePolicyAgent: {
      await LocalProbes(request: $0).http(
        [(8163, "/healthz"), (8163, "/readyz")], count: 10, interval: 0.2)
    },
    .probeKubelet: { await LocalProbes(request: $0).kubelet() },
    .probeKubeProxy: {
      await LocalProbes(request: $0).http(
        [(10256, "/healthz"), (10249, "/healthz")], count: 10, interval: 0.1)
    },
    .probeRuntime: { await LocalProbes(request: $0).runtime() },
    .probeAPIEndpoint: { await APIProbes(request: $0).endpoint() },
    .probeAPIClusterAddress: { await APIProbes(request: $0).clusterAddress() },
    .probeMetadata: { await LocalProbes(request: $0).metadata() },
    .probeEC2: { await EndpointProbes(request: $0).ec2() },
    .probeServices: { await EndpointProbes(request: $0).services() },
    .probePodIdentity: { await LocalProbes(request: $0).podIdentity() },
    .probeHostNames: { await EndpointProbes(request: $0).hostNames() },
    .probeClusterNames: { await EndpointProbes(request: $0).clusterNames() },
    .probeClock: { await LocalProbes(request: $0).clock() },
    .probeLocalPods: { await EndpointProbes(request: $0).localPods() },
    .probeSummary: { await ProbeSummary.output($0) },
  ]
}

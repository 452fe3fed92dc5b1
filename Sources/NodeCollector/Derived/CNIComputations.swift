import BundleModel

extension DerivedSource {
  /// The plugin's files and logs.
  static let cniComputations: [Artifact.Derivation: Computation] = [
    .cniPrograms: { request in
      await request.blocking { CNIPrograms(host: request.host).output() }
    },
    .cniLogListing: { request in
      let limit = request.context.limits.filesPerGroup
      return await request.blocking { LogListing(host: request.host, limit: limit).output() }
    },
    .networkJournals: { request in
      let units = [
        "systemd-networkd", "NetworkManager", "nm-cloud-setup", "systemd-udevd",
        "amazon-ec2-net-utils", "policy-routes@*", "refresh-policy-routes@*",
        "configure-multicard-interfaces",
      ]
      return await JournalFiles(
        request: request,
        units: units.map { (String($0.filter { $0 != "@" && $0 != "*" }), $0) }
      ).output()
    },
    .autoModeJournals: { request in
      await JournalFiles(
        request: request, units: Artifact.autoModeUnits.map { ("automode-\($0)", $0) }
      ).output()
    },
  ]
}

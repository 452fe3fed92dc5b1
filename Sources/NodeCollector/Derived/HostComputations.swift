import BundleModel

extension DerivedSource {
  /// What machine this is and how loaded it is.
  static let hostComputations: [Artifact.Derivation: Computation] = [
    .hostIdentity: { request in
      await request.blocking { HostIdentity(host: request.host).output() }
    },
    .imageFiles: { request in
      await request.blocking {
        FolderEntries(host: request.host, limit: 2000).output([("/etc/eks", 4)])
      }
    },
    .packages: { await InstalledPackages(request: $0).output() },
    .clock: { await ClockState(request: $0).output() },
    .load: { request in
      await request.blocking { HostLoad(host: request.host).output() }
    },
    .pressure: { request in
      await request.blocking { Pressure(host: request.host).output() }
    },
    .controlGroups: { request in
      await request.blocking { ControlGroups(host: request.host).output() }
    },
    .processes: { request in
      await request.blocking { ProcessLines(host: request.host).output() }
    },
    .systemLimits: { request in
      await request.blocking { HostTexts(host: request.host).limits() }
    },
    .mounts: { await MountSpace(host: $0.host).output(seconds: $0.seconds) },
    .blockDevices: { request in
      await request.blocking { HostTexts(host: request.host).blockDevices() }
    },
    .folderUsage: { request in
      await request.blocking {
        FolderEntries(host: request.host, limit: 5000).output([
          ("/var/log", 2), ("/var/lib/kubelet", 1), ("/var/lib/containerd", 1),
          ("/var/lib/cni", 1),
        ])
      }
    },
    .kernelModules: { request in
      await request.blocking { HostTexts(host: request.host).modules() }
    },
    .kernelConfiguration: { await KernelConfiguration(request: $0).output() },
    .kernelMessages: { await KernelMessages(request: $0).output() },
    .securityModules: { request in
      await request.blocking { HostTexts(host: request.host).securityModules() }
    },
    .boots: { await BootRecords(request: $0).output() },
    .hardware: { request in
      await request.blocking { HostTexts(host: request.host).hardware() }
    },
  ]
}

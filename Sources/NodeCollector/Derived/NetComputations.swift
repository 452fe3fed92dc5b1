import BundleModel

extension DerivedSource {
  /// The host's network.
  static let netComputations: [Artifact.Derivation: Computation] = [
    .linkTable: { request in await request.blocking { HostTables.links() } },
    .addressTable: { request in await request.blocking { HostTables.addresses() } },
    .ruleTable: { request in await request.blocking { HostTables.rules(family: 2) } },
    .ruleTable6: { request in await request.blocking { HostTables.rules(family: 10) } },
    .routeTable: { request in await request.blocking { HostTables.routes(family: 2) } },
    .routeTable6: { request in await request.blocking { HostTables.routes(family: 10) } },
    .neighbours: { request in
      await request.blocking { Neighbours(host: request.host).output() }
    },
    .sockets: { request in
      await request.blocking { SocketCounts(host: request.host).output() }
    },
    .queues: { request in await request.blocking { TrafficControl().disciplines() } },
    .attachedPrograms: { request in await request.blocking { TrafficControl().programs() } },
    .trackingCounters: { request in
      await request.blocking { TrackingCounters(host: request.host).output() }
    },
    .trackingSummary: { request in
      await request.blocking {
        TrackingSummary(host: request.host).output(seconds: request.seconds)
      }
    },
    .protocolCounters: { request in
      await request.blocking { KernelFiles(host: request.host).output(KernelFiles.counters) }
    },
    .interfaceFiles: { request in
      await request.blocking { InterfaceFiles(host: request.host).output() }
    },
    .driverStatistics: { request in
      await DriverStatistics(host: request.host, session: request.context.metadata)
        .output(seconds: request.seconds)
    },
    .resolverLinks: { request in
      await request.blocking { ResolverLinks(host: request.host).output() }
    },
    .proxySettings: { request in
      await request.blocking { ProxySettings(host: request.host).output() }
    },
    .forwardPolicy: { request in
      await ForwardPolicy(host: request.host, commands: request.commands)
        .output(seconds: request.seconds)
    },
    .iptablesInfo: { request in
      await IptablesInfo(host: request.host, commands: request.commands)
        .output(seconds: request.seconds)
    },
  ]
}

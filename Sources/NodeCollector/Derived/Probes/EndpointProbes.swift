import BundleModel
import Synchronization
import WireFormats

/// The ways from the node to its name servers and to the services of its region. Connections are
/// opened and closed; nothing is sent over them, and nothing is signed.
struct EndpointProbes: Sendable {
  let request: DerivedSource.Request

  private var host: Host { request.host }
  private var runner: ProbeRunner { ProbeRunner(request: request) }

  /// The endpoint over which ipamd attaches network interfaces.
  func ec2() async -> DerivedSource.Output {
    let access = await NodeAccess.read(host)
    guard let (name, port) = Self.ec2(access) else { return Self.noRegion }
    let resolver = await HostResolver.read(host)
    return await runner.run([
      .resolveAndConnect(to: name, port: port, resolver, count: 5, interval: 0.5, timeout: 5)
    ])
  }

  /// The endpoints for credentials, images and the cluster's description.
  func services() async -> DerivedSource.Output {
    let access = await NodeAccess.read(host)
    guard let region = access.region else { return Self.noRegion }
    let resolver = await HostResolver.read(host)
    return await runner.run(
      Self.services(region, access).map { name in
        .resolveAndConnect(to: name, port: 443, resolver, count: 3, interval: 0.5, timeout: 5)
      })
  }

  private static let noRegion = DerivedSource.Output.none(
    .missing, "the region is not known: no ipamd, EKS endpoint or registry names it")

  static func ec2(_ access: NodeAccess) -> (name: String, port: Int)? {
    if let address = access.environment["AWS_EC2_ENDPOINT"], !address.isEmpty {
      return NodeAccess.hostAndPort(address)
    }
    return access.region.map { ("ec2.\($0).\(NodeAccess.domain(of: $0))", 443) }
  }

  static func services(_ region: String, _ access: NodeAccess) -> [String] {
    let domain = NodeAccess.domain(of: region)
    let isGlobal = access.environment["AWS_STS_REGIONAL_ENDPOINTS"] == "legacy"
    var names = [
      isGlobal ? "sts.\(domain)" : "sts.\(region).\(domain)", "api.ecr.\(region).\(domain)",
      "s3.\(region).\(domain)", "eks.\(region).\(domain)",
    ]
    if domain == "amazonaws.com" { names.append("eks-auth.\(region).api.aws") }
    if let registry = access.registry { names.append(registry) }
    return names
  }

  /// Every name server of the host, asked for the names that ipamd resolves.
  func hostNames() async -> DerivedSource.Output {
    let access = await NodeAccess.read(host)
    let resolver = await HostResolver.read(host)
    guard !resolver.servers.isEmpty else {
      return .none(.missing, "no name server in /etc/resolv.conf")
    }
    var names = [Self.ec2(access)?.name, access.serverHost?.name].compactMap { $0 }
      .filter { AddressText.ipv4($0) == nil && !$0.contains(":") }
    if names.isEmpty { names = ["amazonaws.com"] }
    let questions = names.flatMap { name in DNSMessage.RecordType.allCases.map { (name, $0) } }
    return await runner.run(
      resolver.servers.map { server in
        questions.series(
          to: resolver.endpoint(server), "udp \(server)", count: 20, overTCP: false)
      })
  }

  /// The cluster's name servers, over UDP and over TCP.
  func clusterNames() async -> DerivedSource.Output {
    let settings = await NodeAccess.read(host).settings
    guard !settings.clusterDNS.isEmpty else {
      return .none(.missing, "the kubelet's configuration names no cluster DNS")
    }
    let name = "kubernetes.default.svc.\(settings.clusterDomain)"
    // Both protocols share the server, so each has half of the pace.
    return await runner.run(
      settings.clusterDNS.prefix(3).flatMap { server in
        let endpoint = host.endpoint(server, port: 53)
        return [("udp", false), ("tcp", true)].map { word, overTCP in
          [(name, DNSMessage.RecordType.a)].series(
            to: endpoint, "\(word) \(server)", count: 20, overTCP: overTCP)
        }
      })
  }

  // MARK: - Pods

  private struct Sandboxes: Decodable {
    var items: [Item]

    struct Item: Decodable {
      var id: String
      var state: String?
    }
  }

  private struct Sandbox: Decodable {
    var status: Status
    var info: Info?

    struct Status: Decodable {
      var network: Network?
    }

    struct Network: Decodable {
      var ip: String?
    }

    struct Info: Decodable {
      var config: Configuration?
    }

    struct Configuration: Decodable {
      var port_mappings: [Mapping]?
    }

    struct Mapping: Decodable {
      var container_port: Int?
      /// 0 or absent is TCP.
      var `protocol`: Int?
    }
  }

  /// The declared ports of pods of this node: the way from the host into a pod.
  func localPods() async -> DerivedSource.Output {
    let client = await RuntimeClient.detected(request.context)
    var series: [ProbeSeries] = []
    do {
      let list = try await client.json(.sandboxes, seconds: 10)
      let all = RuntimeItems.decoded(Sandboxes.self, list)?.items ?? []
      for item in all where item.state == "SANDBOX_READY" && series.count < 20 {
        let bytes = try await client.json(.sandbox(item.id), seconds: 5)
        guard let sandbox = RuntimeItems.decoded(Sandbox.self, bytes),
          let address = sandbox.status.network?.ip, !address.isEmpty,
          let mapping = sandbox.info?.config?.port_mappings?.first(where: {
            $0.protocol ?? 0 == 0
          }), let port = mapping.container_port
        else { continue }
        series.append(
          .connect(
            to: .init(address: address, port: port), count: 1, interval: 1, timeout: 1))
      }
    } catch {
      return .none(error.status, error.reason)
    }
    guard !series.isEmpty else { return .none(.missing, "no pod with an address declares a port") }
    return await runner.run(series)
  }
}

extension [(String, DNSMessage.RecordType)] {
  /// Questions to one name server in turn, ten per second.
  fileprivate func series(
    to server: Host.Endpoint, _ target: String, count: Int, overTCP: Bool
  ) -> ProbeSeries {
    let turns = Turns(count: self.count)
    let questions = self
    return ProbeSeries(target: target, count: count, interval: 0.1, timeout: 5) { seconds in
      let (name, type) = questions[turns.next()]
      switch await HostResolver.ask(server, name, type, seconds: seconds, overTCP: overTCP) {
      case .failure(let failure): return ProbeResult(failure: failure)
      case .success(let answer):
        // A name without addresses of a kind is an answer; an unknown name is one too.
        var result = ProbeResult(
          [0, 3].contains(answer.code) ? .ok : .fail,
          code: "\(answer.codeName) \(type.name) \(name)")
        result.address = answer.addresses.first
        return result
      }
    }
  }
}

/// Goes round a fixed number of places.
private final class Turns: Sendable {
  private let count: Int
  private let state = Mutex(0)

  init(count: Int) {
    self.count = count
  }

  func next() -> Int {
    state.withLock { place in
      defer { place = (place + 1) % count }
      return place
    }
  }
}

import BundleModel
import Foundation
import Testing
import WireFormats

@testable import NodeCollector

@Suite("Probes of the network")
struct NetworkProbeTests {
  // MARK: - Names

  /// Answers every question with one address of the asked type's kind, or with a code.
  private static func answer(_ query: [UInt8], code: UInt8 = 0) -> [UInt8] {
    let isIPv4 = query[query.count - 3] == 1
    let record: [UInt8] =
      isIPv4
      ? [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]
      : [0xC0, 12, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16] + [UInt8](repeating: 0, count: 15) + [1]
    let hasRecord = code == 0
    return query[0..<2] + [0x81, 0x80 | code, 0, 1, 0, hasRecord ? 1 : 0, 0, 0, 0, 0]
      + query[12...] + (hasRecord ? record : [])
  }

  private func node(dns: DatagramServer) throws -> FakeNode {
    let node = try FakeNode()
    node.ports[53] = dns.endpoint.port
    try node.file("/etc/resolv.conf", "search x\nnameserver 127.0.0.1\noptions ndots:5\n")
    return node
  }

  @Test(
    "what a name server does decides the sample",
    arguments: [
      ("answers", "ok", "NOERROR"), ("unknown", "ok", "NXDOMAIN"), ("refuses", "fail", "REFUSED"),
      ("fails", "fail", "SERVFAIL"), ("lies", "fail", "an answer has another number"),
      ("babbles", "fail", "an answer is cut"),
    ])
  func hostNames(_ kind: String, _ outcome: String, _ code: String) async throws {
    let server = try await DatagramServer.start { query in
      switch kind {
      case "answers": Self.answer(query)
      case "unknown": Self.answer(query, code: 3)
      case "refuses": Self.answer(query, code: 5)
      case "fails": Self.answer(query, code: 2)
      case "lies": [query[0] ^ 1] + Self.answer(query).dropFirst()
      default: [1, 2, 3]
      }
    }
    let node = try node(dns: server)
    try node.process(5, "aws-k8s-agent", environment: ["AWS_REGION=eu-west-2"])
    let context = node.context(settings: CollectSettings(probeSeconds: 2))
    let (_, samples) = try await node.samples(.probeHostNames, in: context)
    try await server.stop()
    #expect(samples.count { !$0.wasCut } >= 2)
    for sample in samples where !sample.wasCut {
      #expect(sample.outcome == outcome)
      #expect(sample.code?.hasPrefix(code) == true, "\(sample.code ?? "")")
      #expect(sample.target == "udp 127.0.0.1")
    }
    if kind == "answers" {
      #expect(samples[0].code == "NOERROR A ec2.eu-west-2.amazonaws.com")
      #expect(samples[1].code == "NOERROR AAAA ec2.eu-west-2.amazonaws.com")
      #expect(samples.prefix(2).map(\.address) == ["127.0.0.1", "::1"])
    }
  }

  @Test("a silent name server is a timeout, a closed port a refusal")
  func silent() async throws {
    let server = try await DatagramServer.start { _ in nil }
    let endpoint = NodeCollector.Host.Endpoint(address: "127.0.0.1", port: server.endpoint.port)
    let late = await HostResolver.ask(endpoint, "a.b", .a, seconds: 0.2, overTCP: false)
    #expect(late == .failure(.timeout))
    try await server.stop()
    let closed = await HostResolver.ask(endpoint, "a.b", .a, seconds: 5, overTCP: false)
    #expect(closed == .failure(.refused))
    let bad = await HostResolver.ask(
      .init(address: "not an address", port: 53), "a.b", .a, seconds: 5, overTCP: false)
    #expect(bad == .failure(.failed("not an address: not an address")))
  }

  @Test("cluster names are asked for over both protocols, at the kubelet's servers")
  func clusterNames() async throws {
    let dns = try await DatagramServer.start { Self.answer($0) }
    let node = try FakeNode()
    node.ports[53] = dns.endpoint.port
    try node.file(
      "/etc/kubernetes/kubelet/config.json",
      #"{"clusterDNS":["127.0.0.1"],"clusterDomain":"a.local"}"#)
    let context = node.context(settings: CollectSettings(probeSeconds: 2))
    let (_, samples) = try await node.samples(.probeClusterNames, in: context)
    try await dns.stop()
    let datagrams = samples.filter { $0.target == "udp 127.0.0.1" }
    #expect(datagrams.first?.code == "NOERROR A kubernetes.default.svc.a.local")
    // Nobody listens on the TCP port.
    #expect(samples.contains { $0.target == "tcp 127.0.0.1" && $0.code == "refused" })
    #expect(try await FakeNode().one(.probeClusterNames).item.status == .missing)
  }

  @Test("an answer over TCP is read behind its length")
  func overTCP() async throws {
    let query = try #require(DNSMessage.query(id: 7, name: "a.b", type: .a))
    let message = Self.answer(query)
    let length = [UInt8(message.count >> 8), UInt8(message.count & 0xFF)]
    let server = try await RawServer.start(length + message + [9, 9])
    let result = await NetworkProbe.exchangeStream(
      query, with: .init(address: "127.0.0.1", port: server.port), seconds: 30)
    try await server.stop()
    #expect(result == .success(message))
  }

  @Test("the resolver's files give their servers once, and the hosts file its names")
  func files() {
    #expect(
      HostResolver.servers(in: [
        "nameserver 127.0.0.53\n#nameserver 9.9.9.9\n",
        "nameserver\t10.42.0.2\n"
          + "nameserver 127.0.0.53\nnameserver\n",
      ]) == ["127.0.0.53", "10.42.0.2"])
    #expect(
      HostResolver.names(in: "127.0.0.1 localhost a # b\n::1 localhost\n")
        == ["localhost": "127.0.0.1", "a": "127.0.0.1"])
  }

  // MARK: - The API server and the region

  @Test("the API server is resolved, connected to, and asked for its health by the node's own tool")
  func apiEndpoint() async throws {
    let dns = try await DatagramServer.start { Self.answer($0) }
    let listener = try await RawServer.start([])
    let node = try node(dns: dns)
    node.ports[443] = listener.port
    try node.file(
      "/var/lib/kubelet/kubeconfig",
      """
      apiVersion: v1
      clusters:
      - cluster:
          certificate-authority: /etc/kubernetes/pki/ca.crt
          server: https://AB12.gr7.eu-west-2.eks.amazonaws.com
        name: kubernetes
      """)
    try node.program(
      "kubectl", "[[ \"$*\" == *\"--cache-dir=/dev/null\"*\"get --raw /livez\" ]] && echo -n ok")
    let context = node.context(settings: CollectSettings(probeSeconds: 4))
    let (_, samples) = try await node.samples(.probeAPIEndpoint, in: context)
    try await dns.stop()
    try await listener.stop()
    let connections = samples.filter { $0.target == "tcp AB12.gr7.eu-west-2.eks.amazonaws.com:443" }
    let first = try #require(connections.first)
    #expect(first.outcome == "ok" && first.address == "127.0.0.1" && first.private == true)
    let phases = try #require(first.phase_ns)
    #expect(try #require(phases["dns"]) <= #require(phases["connect"]))
    let health = try #require(samples.first { $0.target.hasPrefix("kubectl https://AB12.") })
    #expect(health.outcome == "ok" && health.code == "ok")
    #expect(try await FakeNode().one(.probeAPIEndpoint).item.status == .missing)
  }

  @Test("a node without kubectl uses curl and its authority; a refusal is an answer too")
  func curl() async throws {
    let listener = try await RawServer.start([])
    let node = try FakeNode()
    try node.file(
      "/var/lib/kubelet/kubeconfig",
      """
      {"clusters":[{"cluster":{"server":"https://127.0.0.1:\(listener.port)",\
      "certificate-authority":"/ca.crt"}}]}
      """)
    try node.program("curl", "[[ $1 == -q ]] && echo -n 401")
    let context = node.context(settings: CollectSettings(probeSeconds: 3))
    let (_, samples) = try await node.samples(.probeAPIEndpoint, in: context)
    try await listener.stop()
    #expect(samples.contains { $0.target.hasPrefix("curl ") && $0.code == "401" })
    let connections = samples.filter { $0.target.hasPrefix("tcp ") && !$0.wasCut }
    #expect(!connections.isEmpty && connections.allSatisfy { $0.outcome == "ok" })
  }

  @Test("the cluster's address comes from a container's environment, else from the API server")
  func clusterAddress() async throws {
    let listener = try await RawServer.start([])
    let node = try FakeNode()
    try node.process(
      5, "aws-k8s-agent",
      environment: [
        "KUBERNETES_SERVICE_HOST=127.0.0.1", "KUBERNETES_SERVICE_PORT=\(listener.port)",
      ])
    let context = node.context(settings: CollectSettings(probeSeconds: 2))
    let (_, samples) = try await node.samples(.probeAPIClusterAddress, in: context)
    #expect(samples.first?.outcome == "ok")
    try await listener.stop()
    let other = try FakeNode()
    other.ports[443] = 1
    try other.program(
      "kubectl",
      """
      [[ "$*" == *services/kubernetes ]] && echo '{"spec":{"clusterIP":"127.0.0.1"}}' && exit 0
      echo "Unable to connect" >&2; exit 1
      """)
    let later = other.context(settings: CollectSettings(probeSeconds: 2))
    let refused = try await other.samples(.probeAPIClusterAddress, in: later).samples
    #expect(refused.contains { $0.target == "tcp 127.0.0.1:443" && $0.code == "refused" })
    #expect(
      refused.contains { $0.code == "exit 1" && $0.stderr?.hasPrefix("Unable to connect") == true })
    #expect(try await FakeNode().one(.probeAPIClusterAddress).item.status == .missing)
  }

  @Test("the endpoints of the region are resolved and connected to, and nothing else")
  func services() async throws {
    let dns = try await DatagramServer.start { Self.answer($0) }
    let listener = try await RawServer.start([])
    let node = try node(dns: dns)
    node.ports[443] = listener.port
    try node.file(
      "/etc/containerd/config.toml",
      "sandbox_image = \"602401143452.dkr.ecr.eu-west-2.amazonaws.com/eks/pause:3.5\"\n")
    let context = node.context()
    let (item, samples) = try await node.samples(.probeServices, in: context)
    #expect(item.status == .ok)
    #expect(samples.count == 18 && samples.allSatisfy { $0.outcome == "ok" })
    #expect(
      Set(samples.map(\.target)) == [
        "tcp sts.eu-west-2.amazonaws.com:443", "tcp api.ecr.eu-west-2.amazonaws.com:443",
        "tcp s3.eu-west-2.amazonaws.com:443", "tcp eks.eu-west-2.amazonaws.com:443",
        "tcp eks-auth.eu-west-2.api.aws:443",
        "tcp 602401143452.dkr.ecr.eu-west-2.amazonaws.com:443",
      ])
    let ec2 = try await node.samples(.probeEC2, in: context).samples
    #expect(Set(ec2.map(\.target)) == ["tcp ec2.eu-west-2.amazonaws.com:443"])
    try await dns.stop()
    try await listener.stop()
    #expect(try await FakeNode().one(.probeEC2).item.status == .missing)
  }

  @Test(
    "an address gives host and port",
    arguments: [
      ("https://a.b", "a.b", 443), ("https://a.b:8443/x", "a.b", 8443),
      ("https://[fd00::1]:6443", "fd00::1", 6443), ("https://[fd00::1]", "fd00::1", 443),
      ("http://a.b", nil, nil), ("https://", nil, nil),
    ] as [(String, String?, Int?)])
  func addresses(_ text: String, _ name: String?, _ port: Int?) {
    let result = NodeAccess.hostAndPort(text)
    #expect(result?.name == name && result?.port == port)
  }

  @Test(
    "the region is what ipamd is told, or part of a name",
    arguments: [
      (["AWS_REGION": "us-east-1"], "https://x.gr7.eu-west-2.eks.amazonaws.com", "us-east-1"),
      ([:], "https://x.gr7.eu-west-2.eks.amazonaws.com", "eu-west-2"),
      ([:], "https://x.y.cn-north-1.eks.amazonaws.com.cn", "cn-north-1"),
      ([:], "https://10.0.0.1", nil),
    ] as [([String: String], String, String?)])
  func region(_ environment: [String: String], _ server: String, _ expected: String?) throws {
    let access = NodeAccess(
      host: try FakeNode().host, settings: KubeletEndpoints(), server: server, authority: nil,
      environment: environment, registry: nil)
    #expect(access.region == expected)
  }

  // MARK: - Others

  @Test("loopback servers are asked on the ports of the node's configuration")
  func loopback() async throws {
    let server = try await RawServer.start(
      Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8))
    let node = try FakeNode()
    node.ports[10444] = server.port
    node.ports[10256] = server.port
    node.ports[10249] = 1
    try node.file("/etc/kubernetes/kubelet/config.json", #"{"healthzPort":10444}"#)
    let (item, samples) = try await node.samples(.probeKubelet)
    #expect(item.status == .ok && samples.count == 20)
    #expect(samples.allSatisfy { $0.outcome == "ok" && $0.code == "200" })
    #expect(samples[0].target == "http://127.0.0.1:10444/healthz")
    let proxy = try await node.samples(.probeKubeProxy).samples
    #expect(proxy.filter { $0.outcome == "ok" }.count == 10)
    #expect(proxy.filter { $0.code == "refused" }.count == 10)
    try node.file("/etc/kubernetes/kubelet/config.json", #"{"healthzPort":0}"#)
    #expect(try await node.one(.probeKubelet).item.status == .missing)
    try await server.stop()
  }

  @Test("the clock is compared with a time server's")
  func clock() async throws {
    let server = try await DatagramServer.start { query in
      var packet = [UInt8](repeating: 0, count: 48)
      packet[0] = 0x24
      packet[1] = 3
      packet.replaceSubrange(24..<32, with: query[40..<48])
      packet.replaceSubrange(32..<48, with: query[40..<48] + query[40..<48])
      return packet
    }
    let endpoint = NodeCollector.Host.Endpoint(address: "127.0.0.1", port: server.endpoint.port)
    let output = await ClockProbe(server: endpoint, clock: .system, seconds: 30).output()
    try await server.stop()
    guard case .bytes(let bytes) = output else {
      Issue.record("\(output)")
      return
    }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.components(separatedBy: #""outcome":"ok","stratum":3"#).count == 4, "\(text)")
    let closed = await ClockProbe(server: endpoint, clock: .system).output()
    guard case .bytes(let words) = closed else { return }
    #expect(String(decoding: words, as: UTF8.self).contains(#""code":"refused""#))
  }
}

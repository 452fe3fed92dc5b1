import BundleModel
import FactStore
import Facts
import Testing

@testable import Analysis

/// For every fault that shows in the state at one moment: one bundle that fires, and the nearest one
/// that does not.
@Suite("faults of the state at one moment")
struct SnapshotFaultTests {
  private let checkpoint = """
    {"version":"vpc-cni-ipam/1","allocations":[{"networkName":"aws-cni","containerID":"c1","ifName":"eth0",\
    "ipv4":"10.42.3.17","allocationTimestamp":1932880000000000000,"metadata":{"k8sPodNamespace":"shop",\
    "k8sPodName":"cart-6d8f7c9b5d-x2k4q","interfacesCount":1}}]}
    """
  private let links =
    #"[{"ifindex":1,"ifname":"lo","flags":["UP"],"mtu":65536,"operstate":"UNKNOWN"}]"#
  private let podLinks = """
    [{"ifindex":1,"ifname":"lo","flags":["UP"],"mtu":65536,"operstate":"UNKNOWN"},
    {"ifindex":7,"ifname":"eni39d9ca4a246","flags":["UP"],"mtu":9001,"operstate":"UP"}]
    """
  private let routes = "default via 10.42.0.1 dev ens5 proto dhcp src 10.42.7.19 metric 512\n"
  private let podRoute = "10.42.3.17 dev eni39d9ca4a246 scope link \n"
  private let rules =
    "0:\tfrom all lookup local\n512:\tfrom all to 10.42.9.9 lookup main\n32766:\tfrom all lookup main\n"
  private let podRule = "512:\tfrom all to 10.42.3.17 lookup main\n"

  /// A pool with one address, held or not.
  private func pool(total: Int = 1, holder: String? = "shop/cart", table: Int = 254) -> String {
    let key =
      holder == nil
      ? #""IPAMKey":{"networkName":"","containerID":"","ifName":""},"IPAMMetadata":{}"#
      : #""IPAMKey":{"networkName":"aws-cni","containerID":"c1","ifName":"eth0"},"IPAMMetadata":{"k8sPodNamespace":"shop","k8sPodName":"cart"}"#
    return """
      {"0":{"TotalIPs":\(total),"AssignedIPs":1,"ENIs":{"eni-0a":{"ID":"eni-0a","IsPrimary":false,"DeviceNumber":1,\
      "RouteTableID":\(table),"AvailableIPv4Cidrs":{"10.42.3.17/32":{"Cidr":{"IP":"10.42.3.17","Mask":"/////w=="},\
      "IPAddresses":{"10.42.3.17":{"Address":"10.42.3.17",\(key),"AssignedTime":"2031-04-02T07:00:00Z",\
      "UnassignedTime":"0001-01-01T00:00:00Z"}},"IsPrefix":false}}}}}}
      """
  }

  private func faults(_ texts: [(ArtifactID, String, String)]) throws -> [String] {
    let store = try LoadedFacts(MemoryBundle(texts), database: nil).store
    return try store.query(
      "SELECT fault, subject, cause FROM replay_fault WHERE epoch = 0 ORDER BY fault, subject"
    ).rows.map { row in
      row.map { value in
        guard case .text(let text) = value else { return "-" }
        return text
      }.joined(separator: " ")
    }
  }

  private func file(_ text: String) -> (ArtifactID, String, String) {
    (.checkpoint, "ipamd/checkpoint/ipam.json", text)
  }
  private func links(_ text: String) -> (ArtifactID, String, String) {
    (.links, "net/links.json", text)
  }
  private func routes(_ text: String) -> (ArtifactID, String, String) {
    (.routes, "net/routes.txt", text)
  }
  private func rules(_ text: String) -> (ArtifactID, String, String) {
    (.policyRules, "net/rules.txt", text)
  }
  private func enis(_ text: String) -> (ArtifactID, String, String) {
    (.ipamdENIs, "ipamd/enis.json", text)
  }

  @Test("F-01: an address without veth and route, unless one of them exists or was not collected")
  func leaked() throws {
    let all = [file(checkpoint), links(links), routes(routes)]
    #expect(try faults(all) == ["F-01 10.42.3.17 no_veth"])
    #expect(try faults([file(checkpoint), links(podLinks), routes(routes)]).isEmpty)
    #expect(try faults([file(checkpoint), links(links), routes(routes + podRoute)]).isEmpty)
    #expect(try faults([file(checkpoint), routes(routes)]).isEmpty)
  }

  private func log(_ artifact: ArtifactID, _ lines: [(String, String)]) -> (
    ArtifactID, String, String
  ) {
    let text = lines.map { time, message in
      #"{"level":"info","ts":"2031-04-02T\#(time)Z","caller":"x","msg":"\#(message)"}"# + "\n"
    }
    let name = artifact == .pluginLog ? "plugin" : "ipamd"
    return (artifact, "logs/aws-routed-eni/\(name).log", text.joined())
  }

  @Test("F-01: a DEL that never reached ipamd, and a pod that has a newer sandbox")
  func leakedByDelete() throws {
    let refused =
      "Failed to connect to backend server for container c1: rpc error: code = Unavailable"
    let ended =
      "Handled pod teardown using prevResult: ContainerID(c1) Netns(/n) IfName(eth0) PodNamespace(shop) PodName(cart)"
    let lost = log(.pluginLog, [("06:50:00.000", refused), ("06:50:00.100", ended)])
    #expect(try faults([file(checkpoint), lost]) == ["F-01 10.42.3.17 delete_lost"])
    // The same address is told once, by what is known best.
    #expect(
      try faults([file(checkpoint), links(links), routes(routes), lost])
        == ["F-01 10.42.3.17 delete_lost"])
    #expect(try faults([file(checkpoint), log(.pluginLog, [("06:50:00.100", ended)])]).isEmpty)
    func newer(_ pod: String) -> (ArtifactID, String, String) {
      let entry =
        #"{"networkName":"aws-cni","containerID":"c2","ifName":"eth0","ipv4":"10.42.3.18","#
        + #""allocationTimestamp":1932880000500000000,"metadata":{"k8sPodNamespace":"shop","k8sPodName":"\#(pod)","interfacesCount":1}}]}"#
      return file(checkpoint.replacing("]}", with: "," + entry))
    }
    #expect(
      try faults([newer("cart-6d8f7c9b5d-x2k4q")]) == ["F-01 10.42.3.17 older_sandbox"])
    #expect(try faults([newer("cart-6d8f7c9b5d-other")]).isEmpty)
  }

  @Test("F-01: an entry without a pod's name whose sandbox does not exist")
  func leakedWithoutName() throws {
    let nameless =
      #"{"version":"vpc-cni-ipam/1","allocations":[{"networkName":"aws-cni","containerID":"c1","ifName":"eth0","#
      + #""ipv4":"10.42.3.17","metadata":{}}]}"#
    func sandboxes(_ id: String) -> (ArtifactID, String, String) {
      let list =
        #"{"items":[{"id":"\#(id)","metadata":{"name":"cart","uid":"u","namespace":"shop","attempt":0},"#
        + #""state":"SANDBOX_READY","createdAt":"1932887761000000000","labels":{},"annotations":{}}]}"#
      return (.sandboxes, "runtime/sandboxes.json", list)
    }
    #expect(try faults([file(nameless), sandboxes("c9")]) == ["F-01 10.42.3.17 no_sandbox"])
    #expect(try faults([file(nameless), sandboxes("c1")]).isEmpty)
    #expect(try faults([file(nameless)]).isEmpty)
    #expect(try faults([file(checkpoint), sandboxes("c9")]).isEmpty)
  }

  @Test("F-22: what the plugin saw as well is no mere hint")
  func slowRequestSeenTwice() throws {
    let sandbox = String(repeating: "a1", count: 32)
    let pool = log(
      .ipamdLog,
      [
        ("06:00:00.000", "Starting L-IPAMD v1.23.1  ..."),
        ("06:00:10.000", "Received AddNetwork for NS /n, Sandbox \(sandbox), ifname eth0"),
        (
          "06:00:17.000",
          "assignPodIPAddressUnsafe: Assign IP 10.42.3.17 to sandbox aws-cni/\(sandbox)/eth0 with metadata {K8SPodNamespace:shop K8SPodName:cart InterfacesCount:1}"
        ),
        (
          "06:00:17.100",
          "Send AddNetworkReply: Success: true IPAddr: [IPv4Addr:\\\"10.42.3.17\\\" RouteTableId:254], resp: Success:true, err: <nil>"
        ),
      ])
    func request(_ until: String) -> (ArtifactID, String, String) {
      log(
        .pluginLog,
        [
          (
            "06:00:09.900",
            "Received CNI add request: ContainerID(\(sandbox)) Netns(/n) IfName(eth0) Args(a) Path(/p) argsStdinData({})"
          ),
          (until, "Failed to assign an IP address to container \(sandbox)"),
        ])
    }
    func confidence(_ texts: [(ArtifactID, String, String)]) throws -> [FactValue] {
      let store = try LoadedFacts(MemoryBundle(texts), database: nil).store
      return try store.query("SELECT confidence FROM replay_fault WHERE fault = 'F-22'").rows
        .flatMap { $0 }
    }
    #expect(try confidence([pool]) == [.text("C")])
    #expect(try confidence([pool, request("06:00:17.200")]) == [.text("B")])
    #expect(try confidence([pool, request("06:00:10.200")]) == [.text("C")])
  }

  @Test("requests of the plugin that went wrong are events of the pool, by their sandbox")
  func pluginSpans() throws {
    let pool = log(
      .ipamdLog,
      [
        ("06:00:00.000", "Starting L-IPAMD v1.23.1  ..."),
        ("06:00:01.000", "DataStore add an ENI eni-0a"),
      ])
    func request(_ verb: String, _ id: String) -> String {
      "Received CNI \(verb) request: ContainerID(\(id)) Netns(/n) IfName(eth0) Args(K8S_POD_NAMESPACE=shop;K8S_POD_NAME=cart) Path(/p) argsStdinData({})"
    }
    let plugin = log(
      .pluginLog,
      [
        ("06:00:02.000", request("add", "c1")), ("06:00:02.500", request("del", "c2")),
        ("06:00:02.600", "Failed to connect to backend server for container c2: refused"),
        ("06:00:02.900", "Failed to assign an IP address to container c1"),
        ("06:00:03.000", request("add", "c3")),
      ])
    let store = try LoadedFacts(MemoryBundle([pool, plugin]), database: nil).store
    let rows = try store.query(
      "SELECT event, detail, epoch, line FROM replay_event WHERE event LIKE 'cni_%' ORDER BY line"
    ).rows.map { row in row.map { "\($0)" }.joined(separator: " ") }
    #expect(rows.count == 3)
    #expect(rows[0].contains("cni_add") && rows[0].contains("no address, sandbox c1"))
    #expect(rows[1].contains("cni_del") && rows[1].contains("ipamd was not reached"))
    #expect(rows[2].contains("no answer"))
  }

  @Test("F-02: one address of two sandboxes in the checkpoint, or of two interfaces in the routes")
  func twice() throws {
    let twice = checkpoint.replacing(
      "]}",
      with: #","#
        + #"{"networkName":"aws-cni","containerID":"c2","ifName":"eth0","ipv4":"10.42.3.17","allocationTimestamp":1932880000000000000,"metadata":{}}]}"#
    )
    #expect(try faults([file(twice)]) == ["F-02 10.42.3.17 checkpoint"])
    #expect(try faults([file(checkpoint)]).isEmpty)
    let two = podRoute + podRoute.replacing("eni39d9ca4a246", with: "eni1234567890a")
    #expect(try faults([routes(routes + two)]) == ["F-02 10.42.3.17 routes"])
    #expect(try faults([routes(routes + podRoute)]).isEmpty)
  }

  @Test("F-03: the host routes to a pod of which ipamd does not know")
  func unknownPod() throws {
    func all(_ pool: String) -> [(ArtifactID, String, String)] {
      [enis(pool), rules(rules + podRule), routes(routes + podRoute), links(podLinks)]
    }
    #expect(try faults(all(pool(holder: nil))).contains("F-03 10.42.3.17 kernel_only"))
    #expect(try !faults(all(pool())).contains { $0.hasPrefix("F-03") })
  }

  @Test("F-07: checkpoint and introspection hold different addresses")
  func checkpointDiffers() throws {
    let found = try faults([file(checkpoint), enis(pool(holder: nil))])
    #expect(found == ["F-07 10.42.3.17 checkpoint_only"])
    #expect(try faults([file(checkpoint), enis(pool())]).isEmpty)
    let empty = #"{"version":"vpc-cni-ipam/1","allocations":[]}"#
    #expect(try faults([file(empty), enis(pool())]) == ["F-07 10.42.3.17 introspection_only"])
  }

  @Test("F-08: ipamd's total is not that of its CIDRs")
  func counters() throws {
    #expect(try faults([enis(pool(total: 3))]) == ["F-08 card 0 quirk Q-1"])
    #expect(try faults([enis(pool(total: 1))]).isEmpty)
  }

  @Test("F-16: the primary address of an ENI is in the pool")
  func primary() throws {
    func log(_ address: String) -> (ArtifactID, String, String) {
      (
        .ipamdLog, "logs/aws-routed-eni/ipamd.log",
        #"{"level":"debug","ts":"2031-04-02T08:00:00.000Z","caller":"x","msg":"Primary IP for ENI eni-0a is \#(address)"}"#
          + "\n"
      )
    }
    #expect(
      try faults([enis(pool()), log("10.42.3.17")]).contains("F-16 10.42.3.17/32 quirk Q-14"))
    #expect(try !faults([enis(pool()), log("10.42.3.16")]).contains { $0.hasPrefix("F-16") })
  }

  @Test("F-19: an assigned address lacks its rule or route, or uses the table of another ENI")
  func routing() throws {
    #expect(
      try faults([enis(pool()), rules(rules), routes(routes + podRoute)])
        .contains("F-19 10.42.3.17 rule_512_missing"))
    #expect(
      try faults([enis(pool()), rules(rules + podRule), routes(routes)])
        .contains("F-19 10.42.3.17 route_missing"))
    let whole = [rules(rules + podRule), routes(routes + podRoute)]
    #expect(try faults([enis(pool())] + whole).isEmpty)
    let source = "1536:\tfrom 10.42.3.17 lookup 3\n"
    #expect(
      try faults([
        enis(pool(table: 2)), rules(rules + podRule + source), routes(routes + podRoute),
      ]).contains("F-19 10.42.3.17 wrong_table"))
    #expect(
      try faults([
        enis(pool(table: 3)), rules(rules + podRule + source), routes(routes + podRoute),
      ]).isEmpty)
  }
}

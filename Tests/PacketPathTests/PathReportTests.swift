import BundleModel
import FactStore
import Facts
import Foundation
import IPAMEngine
import PacketPath
import PathRendering
import ReportModel
import ReportRendering
import TestSupport
import Testing

@testable import Analysis

@Suite("the way of a packet as it is shown")
struct PathReportTests {
  private func report(
    _ node: CNINode = CNINode(), from: String, to: String,
    _ transport: PathTrace.Transport = .tcp, name: String = "i-0a1b2c3d4e5f67890"
  ) throws -> PathReport {
    let store = try node.facts()
    let host = try HostNetworkFacts(store).network()
    return try PathTrace(from: from, to: to, transport: transport).answer(
      host, try PathSites(store, host), node: name)
  }

  @Test("80 columns of text, in ASCII too, and narrow (rewrite with UPDATE_GOLDEN=1)")
  func text() throws {
    let report = try report(from: "shop/b", to: "1.1.1.1:443")
    try expectGolden(PathTextRenderer(TextStyle(width: 80)).text(report), "reports/path.txt")
    var blocked = CNINode()
    blocked.legacy = "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n"
    let dropped = try self.report(blocked, from: "b", to: "shop/a:80")
    let ascii = PathTextRenderer(TextStyle(width: 80, isASCII: true)).text(dropped)
    try expectGolden(ascii, "reports/path-dropped.txt")
    #expect(ascii.utf8.count == ascii.unicodeScalars.count)
    for width in [40, 60, 120] {
      let text = PathTextRenderer(TextStyle(width: width)).text(report)
      let wide = text.split(separator: "\n").filter { $0.count > max(width, 72) }
      #expect(wide.isEmpty, "\(width) columns: \(wide)")
    }
  }

  @Test("JSON is whole, names its schema, and gives the line of every step")
  func json() throws {
    let text = try PathJSONRenderer().text(report(from: "shop/a", to: "172.20.0.1:443"))
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(object?["schema"] as? String == "cnitriage.path/1")
    let forward = object?["forward"] as? [String: Any]
    #expect(forward?["verdict"] as? String == "delivered")
    let steps = forward?["steps"] as? [[String: Any]] ?? []
    #expect(steps.contains { $0["path"] as? String == "net/nft-save.txt" && $0["line"] is Int })
    #expect(object?["reply"] != nil)
  }

  @Test("HTML loads nothing, has no script, and escapes names")
  func html() throws {
    var node = CNINode()
    node.filter +=
      "-A FORWARD -m comment --comment \"<script>alert(1)</script>\" -j ACCEPT\n"
    let page = PathHTMLRenderer().text(
      try report(node, from: "shop/a", to: "shop/b:80", name: "<img src=x>"))
    #expect(!page.contains("<script") && !page.contains("<img"))
    #expect(page.contains("&lt;script&gt;"))
    #expect(page.contains("default-src &#39;none&#39;"))
    #expect(!page.contains("http://") && !page.contains("https://"))
  }

  @Test("ends are pods, addresses, interfaces and the node; others are refused with a hint")
  func ends() throws {
    #expect(try report(from: "10.0.1.11", to: "b:80").names.from == "shop/a")
    #expect(try report(from: "10.0.9.9", to: "10.0.1.12:80").packet.inInterface == "ens6")
    #expect(try report(from: "ens5", to: "10.0.0.10:30080").packet.inInterface == "ens5")
    #expect(try report(from: "node", to: "shop/a:8080").packet.source.description == "10.0.0.10")
    #expect(try report(from: "eniaaaaaaaaaaa", to: "1.1.1.1", .icmp).names.from == "shop/a")
    for (from, to) in [("nobody", "1.1.1.1"), ("shop/a", "nobody:80"), ("shop/a", "fd00::1")] {
      let error = #expect(throws: AnalysisError.self) { try report(from: from, to: to) }
      #expect(error?.exitCode == 2)
    }
  }

  @Test("the report counts the packets of a node and draws the ways of those that end")
  func summary() throws {
    let good = try #require(try PacketSummary(CNINode().facts()).packets())
    #expect(good.ways.isEmpty && good.questions.count > 10)
    #expect(good.questions.allSatisfy { $0.delivered > 0 && $0.dropped == 0 })
    var node = CNINode()
    node.filter += "-A FORWARD -s 10.0.1.11/32 -j REJECT\n"
    let packets = try #require(try PacketSummary(node.facts()).packets())
    let internet = try #require(packets.questions.first { $0.name == "pod_to_internet" })
    #expect(internet.delivered == 1 && internet.rejected == 1)
    // Everything that the rule rejects shares one way for each question.
    let way = try #require(packets.ways.first { $0.question == "pod_to_internet" })
    #expect(way.packet == "tcp 10.0.1.11:40000 > 1.1.1.1:443" && way.verdict == "rejected")
    let causes = way.steps.filter(\.isCause)
    #expect(causes.map(\.text) == ["-A FORWARD -s 10.0.1.11/32 -j REJECT"])
    #expect(causes.first?.location?.hasPrefix("net/nft-save.txt:") == true)
    #expect(way.steps.contains { $0.change == "mark 0x80" })
    #expect(try PacketSummary(FactStore()).packets() == nil)
  }

  @Test("chance names its receivers")
  func chance() throws {
    var node = CNINode()
    node.snat +=
      "-A KUBE-SVL-BBBBBBBBBBBBBBBB -p tcp -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.0.1.11:8080\n"
    let ends = try report(node, from: "shop/b", to: "172.20.0.1:443").forward.receivers
    #expect(ends.sorted() == ["10.0.1.11:8080", "10.0.1.12:8080"])
  }

  @Test("pods of IPv6 are asked about too")
  func ipv6() throws {
    let routes = """
      default via fe80::1 dev ens5 proto ra metric 512
      2001:db8:0:1::a0 dev eniaaaaaaaaaaa metric 1024
      2001:db8:0:1::b0 dev enibbbbbbbbbbb metric 1024
      local 2001:db8::10 dev ens5 table local proto kernel metric 0

      """
    func answers(_ forwarding: Int) throws -> [String] {
      let store = try FactStore()
      for (artifact, text) in [
        (ArtifactID.policyRules6, "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n"),
        (.routes6, routes), (.networkSysctls, "net.ipv6.conf.all.forwarding = \(forwarding)\n"),
        (.ip6tablesNft, "*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n"),
        (
          .addresses,
          #"[{"ifindex":2,"ifname":"ens5","addr_info":[{"family":"inet6","local":"2001:db8::10","prefixlen":64,"scope":"global"}]}]"#
        ),
      ] {
        var input = ArtifactInput(artifact: artifact, path: "\(artifact)", bytes: Array(text.utf8))
        _ = try store.load(&input)
      }
      try store.finishLoading()
      try PathSurvey.run(store)
      return try store.query("SELECT name, verdict FROM path_verdict WHERE family = 'ipv6'").rows
        .map { "\($0)" }
    }
    let good = try answers(1)
    #expect(good.count > 15 && good.allSatisfy { $0.contains("delivered") }, "\(good)")
    #expect(try answers(0).contains { $0.contains("dropped") })
  }
}

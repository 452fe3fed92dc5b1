import Foundation
import Testing

extension WholeNodes {
  @Suite("Asking a cluster beside a node")
  struct ClusterTests {
    /// The node's own credential stands in for an operator's: the lab's API server refuses nobody.
    private static let ask = [
      "collect", "--cluster", "--kubeconfig", "/var/lib/kubelet/kubeconfig", "--skip", "aws",
    ]

    private struct Document: Decodable {
      let notices: [String]
      let inputs: [Input]?

      struct Input: Decodable {
        let items: [Item]?
      }

      struct Item: Decodable {
        let id: String
        let status: String
      }
    }

    @Test("a node's bundle with the cluster's items gives the findings that it gave before")
    func into() throws {
      let scratch = try Scratch()
      let node = try SharedNodes.node("forward-drop")
      let found = try SharedNodes.evidence("forward-drop")
      let bundle = scratch.path("node.tar.zst")
      try FileManager.default.copyItem(atPath: found.path, toPath: bundle)
      let before = found.report
      #expect(!before.findings.isEmpty)
      for _ in 0..<2 {
        let outcome = try node.exec(
          [Programs.cnitriage] + Self.ask + ["--json", "--into", bundle])
        #expect([0, 4].contains(outcome.code), "\(outcome.errors)")
        let summary = try JSONDecoder().decode(
          LabNode.Summary.self, from: Data(outcome.output.utf8))
        #expect(summary.path == bundle)
        let items = summary.manifest.items
        #expect(items.count { $0.id == "kube.cluster_version" && $0.status == "ok" } == 1)
        #expect(items.count { $0.id == "kube.named_nodes" && $0.status == "ok" } == 1)
        #expect(items.count { $0.id == "net.iptables_save" } == 1)
        let after = try ReportDocument.of(bundle)
        #expect(after.findings.map(\.rule) == before.findings.map(\.rule))
        #expect(after.findings.map(\.message) == before.findings.map(\.message))
        #expect(after.findings.map(\.evidence.count) == before.findings.map(\.evidence.count))
      }
      #expect(scratch.names.filter { $0.hasSuffix(".tar.zst") }.count == 1)
      #expect(!scratch.names.contains { $0.hasSuffix(".partial") })
    }

    @Test("a bundle of the cluster alone is read, and says that it holds no node")
    func alone() throws {
      let scratch = try Scratch()
      let node = try SharedNodes.node("healthy")
      let outcome = try node.exec(
        [Programs.cnitriage] + Self.ask + ["-q", "-o", scratch.root.path])
      #expect([0, 4].contains(outcome.code), "\(outcome.errors)")
      let path = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(path.contains("/cnitriage-cluster-"))
      let analysis = try Programs.analyze([path, "--format", "json"])
      #expect(analysis.code == 0, "\(analysis.errors)")
      let report = try JSONDecoder().decode(Document.self, from: Data(analysis.output.utf8))
      #expect(report.notices.contains { $0.contains("no node") })
      #expect(try ReportDocument.of(path).findings.isEmpty)
    }
  }
}

@Suite("The options of collect --cluster")
struct ClusterOptionTests {
  @Test("a dry run prints the commands line by line and runs none of them")
  func dryRun() throws {
    let outcome = try Programs.run(
      Programs.cnitriage,
      [
        "collect", "--cluster", "--dry-run", "--context", "prod", "--aws-profile", "ops",
        "--cluster-name", "shop", "--only", "kube.ds_aws_node,aws.addon",
      ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      outcome.output == """
        kubectl --context=prod --request-timeout=15s config view --minify --output=json
        kubectl --context=prod --request-timeout=15s get --raw \
        /apis/apps/v1/namespaces/kube-system/daemonsets/aws-node
        aws --profile=ops --output=json --cli-connect-timeout=10 --cli-read-timeout=30 \
        eks describe-addon --cluster-name shop --addon-name vpc-cni

        """)
  }

  /// Arguments of `collect` and the exit code that they lead to.
  struct Usage: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let code: Int32
    var testDescription: String { arguments.joined(separator: " ") }

    init(_ line: String, _ code: Int32) {
      arguments = line.split(separator: " ").map(String.init)
      self.code = code
    }
  }

  private static let usages: [Usage] = [
    Usage("--context prod", 2), Usage("--into /none.tar.zst", 2),
    Usage("--cluster --nodes ../secrets", 2), Usage("--cluster --cluster-name=-x", 2),
    Usage("--cluster --only net", 2), Usage("--cluster --every 60", 2),
    Usage("--cluster --into /none.tar.zst -o x", 2), Usage("--cluster --into /none.tar.zst", 3),
    Usage("--cluster --into /etc/passwd", 3), Usage("--cluster --into /tmp", 3),
  ]

  @Test(
    "what doesn't fit together is wrong usage, what is no bundle an unreadable input",
    arguments: usages)
  func refused(_ usage: Usage) throws {
    let outcome = try Programs.run(Programs.cnitriage, ["collect"] + usage.arguments)
    #expect(outcome.code == usage.code, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("error: "))
  }
}

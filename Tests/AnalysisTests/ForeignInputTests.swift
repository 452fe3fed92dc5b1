import BundleModel
import Foundation
import ReportModel
import Testing

@testable import Analysis
@testable import BundleReader

@Suite("Judging what other collectors gathered")
struct ForeignInputTests {
  /// A folder of files that is removed with the value.
  private final class Folder {
    let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    init(_ files: [String: String], name: String) throws {
      for (path, text) in files {
        let file = root.appending(path: "\(name)/\(path)")
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      self.name = name
    }

    private let name: String
    var input: BundleInput { .path(root.appending(path: name).path) }
    deinit { try? FileManager.default.removeItem(at: root) }
  }

  private static let name = "eks_i-0a1b2c3d4e5f60718_2031-04-02_0925-UTC_0.7.9"

  private static let collection: [String: String] = [
    "system/script-params.txt": "ignore_introspection: false\n",
    "system/instance-id.txt": "i-0a1b2c3d4e5f60718\n",
    "system/region.txt": "",
    "system/availability-zone.txt": "eu-west-2b\n",
    "kernel/uname.txt":
      "Linux node-1 6.1.132-147.221.amzn2023.x86_64 #1 SMP Tue x86_64 x86_64 x86_64 GNU/Linux\n",
    "networking/iptables-save.txt": AnalyzerTests.drop,
    "sysctls/sysctl_all.txt":
      "kernel.pid_max = 4194304\nnet.ipv4.conf.all.forwarding = 0\nnet.ipv4.ip_forward = 0\nvm.swappiness = 60\n",
    "var_log/aws-routed-eni/plugin.log": "",
  ]

  private func judge(_ folder: Folder) throws -> Report {
    let options = AnalysisOptions()
    return try Analyzer.run(
      SupportBundle.open(folder.input), rules: Analyzer.rules(options), options: options)
  }

  @Test("evidence has the layout's paths, and lines of parts are the file's")
  func evidence() throws {
    let report = try judge(Folder(Self.collection, name: Self.name))
    let drop = try #require(report.findings.first { $0.rule == "forwarding/policy-drop" })
    #expect(drop.evidence.first?.location == "networking/iptables-save.txt:4")
    #expect(drop.evidence.first?.excerpt == ":FORWARD DROP [12:720]")
    let off = try #require(report.findings.first { $0.rule == "forwarding/ip-forward-off" })
    let line = try #require(off.evidence.first)
    #expect(line.path == "sysctls/sysctl_all.txt")
    #expect(line.excerpt?.hasPrefix("net.ipv4.") == true)
  }

  @Test("the head names collector, version, node and time; what is lacking is not evaluated")
  func head() throws {
    let report = try judge(Folder(Self.collection, name: Self.name))
    let input = try #require(report.inputs.first)
    #expect(input.kind == "elc")
    #expect(input.node.id == "i-0a1b2c3d4e5f60718")
    #expect(input.node.zone == "eu-west-2b")
    #expect(input.node.host == "node-1")
    #expect(input.node.os == "amzn 2023")
    #expect(input.node.iptables == "iptables-nft")
    #expect(input.window.to == "2031-04-02T09:25:00Z")
    #expect(report.notices.first?.contains("eks-log-collector.sh 0.7.9") == true)
    let metadata = try #require(report.notEvaluated.first { $0.rule == "iam/imds-open-to-pods" })
    #expect(metadata.reason == "item-not-collected")
  }

  @Test("a command's empty file failed, a copied one is empty")
  func emptyFiles() throws {
    let report = try judge(Folder(Self.collection, name: Self.name))
    let items = try #require(report.inputs.first?.items)
    let region = try #require(items.first { $0.id == "foreign.region" })
    #expect(region.status == "failed")
    #expect(region.reason == "the file is empty, and its collector keeps no errors")
    #expect(items.first { $0.id == "logs.plugin" }?.status == "empty")
    #expect(
      items.filter { $0.path == "sysctls/sysctl_all.txt" }.map(\.id) == [
        "sysctl.net", "sysctl.other",
      ])
  }

  @Test("an image gives findings with its own paths, and says what needs a running node")
  func image() throws {
    let report = try judge(
      Folder(
        [
          "etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n", "etc/passwd": "root\n",
          "usr/bin/env": "x",
          "usr/lib/systemd/network/99-default.link":
            "[Match]\nOriginalName=*\n\n[Link]\nMACAddressPolicy=persistent\n",
        ], name: "image"))
    #expect(report.inputs.first?.kind == "rootfs")
    #expect(report.inputs.first?.node.os == "debian 12")
    let link = try #require(report.findings.first { $0.rule == "host/mac-address-policy" })
    #expect(link.evidence.first?.path == "usr/lib/systemd/network/99-default.link")
    #expect(report.notices.first?.contains("root file system") == true)
    #expect(report.notEvaluated.contains { $0.rule == "forwarding/ip-forward-off" })
  }

  @Test("of several inputs each has its own report or error")
  func several() throws {
    let folder = try Folder(Self.collection, name: Self.name)
    let results = Analyzer.runAll([.path("/nonexistent"), folder.input])
    #expect(throws: AnalysisError.self) { try results[0].get() }
    #expect(try results[1].get().inputs.first?.kind == "elc")
  }
}

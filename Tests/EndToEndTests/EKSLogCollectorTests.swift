import BundleModel
import Foundation
import TestSupport
import Testing

@Suite("Nothing that eks-log-collector.sh gathers is lost without a reason")
struct EKSLogCollectorTests {
  /// The script's files, listed apart from the table that answers for them.
  private func inventory() throws -> [(path: String, source: String)] {
    let text = String(
      decoding: try Fixture.bytes("eks-log-collector/files.tsv"), as: UTF8.self)
    return text.split(separator: "\n").map { line in
      let fields = line.split(separator: "\t", maxSplits: 1).map(String.init)
      return (fields[0], fields[1])
    }
  }

  @Test("every file of the script has its row, and no row is without a file")
  func rows() throws {
    let inventory = try inventory()
    #expect(inventory.count > 130)
    #expect(EKSLogCollector.files.map(\.path) == inventory.map(\.path))
    #expect(EKSLogCollector.files.map(\.source) == inventory.map(\.source))
  }

  @Test("a row names items of the catalogue, or a reason", arguments: EKSLogCollector.files)
  func row(_ file: EKSLogCollector.File) {
    switch file.coverage {
    case .items(let ids):
      #expect(!ids.isEmpty)
      for id in ids { #expect(Catalog.artifact(id) != nil, "\(file.path): \(id)") }
    case .written: break
    case .leftOut(let reason): #expect(reason.split(separator: " ").count > 3, "\(file.path)")
    }
  }

  @Test("members get the script's names, and two members never get the same one")
  func names() {
    let pairs = [
      ("logs/aws-routed-eni/ipamd.log", "var_log/aws-routed-eni/ipamd.log"),
      (
        "logs/pods/kube-system_aws-node-x_1/aws-node/0.log",
        "var_log/kube-system_aws-node-x_1/aws-node/0.log"
      ),
      (
        "kubelet/config/etc/kubernetes/kubelet/config.json.d/40.conf",
        "kubelet/config.json.d/40.conf"
      ),
      ("ipamd/checkpoint/ipam.json", "ipamd/ipam.json"),
      ("net/routes4.txt", "networking/iproute.txt"),
      ("probe/summary.json", "cnitriage/probe/summary.json"),
      ("manifest.json", "cnitriage/manifest.json"),
    ]
    for (ours, theirs) in pairs { #expect(EKSLogCollector.memberPath(ours) == theirs) }
    var seen: [String: String] = [:]
    for artifact in Catalog.all + Catalog.cluster {
      let path = EKSLogCollector.memberPath(artifact.path)
      #expect(
        seen.updateValue(artifact.path, forKey: path).map { $0 == artifact.path } ?? true, "\(path)"
      )
    }
  }

  @Test("the published table says what the program does")
  func document() throws {
    var lines = [
      "# What replaces each file of eks-log-collector.sh", "",
      "Every file that the script (awslabs/amazon-eks-ami, version 0.7.9) can write, and the items of a bundle that",
      "hold the same. `cnitriage collect --list --profile full` says what an item reads. With `--layout eks` members get",
      "the script's names where it has one for the same content; the rest stands below `cnitriage/`.",
      "",
      "| file of the script | what it reads | in a bundle |", "|---|---|---|",
    ]
    for file in EKSLogCollector.files {
      let answer =
        switch file.coverage {
        case .items(let ids): ids.map { "`\($0)`" }.joined(separator: ", ")
        case .written: "written with `--layout eks`; else in the manifest"
        case .leftOut(let reason): "left out: \(reason)"
        }
      lines.append("| `\(file.path)` | \(file.source) | \(answer) |")
    }
    try expectGolden(lines.joined(separator: "\n") + "\n", "../docs/reference/eks-log-collector.md")
  }

  @Test(
    "on a node every item of the table is gathered or says why not, in both layouts",
    .enabled(if: Programs.canMakeNodes, "needs root and network namespaces"))
  func node() throws {
    let scratch = try Scratch()
    let node = try LabNode("healthy")
    let flags = ["--profile", "full", "--layout", "eks", "--probe-seconds", "2"]
    let collected = try node.collect(into: scratch, flags)
    let items = Dictionary(grouping: collected.summary.manifest.items, by: \.id)
    for file in EKSLogCollector.files {
      guard case .items(let ids) = file.coverage else { continue }
      for id in ids {
        let members = try #require(items[id.rawValue], "\(file.path): \(id) is not in the bundle")
        for member in members {
          let isExplained = ["ok", "empty"].contains(member.status) || member.reason != nil
          #expect(isExplained, "\(id): \(member.status)")
          #expect(!["failed", "error"].contains(member.status), "\(id): \(member.reason ?? "")")
        }
      }
    }
    #expect(collected.path.hasSuffix(".tar.gz"))
    let names = try Programs.run("/bin/tar", ["-tzf", collected.path]).output.split(separator: "\n")
    let expected = [
      "system/script-params.txt", "system/instance-id.txt", "var_log/aws-routed-eni/ipamd.log",
      "networking/iptables-save.txt", "networking/iprule.txt", "networking/iproute.txt",
      "ipamd/enis.json", "ipamd/ipam.json", "ipamd/metrics.json", "kubelet/kubelet.log",
      "cni/10-aws.conflist", "sysctls/sysctl_all.txt", "cnitriage/manifest.json",
    ]
    for path in expected { #expect(names.contains("./\(path)"), "\(path)") }
    #expect(names.count == Set(names).count)
    let report = try ReportDocument.of(collected.path)
    #expect(report.rules("critical", "error", "warning") == [])
    #expect(Set(report.not_evaluated.map(\.rule)).subtracting(ReportDocument.beyondTheLab) == [])
  }
}

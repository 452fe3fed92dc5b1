import BundleModel
import BundleReader
import FactStore
import Facts
import Foundation
import Testing

@testable import Analysis

@Suite("One node, gathered in three ways, gives the same facts")
struct LayoutFactsTests {
  /// Why a layout lacks an item that a bundle of ours has. An entry that ends with a dot stands for
  /// a whole group.
  static let lacked: [BundleKind: [String: String]] = [
    .eksLogCollector: [
      "host.": "uname, rpm and the like are printed in forms of their own, and read as such",
      "imds.": "the script asks for the instance's id, region and zone only",
      "kube.": "the script reads no objects",
      "identity.": "the script asks nothing about roles",
      "pods.": "the script enters no namespaces",
      "probe.": "the script times nothing but one call",
      "ebpf.": "the script has the policy agent's tool print in a form of its own",
      "kubelet.": "but for journal and configuration files the script has the unit only",
      "runtime.": "the script has containerd print in forms of its own",
      "system.": "units are listed, but of their files only the kubelet's are printed",
      "logs.": "listings, and the journals of other services, are not taken",
      "cni.": "but for configuration files nothing of the CNI's is taken",
      "ipamd.": "what is no answer of ipamd's server is not taken",
      "net.": "links, addresses, the other backend and configuration files are not taken",
      "sysctl.": "files that set parameters are not taken",
    ],
    .supportScript: [
      "host.": "nothing of the kind", "imds.": "nothing of the kind",
      "kube.": "of objects only the pods", "identity.": "nothing of the kind",
      "pods.": "nothing of the kind", "probe.": "nothing of the kind", "ebpf.": "it is older",
      "kubelet.": "nothing of the kubelet's own", "runtime.": "nothing of the kind",
      "system.": "the system log only", "logs.": "only the CNI's own",
      "cni.": "but for configuration files nothing of the CNI's is taken",
      "ipamd.": "what is no answer of ipamd's server is not taken",
      "net.": "rules of IPv4, and the default backend only",
      "sysctl.": "the reverse path filters only",
    ],
  ]

  /// Items that both have, of which a layout holds less by its nature.
  static let partly: [BundleKind: Set<ArtifactID>] = [
    .eksLogCollector: [
      .unitFiles, .units, .kubeletConfiguration, .resolver, .nodeadm, .runtimeConfiguration,
    ],
    .supportScript: [.unitFiles, .systemLog],
  ]

  /// Tables whose rows name a file, or say which of several places tells best, those that hold
  /// the rows of another table where a layout has one file for both, and those that are concluded
  /// from many items at once, one of which a layout may lack.
  static let chosen: Set<String> = [
    "iptables_chosen_table", "cni_setting", "cni_image", "sysctl_other", "replay_epoch",
    "path_verdict", "path_step", "pod_ip", "config_line",
  ]

  /// Where the old script had what a bundle with the names of eks-log-collector.sh has.
  private static let scriptNames = [
    ("ipamd/enis.json", "eni.out"), ("ipamd/eni-configs.json", "eni-configs.out"),
    ("ipamd/networkutils-env-settings.json", "networkutils-env.out"),
    ("ipamd/ipamd-env-settings.json", "ipamd-env.out"), ("ipamd/metrics.json", "metrics.out"),
    ("networking/iprule.txt", "iprule.out"), ("networking/iptables-save.txt", "iptables-save.out"),
    ("sysctls/sysctl_all.txt", "sysctls.out"), ("cnitriage/kube/pods.json", "kubelet.out"),
    ("cni", "cni"),
    ("var_log/aws-routed-eni/.", "."),
  ]

  /// A row without its place, and the items that its file holds.
  struct Row: Hashable {
    let table: String
    let values: [FactValue]
  }

  private struct FactSet {
    var rows: [Row: Int] = [:]
    /// Items of each row's file.
    var items: [Row: Set<ArtifactID>] = [:]
    var held: Set<ArtifactID> = []
    let kind: BundleKind

    init(_ path: String) throws {
      let bundle = try SupportBundle.open(.path(path))
      kind = bundle.kind
      var byPath: [String: Set<ArtifactID>] = [:]
      for member in bundle.members {
        guard let artifact = member.artifact else { continue }
        byPath[member.path, default: []].insert(artifact)
        held.insert(artifact)
      }
      let store = try LoadedFacts(bundle, database: nil).store
      for table in store.tables
      where !table.artifacts.isEmpty && !LayoutFactsTests.chosen.contains(table.name) {
        let result = try store.query("SELECT * FROM \(table.name)")
        let columns = result.columns
        let paths = columns.firstIndex(of: "artifact")
        for values in result.rows {
          var path = ""
          if let paths, case .text(let text) = values[paths] { path = text }
          let row = Row(
            table: table.name,
            values: zip(columns, values).filter { !["artifact", "line"].contains($0.0) }.map(\.1))
          rows[row, default: 0] += 1
          items[row, default: []].formUnion(byPath[path] ?? [])
        }
      }
    }
  }

  private func lines(_ rows: [Row: Int]) -> [String] {
    rows.map { "\($0.key.table) ×\($0.value): \($0.key.values)" }.sorted()
  }

  /// What differs and is not explained by what the layout lacks.
  private func difference(_ native: FactSet, _ other: FactSet) -> [String] {
    let partly = Self.partly[other.kind] ?? []
    var lost: [Row: Int] = [:]
    for (row, count) in native.rows {
      let items = native.items[row] ?? []
      let missing = count - (other.rows[row] ?? 0)
      // A row counts if the layout has every item that it was read from.
      guard missing > 0, !items.isEmpty, items.isSubset(of: other.held),
        items.isDisjoint(with: partly)
      else { continue }
      lost[row] = missing
    }
    var added: [Row: Int] = [:]
    for (row, count) in other.rows {
      let items = other.items[row] ?? []
      let surplus = count - (native.rows[row] ?? 0)
      guard surplus > 0, !items.contains(where: { $0.category == "foreign" }),
        items.isSubset(of: native.held)
      else { continue }
      added[row] = surplus
    }
    return lines(lost).map { "- " + $0 } + lines(added).map { "+ " + $0 }
  }

  private func expectSame(_ native: FactSet, _ other: FactSet) {
    let difference = difference(native, other)
    if !difference.isEmpty {
      print("\(other.kind.collector):\n" + difference.prefix(20).joined(separator: "\n"))
    }
    #expect(difference.count == 0, "\(other.kind)")
    let excuses = Self.lacked[other.kind] ?? [:]
    for item in native.held.subtracting(other.held) {
      #expect(
        excuses[item.rawValue] != nil || excuses[item.category + "."] != nil,
        "\(other.kind) lacks \(item), and nothing says why")
    }
    // Something must be left to compare.
    let shared = other.rows.keys.filter { native.rows[$0] != nil }
    #expect(shared.count > 100, "\(other.kind)")
  }

  @Test(
    "our bundle, a collection of eks-log-collector.sh, and one of the old script",
    .enabled(if: Programs.canMakeNodes, "needs root and network namespaces"))
  func sameFacts() throws {
    let scratch = try Scratch()
    let node = try LabNode("healthy")
    let collected = try node.collect(
      into: scratch, ["--profile", "full", "--layout", "eks", "--no-probes"])
    let names = Self.scriptNames.map { "[ -e ours/\($0.0) ] && cp -rp ours/\($0.0) \($0.1)" }
    let script = """
      set -e; cd '\(scratch.root.path)'
      mkdir ours && tar -C ours -xpf '\(collected.path)'
      cp -rp ours theirs
      # What `systemctl cat` prints is the files of the unit, each below its path.
      ( cd ours/cnitriage/system/unit-files
        find . -name kubelet.service -o -path '*kubelet.service.d/*' -type f | sort |
          while read -r file; do [ -f "$file" ] && printf '# %s\\n' "${file#.}" && cat "$file"; done
      ) > theirs/kubelet/kubelet_service.txt
      rm -r theirs/cnitriage
      tar -C theirs -czf eks_i-0a1b2c3d4e5f60718_2031-04-02_0925-UTC_0.7.9.tar.gz .
      mkdir -p old/var/log/aws-routed-eni
      set +e
      \(names.map { $0.replacingOccurrences(of: "ours/", with: "'\(scratch.root.path)'/ours/") }
        .map { "( cd old/var/log/aws-routed-eni && \($0) )" }.joined(separator: "\n"))
      set -e
      tar -C old -czf aws-cni-support.tar.gz var
      """
    let outcome = try Programs.run("/bin/bash", ["-c", script])
    try #require(outcome.code == 0, "\(outcome.errors)")
    let native = try FactSet(collected.path)
    #expect(native.kind == .native)
    let archive = try FactSet(
      scratch.path("eks_i-0a1b2c3d4e5f60718_2031-04-02_0925-UTC_0.7.9.tar.gz"))
    #expect(archive.kind == .eksLogCollector)
    expectSame(native, archive)
    let folder = try FactSet(scratch.path("theirs"))
    #expect(folder.rows == archive.rows)
    let old = try FactSet(scratch.path("aws-cni-support.tar.gz"))
    #expect(old.kind == .supportScript)
    expectSame(native, old)
    try checkReport(scratch)
  }

  /// What a user sees of it.
  private func checkReport(_ scratch: Scratch) throws {
    let name = "eks_i-0a1b2c3d4e5f60718_2031-04-02_0925-UTC_0.7.9.tar.gz"
    let outcome = try Programs.analyze([scratch.path(name)])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("eks-log-collector.sh 0.7.9"))
    let report = try ReportDocument.of(scratch.path(name))
    #expect(report.rules("critical", "error") == [])
    #expect(report.not_evaluated.contains { $0.item == "imds.reach" })
  }
}

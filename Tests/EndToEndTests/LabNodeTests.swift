import Foundation
import Testing

extension WholeNodes {
  @Suite("From a lab node to a report")
  struct LabNodeTests {
    /// What a variant must show, and which other rules may say so too.
    struct Case: CustomTestStringConvertible, Sendable {
      let variant: String
      let severity: String
      let rule: String
      var consequences: Set<String> = []
      var testDescription: String { variant }
    }

    static let broken = [
      Case(variant: "forward-drop", severity: "critical", rule: "forwarding/policy-drop"),
      Case(variant: "forward-drop-legacy", severity: "critical", rule: "forwarding/policy-drop"),
      Case(variant: "no-own-role", severity: "warning", rule: "iam/no-own-role"),
      Case(
        variant: "subnet-exhausted", severity: "critical", rule: "ipam/pool-exhausted",
        consequences: ["subnet/no-free-addresses", "kubelet/sandbox-failures"]),
      Case(variant: "leaked-ip", severity: "error", rule: "ipam/leaked-ip"),
    ]

    @Test("a healthy node yields nothing above info")
    func healthy() throws {
      let found = try SharedNodes.evidence("healthy")
      let lost = found.summary.manifest.items.filter { ["timeout", "failed"].contains($0.status) }
      #expect(found.code == 0, "\(lost.map { "\($0.id): \($0.reason ?? "")" })")
      #expect(found.summary.manifest.complete)
      let report = found.report
      #expect(report.rules("critical", "error", "warning") == [])
      #expect(Set(report.not_evaluated.map(\.rule)).subtracting(ReportDocument.beyondTheLab) == [])
    }

    @Test(
      "a broken node yields its finding and nothing that isn't a consequence", arguments: broken)
    func variant(_ test: Case) throws {
      let report = try SharedNodes.evidence(test.variant).report
      #expect(report.rules(test.severity).contains(test.rule))
      #expect(
        report.rules("critical", "error").subtracting(test.consequences).subtracting([test.rule])
          == [])
      let finding = try #require(report.findings.first { $0.rule == test.rule })
      let evidence = try #require(finding.evidence.first)
      #expect(evidence.excerpt?.isEmpty == false)
    }

    @Test("the offending line of a dropping chain is cited as the file has it")
    func evidence() throws {
      let scratch = try Scratch()
      let collected = try SharedNodes.evidence("forward-drop")
      let finding = try #require(
        collected.report.findings.first { $0.rule == "forwarding/policy-drop" })
      let evidence = try #require(finding.evidence.first { $0.path == "net/iptables-save.txt" })
      let folder = scratch.path("unpacked")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      #expect(
        try Programs.run("/bin/tar", ["--zstd", "-xf", collected.path, "-C", folder]).code == 0)
      let top = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first)
      let text = try String(
        contentsOfFile: "\(folder)/\(top)/\(evidence.path)", encoding: .utf8)
      let line = text.split(separator: "\n", omittingEmptySubsequences: false)[
        try #require(evidence.line) - 1]
      #expect(line.hasPrefix(":FORWARD DROP"))
      #expect(evidence.excerpt == String(line))
    }

    @Test("every tar reads the bundle, and checksums agree with the manifest")
    func archive() throws {
      let scratch = try Scratch()
      let collected = try SharedNodes.evidence("healthy")
      let lists = try [
        Programs.run("/bin/tar", ["tf", collected.path]),
        Programs.run("/usr/bin/bsdtar", ["tf", collected.path]),
      ]
      #expect(lists[0].code == 0 && lists[1].code == 0)
      #expect(lists[0].output == lists[1].output)
      #expect(lists[0].output.split(separator: "\n").last?.hasSuffix("/manifest.json") == true)
      let folder = scratch.path("unpacked")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      _ = try Programs.run("/bin/tar", ["--zstd", "-xf", collected.path, "-C", folder])
      let top = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first)
      for item in collected.summary.manifest.items {
        guard let path = item.path else { continue }
        let sum = try Programs.run("/usr/bin/sha256sum", ["\(folder)/\(top)/\(path)"])
        #expect(sum.output.hasPrefix(try #require(item.sha256)), "\(path)")
      }
      let whole = try Programs.run("/usr/bin/sha256sum", [collected.path])
      #expect(whole.output.hasPrefix(collected.summary.sha256))
    }

    @Test("an unpacked bundle gives the same report as its archive")
    func unpacked() throws {
      let scratch = try Scratch()
      let collected = try SharedNodes.evidence("forward-drop")
      let folder = scratch.path("unpacked")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      _ = try Programs.run("/bin/tar", ["--zstd", "-xf", collected.path, "-C", folder])
      let (archive, tree) = (collected.report, try ReportDocument.of(folder))
      #expect(archive.findings.map(\.rule) == tree.findings.map(\.rule))
      #expect(archive.findings.map(\.message) == tree.findings.map(\.message))
    }

    /// A tool that is broken in one way, and the status that it must have.
    struct Fault: CustomTestStringConvertible, Sendable {
      let kind: String
      let status: String
      var testDescription: String { kind }
    }

    @Test(
      "a broken tool costs its own item only, and rules that need it are unknown by its name",
      arguments: [
        Fault(kind: "hanging", status: "timeout"), Fault(kind: "failing", status: "failed"),
        Fault(kind: "missing", status: "missing"),
      ])
    func brokenTool(_ test: Fault) throws {
      let scratch = try Scratch()
      // With either program the rules of this backend could still be read.
      let node = try LabNode(
        "healthy", faults: ["iptables-save", "iptables-nft-save"].map { "\(test.kind):\($0)" })
      let plan = try plan(of: node, in: scratch, seconds: 3) {
        $0.hasPrefix("net.iptables") || $0 == "net.forward_policy"
      }
      let start = ContinuousClock.now
      let collected = try node.collect(into: scratch, ["--no-probes", "--plan", plan])
      #expect(ContinuousClock.now - start < .seconds(60))
      #expect(try collected.item("net.iptables_save").status == test.status)
      #expect(try collected.item("ipamd.enis").status == "ok")
      #expect(try collected.item("net.rules").status == "ok")
      let report = try ReportDocument.of(collected.path)
      let unknown = try #require(
        report.not_evaluated.first { $0.rule == "forwarding/policy-drop" })
      #expect(unknown.text.contains("net.iptables_save"))
    }

    /// A plan in which some items have another time limit.
    private func plan(
      of node: LabNode, in scratch: Scratch, seconds: Int, where isMeant: (String) -> Bool
    ) throws -> String {
      let printed = try node.exec([Programs.cnitriage, "collect", "--dry-run", "--json"]).output
      var plan = try #require(
        JSONSerialization.jsonObject(with: Data(printed.utf8)) as? [String: Any])
      plan["items"] = try #require(plan["items"] as? [[String: Any]]).map { item in
        let isShort = isMeant(item["id"] as? String ?? "")
        return isShort ? item.merging(["timeout_s": seconds]) { $1 } : item
      }
      let file = scratch.path("plan.json")
      try JSONSerialization.data(withJSONObject: plan).write(to: URL(filePath: file))
      _ = unsafe chmod(file, 0o600)
      return file
    }

    @Test("a tool that floods is cut at its cap")
    func flood() throws {
      let scratch = try Scratch()
      let node = try LabNode("healthy", faults: ["flooding:iptables-save"])
      let collected = try node.collect(into: scratch)
      #expect(try collected.item("net.iptables_save").status == "partial")
    }

    @Test("a bundle streams from the node straight into the analyzer")
    func stream() throws {
      let node = try SharedNodes.node("forward-drop")
      let command = "'\(Programs.cnitriage)' collect --no-probes -q -o -"
      let pipe = try Programs.run(
        "/bin/bash",
        [
          "-c",
          "'\(Programs.lab)' exec \(node.name) -- \(command) | "
            + "'\(Programs.cnitriage)' analyze - --format json",
        ])
      #expect(pipe.code == 0, "\(pipe.errors)")
      #expect(pipe.output.contains("forwarding/policy-drop"))
    }

    @Test("Ctrl-C keeps what is gathered and exits 130")
    func interrupt() throws {
      let scratch = try Scratch()
      let node = try LabNode("healthy", faults: ["hanging:iptables-save"])
      let run = try Running(
        Programs.lab,
        [
          "exec", node.name, "--", Programs.cnitriage, "collect", "--no-probes", "--ascii", "-o",
          scratch.root.path,
        ])
      try run.wait(for: "a part of the bundle") { run.errors.contains(" net.rules ") }
      run.signal(SIGINT)
      let outcome = run.end()
      #expect(outcome.code == 130, "\(outcome.errors)")
      let bundle = try #require(scratch.names.first { $0.hasSuffix(".tar.zst") })
      let report = try ReportDocument.of(scratch.path(bundle))
      #expect(report.not_evaluated.contains { $0.rule == "forwarding/policy-drop" })
    }

    @Test("secrets of the node's files and logs are not in the bundle, and nothing else is written")
    func secrets() throws {
      let scratch = try Scratch()
      let node = try LabNode("healthy")
      let key = "AKIA" + "ABCDEFGHIJKLMNOP"
      let password = "Correct-Horse-42"
      let script = """
        set -e
        echo '{"level":"error","ts":"2031-01-01T00:00:00.000Z","msg":"key \(key) refused"}' \
          >> /var/log/aws-routed-eni/plugin.log
        echo 'DATABASE_PASSWORD=\(password)' >> /etc/eks/kubelet/environment
        mkdir '\(scratch.path("cwd"))'; cd '\(scratch.path("cwd"))'
        '\(Programs.cnitriage)' collect --no-probes -q -o '\(scratch.path("b.tar.zst"))'
        """
      let outcome = try node.exec(["/bin/bash", "-c", script])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let dump = try Programs.run("/bin/tar", ["--zstd", "-xOf", scratch.path("b.tar.zst")])
      #expect(dump.output.contains("DATABASE_PASSWORD"))
      #expect(!dump.output.contains(key))
      #expect(!dump.output.contains(password))
      #expect(
        scratch.names.filter { !["out", "err"].contains($0) } == [
          "b.tar.zst", "b.tar.zst.sha256", "cwd",
        ])
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("cwd")) == [])
    }

    @Test("a full disk is one clear error, and leaves nothing behind")
    func fullDisk() throws {
      let node = try SharedNodes.node("healthy")
      let script = """
        set -e; d=$(mktemp -d); mount -t tmpfs -o size=16k tmpfs $d
        '\(Programs.cnitriage)' collect -o $d && code=0 || code=$?
        ls -A $d; umount $d; rmdir $d; exit $code
        """
      let outcome = try node.exec(["/usr/bin/unshare", "-m", "/bin/bash", "-c", script])
      #expect(outcome.code == 6)
      #expect(outcome.errors.contains("[E202]"))
      #expect(outcome.output == "")
    }
  }
}

import Foundation
import Testing

extension WholeNodes {
  @Suite("Masked bundles")
  struct MaskedBundleTests {
    static let variants = [
      "healthy", "forward-drop", "no-own-role", "subnet-exhausted", "leaked-ip",
    ]

    private struct Map: Decodable {
      let schema: String
      let redaction: String
      let pairs: [String: String]
    }

    private func map(_ path: String) throws -> Map {
      try JSONDecoder().decode(Map.self, from: Data(contentsOf: URL(filePath: path)))
    }

    private func text(_ bundle: String) throws -> String {
      let bytes = try Programs.run("/bin/tar", ["--zstd", "-xOf", bundle])
      let names = try Programs.run("/bin/tar", ["--zstd", "-tf", bundle])
      return bytes.output + names.output
    }

    /// The report as JSON, with what differs between two runs of the tool left out.
    private func report(_ bundle: String, _ arguments: [String] = []) throws -> String {
      let outcome = try Programs.analyze([bundle, "--format", "json"] + arguments)
      try #require(outcome.code == 0, "\(outcome.errors)")
      return outcome.output
    }

    @Test(
      "a masked bundle gives the same rules as the clear one, and the map leads back",
      arguments: variants)
    func sameRules(variant: String) throws {
      let scratch = try Scratch()
      let found = try SharedNodes.evidence(variant)
      let (clear, before) = (found.path, found.report)
      for level in ["names", "addresses"] {
        let masked = scratch.path("\(level).tar.zst")
        let outcome = try Programs.run(
          Programs.cnitriage, ["redact", clear, "--redact", level, "-o", masked])
        try #require(outcome.code == 0, "\(outcome.errors)")
        let after = try ReportDocument.of(masked)
        #expect(after.findings.map(\.rule) == before.findings.map(\.rule))
        #expect(after.findings.map(\.severity) == before.findings.map(\.severity))
        #expect(after.not_evaluated.map(\.rule) == before.not_evaluated.map(\.rule))
        let pairs = try map(masked + ".map.json")
        #expect(pairs.schema == "cnitriage.map/1" && pairs.redaction == level)
        let back = try JSONDecoder().decode(
          ReportDocument.self,
          from: Data(try report(masked, ["--unmask", masked + ".map.json"]).utf8))
        #expect(back.findings.map(\.message).sorted() == before.findings.map(\.message).sorted())
      }
    }

    @Test("nothing that the map names is left in the bundle, and the map is not in it")
    func concealed() throws {
      let scratch = try Scratch()
      let node = try SharedNodes.node("leaked-ip")
      let outcome = try node.exec([
        Programs.cnitriage, "collect", "-q", "--redact", "addresses", "--probe-seconds", "5", "-o",
        scratch.root.path,
      ])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let name = try #require(scratch.names.first { $0.hasSuffix(".tar.zst") })
      let bundle = scratch.path(name)
      let map = try map(bundle + ".map.json")
      let attributes = try FileManager.default.attributesOfItem(atPath: bundle + ".map.json")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let text = try text(bundle) + name
      #expect(!text.contains("\(name).map.json") && map.pairs.count > 50)
      let pseudonyms = Set(map.pairs.keys)
      let words = Set(
        text.split { !($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }.map(String.init))
      for (pseudonym, clear) in map.pairs where pseudonym != clear {
        let isDistinct =
          clear.contains { $0.isNumber } && clear.utf8.count > 6 && !pseudonyms.contains(clear)
        if isDistinct { #expect(!words.contains(clear), "\(clear)") }
      }
      #expect(Set(map.pairs.values).count == map.pairs.count, "two pseudonyms for one name")
      let again = try Programs.run(
        Programs.cnitriage, ["redact", bundle, "-o", scratch.path("b.tar.zst")])
      #expect(again.code == 2 && again.errors.contains("E204"))
    }

    @Test("secrets in clear need a second word, and are marked")
    func none() throws {
      let scratch = try Scratch()
      let node = try SharedNodes.node("healthy")
      let refused = try node.exec([Programs.cnitriage, "collect", "--redact", "none"])
      #expect(refused.code == 2 && refused.errors.contains("--yes-include-secrets"))
      let collected = try node.collect(
        into: scratch, ["--redact", "none", "--yes-include-secrets", "--only", "host"])
      let manifest = try Programs.run(
        "/bin/tar", ["--zstd", "-xOf", collected.path, "--wildcards", "*/manifest.json"])
      #expect(manifest.output.contains("\"redaction\":\"none\""))
    }

    @Test("any archive can be masked; hostile ones are refused, compressed members left out")
    func foreign() throws {
      let scratch = try Scratch()
      let folder = scratch.path("eks_i-0a1b2c3d4e5f67890")
      try FileManager.default.createDirectory(
        atPath: folder + "/networking", withIntermediateDirectories: true)
      try "10.42.7.0/24 dev eth0 scope link src 10.42.7.19\npassword=hunter2\n".write(
        toFile: folder + "/networking/iproute.txt", atomically: true, encoding: .utf8)
      try Data([0x1F, 0x8B, 8, 0]).write(to: URL(filePath: folder + "/networking/old.log.gz"))
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link", withDestinationPath: "/etc/passwd")
      let archive = scratch.path("eks_i-0a1b2c3d4e5f67890.tar.gz")
      _ = try Programs.run(
        "/bin/tar", ["-czf", archive, "-C", scratch.root.path, "eks_i-0a1b2c3d4e5f67890"])
      for input in [archive, folder] {
        let output = scratch.path("out.tar.zst")
        let outcome = try Programs.run(Programs.cnitriage, ["redact", input, "-o", output])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("old.log.gz") && outcome.errors.contains("ignored"))
        let text = try text(output)
        for clear in ["10.42.7.", "hunter2", "0a1b2c3d4e5f67890", "old.log", "root:"] {
          #expect(!text.contains(clear) || (clear == "0a1b2c3d4e5f67890" && input == folder))
        }
        #expect(text.contains("scope link src 10."))
        for name in ["out.tar.zst", "out.tar.zst.map.json"] {
          try FileManager.default.removeItem(atPath: scratch.path(name))
        }
      }
      let refused = try Programs.run(
        Programs.cnitriage, ["redact", "/etc/os-release", "-o", scratch.path("x")])
      #expect(refused.code == 3 && refused.errors.contains("E302"))
    }

    @Test("a map that is none, or was made to harm, is refused")
    func maps() throws {
      let scratch = try Scratch()
      let path = scratch.path("m.json")
      for text in [
        "", "{}", #"{"schema":"x","pairs":{}}"#,
        #"{"schema":"cnitriage.map/1","pairs":{"a":"b\u001b[31m"}}"#,
      ] {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let outcome = try Programs.analyze(["/nowhere", "--unmask", path])
        #expect(outcome.code == 3 && outcome.errors.contains("E307"), "\(outcome.errors)")
      }
    }
  }
}

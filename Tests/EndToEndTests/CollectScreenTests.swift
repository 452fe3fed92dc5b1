import Foundation
import Testing

/// What a user of `collect` sees, asks for, and is told.
@Suite(
  "The screen and the flags of collect", .serialized, .enabled(if: geteuid() == 0, "needs root"))
struct CollectScreenTests {
  private func collect(_ arguments: [String]) throws -> Programs.Outcome {
    try Programs.run(Programs.cnitriage, ["collect"] + arguments)
  }

  /// Wrong arguments, and what the message must name.
  struct Mistake: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let words: [String]
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let mistakes: [Mistake] = [
    Mistake(arguments: ["--fromat", "tar.gz"], words: ["[E101]", "did you mean '--format'?"]),
    Mistake(
      arguments: ["--since", "yesterday"], words: ["[E102]", "90m, 24h, 7d", "--since 24h"]),
    Mistake(
      arguments: ["--only", "net.iptables_sav"], words: ["[E103]", "nearest: net.iptables_save"]),
    Mistake(arguments: ["--items", "/nowhere.json"], words: ["[E104]", "/nowhere.json"]),
    Mistake(arguments: ["--json", "-o", "-"], words: ["[E101]", "standard output"]),
    Mistake(arguments: ["--reproducible"], words: ["SOURCE_DATE_EPOCH"]),
    Mistake(arguments: ["--timeout", "0"], words: ["--timeout"]),
    Mistake(arguments: ["--label", "x"], words: ["key=value"]),
  ]

  @Test("a wrong argument ends with 2, and says what to do", arguments: mistakes)
  func wrongArgument(_ mistake: Mistake) throws {
    let outcome = try collect(["--no-imds"] + mistake.arguments)
    #expect(outcome.code == 2, "\(outcome.errors)")
    for word in mistake.words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
  }

  @Test("with --json every error is the one document on standard output")
  func jsonErrors() throws {
    for arguments in [["--json", "--fromat"], ["--json", "--since", "x"]] {
      let outcome = try collect(arguments)
      #expect(outcome.code == 2)
      let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
      #expect((document as? [String: Any])?["schema"] as? String == "cnitriage.error/1")
    }
  }

  @Test("the list of items fits 80 columns but for what must be copied whole")
  func list() throws {
    let outcome = try collect(["--list", "--profile", "full"])
    #expect(outcome.code == 0)
    let lines = outcome.output.split(separator: "\n")
    let columns = try #require(lines.first).split(separator: " ")
    #expect(columns == ["ITEM", "TIER", "TYPICAL", "CAP", "HOLDS", "READS"])
    let log = try #require(lines.first { $0.hasPrefix("logs.ipamd ") })
    #expect(log.contains("M     20 MiB   128 MiB  names      /var/log/aws-rout"))
    #expect(lines.count > 50)
    for line in lines { #expect(line.count <= 80, "\(line)") }
  }

  @Test("a plan that a dry run printed can be edited and used")
  func plan() throws {
    let scratch = try Scratch()
    let printed = try collect(["--dry-run", "--json", "--only", "host.identity,host.os_release"])
    #expect(printed.code == 0)
    var plan = try #require(
      JSONSerialization.jsonObject(with: Data(printed.output.utf8)) as? [String: Any])
    var items = try #require(plan["items"] as? [[String: Any]])
    #expect(items.count == 2)
    items.removeAll { $0["id"] as? String == "host.identity" }
    items[0]["cap_bytes"] = 16
    plan["items"] = items
    let file = scratch.path("plan.json")
    try JSONSerialization.data(withJSONObject: plan).write(to: URL(filePath: file))
    _ = unsafe chmod(file, 0o600)
    let outcome = try collect([
      "--plan", file, "--no-imds", "--min-free", "1", "--json", "-o", scratch.root.path,
    ])
    let summary = try JSONDecoder().decode(
      LabNode.Summary.self, from: Data(outcome.output.utf8))
    let item = try #require(summary.manifest.items.first { $0.id == "host.os_release" })
    #expect(item.status == "partial")
    #expect(summary.manifest.items.first { $0.id == "host.identity" }?.status == "skipped")
  }

  @Test("a file that others may write to is no list of items")
  func trust() throws {
    let scratch = try Scratch()
    let file = scratch.path("items.json")
    try Data(#"[{"id":"custom.a","argv":["/bin/echo"]}]"#.utf8).write(to: URL(filePath: file))
    _ = unsafe chmod(file, 0o666)
    let outcome = try collect(["--items", file, "--list"])
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("others than its owner"))
  }

  @Test(
    "items of one's own have an absolute program, a loopback page or a file",
    arguments: [
      #"[{"id":"custom.a","argv":["echo"]}]"#, #"[{"id":"custom.a","http":"http://10.0.0.1/x"}]"#,
      #"[{"id":"net.a","argv":["/bin/echo"]}]"#, #"[{"id":"custom.a"}]"#,
      #"[{"id":"custom.a","path":"relative"}]"#, #"{"id":1}"#,
    ])
  func customItems(_ json: String) throws {
    let scratch = try Scratch()
    let file = scratch.path("items.json")
    try Data(json.utf8).write(to: URL(filePath: file))
    _ = unsafe chmod(file, 0o600)
    let outcome = try collect(["--items", file, "--list"])
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("[E104]"))
  }

  @Test("equal input gives equal bytes when time stands still")
  func reproducible() throws {
    let scratch = try Scratch()
    var sums: [String] = []
    for name in ["a", "b"] {
      // No two runs fall into one second, or a time that slipped in would not be seen.
      if name == "b" { usleep(1_100_000) }
      let outcome = try Programs.run(
        "/usr/bin/env",
        [
          "SOURCE_DATE_EPOCH=1700000000", Programs.cnitriage, "collect", "--reproducible",
          "--no-imds", "--min-free", "1", "--only", "host.os_release,host.cmdline", "-q", "-o",
          scratch.path("\(name).tar.zst"),
        ])
      #expect(outcome.code == 0, "\(outcome.errors)")
      sums.append(
        String(
          try Programs.run("/usr/bin/sha256sum", [scratch.path("\(name).tar.zst")]).output.prefix(
            64)))
    }
    #expect(sums[0] == sums[1])
  }

  @Test("labels and the case id stand in the manifest, the case id also in the name")
  func labels() throws {
    let scratch = try Scratch()
    let outcome = try collect([
      "--no-imds", "--min-free", "1", "--only", "host.os_release", "--label", "team=net", "--case",
      "12345", "--json", "-o", scratch.root.path,
    ])
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let manifest = try #require(document["manifest"] as? [String: Any])
    #expect(manifest["labels"] as? [String: String] == ["team": "net"])
    #expect(manifest["case_id"] as? String == "12345")
    #expect((document["path"] as? String)?.contains("cnitriage-12345-") == true)
    let platform = try #require(manifest["platform"] as? [String: Any])
    #expect(platform["family"] is String && platform["eks"] is String)
  }

  @Test("only a terminal gets colours and redrawn lines; every line fits 80 columns")
  func terminal() throws {
    let scratch = try Scratch()
    let command =
      "stty cols 80; '\(Programs.cnitriage)' collect --no-imds --min-free 1 --only host,net "
      + "-o '\(scratch.root.path)'"
    let pty = try Programs.run(
      "/usr/bin/env",
      [
        "-u", "NO_COLOR", "-u", "COLUMNS", "TERM=xterm", "/usr/bin/script", "-qec", command,
        "/dev/null",
      ])
    #expect(pty.output.contains("\u{1B}[32mok\u{1B}[0m"), "\(pty.output)")
    let pipe = try collect([
      "--no-imds", "--min-free", "1", "--only", "host,net", "--ascii", "-o", scratch.root.path,
      "--force-parallel",
    ])
    #expect(!pipe.errors.contains("\u{1B}"))
    #expect(pipe.errors.utf8.allSatisfy { $0 < 0x7F })
    for line in pipe.errors.split(separator: "\n")
    where !line.contains("/") || line.hasPrefix("  ") {
      #expect(line.hasPrefix("         ") || line.hasPrefix("Next") || line.count <= 80, "\(line)")
    }
    #expect(pipe.errors.contains(" items: "))
    #expect(pipe.errors.contains("\nSHA-256  "))
  }

  @Test("progress as JSON is one document a line")
  func jsonProgress() throws {
    let scratch = try Scratch()
    let outcome = try collect([
      "--no-imds", "--min-free", "1", "--only", "host.os_release,host.cmdline", "--progress",
      "json", "-o", scratch.root.path,
    ])
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines {
      let item = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(item?["event"] as? String == "item")
    }
  }

  @Test("a machine that is no node of EKS gets one notice, or exit 3 on demand")
  func notEKS() throws {
    let scratch = try Scratch()
    let root = scratch.path("root")
    try FileManager.default.createDirectory(
      atPath: root + "/etc", withIntermediateDirectories: true)
    try Data("ID=alpine\nVERSION_ID=3.20\n".utf8).write(to: URL(filePath: root + "/etc/os-release"))
    let base = ["--no-imds", "--min-free", "1", "--only", "host.os_release", "--host-root", root]
    let plain = try collect(base + ["-o", scratch.root.path])
    #expect(plain.code == 0, "\(plain.errors)")
    #expect(plain.errors.contains("Not an EKS node: looked for"))
    let strict = try collect(base + ["--strict-eks", "-o", scratch.root.path])
    #expect(strict.code == 3)
  }

  @Test("--check analyzes the bundle at once")
  func check() throws {
    let scratch = try Scratch()
    let outcome = try collect([
      "--no-imds", "--min-free", "1", "--only", "host,net", "--check", "-o", scratch.root.path,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("analyze"))
    #expect(outcome.output.contains("--fail-on"))
  }
}

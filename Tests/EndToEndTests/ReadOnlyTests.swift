import Foundation
import Testing

/// A fresh network namespace is a kernel that nobody has asked anything yet: whatever a question
/// creates or loads shows.
@Suite(
  "Gathering the network changes nothing",
  .enabled(if: Programs.canMakeNodes, "needs root to make a network namespace"))
struct ReadOnlyTests {
  @Test("no module is loaded and no table appears when everything is asked in a fresh namespace")
  func nothingAppears() throws {
    let name = "cnitriage-fresh-\(getpid())"
    let made = try Programs.run("/usr/sbin/ip", ["netns", "add", name])
    try #require(made.code == 0, "\(made.errors)")
    defer { _ = try? Programs.run("/usr/sbin/ip", ["netns", "delete", name]) }
    func inside(_ program: String, _ arguments: [String]) throws -> Programs.Outcome {
      try Programs.run("/usr/sbin/ip", ["netns", "exec", name, program] + arguments)
    }
    func state() throws -> [String] {
      // A kernel without modules has no such file; the list of built-in parts stands for it.
      let modules = (try? String(contentsOfFile: "/proc/modules", encoding: .utf8)) ?? ""
      let names = modules.split(separator: "\n").map { $0.prefix { $0 != " " } }.sorted()
      let parts = try FileManager.default.contentsOfDirectory(atPath: "/sys/module").sorted()
      let legacy = try ["ip_tables_names", "ip6_tables_names"].map { file in
        try inside("/bin/cat", ["/proc/thread-self/net/\(file)"]).output
      }
      let tables = try inside("/usr/sbin/nft", ["list", "tables"]).output
      let links = try inside("/usr/sbin/ip", ["-br", "link"]).output
      return ["\(names)", "\(parts)", "\(legacy)", tables, links]
    }
    let before = try state()
    #expect(before[3].isEmpty)
    let scratch = try Scratch()
    let outcome = try inside(
      Programs.cnitriage,
      [
        "collect", "--profile", "full", "--only", "net,pods,ebpf", "--no-imds", "--output",
        scratch.path("bundle.tar.zst"),
      ])
    #expect([0, 4].contains(outcome.code), "\(outcome.errors)")
    #expect(scratch.names.contains("bundle.tar.zst"))
    #expect(try state() == before)
  }
}

import Foundation
import Testing

/// How runs of `collect` end that somebody else ends, or stands in the way of.
@Suite(
  "Runs that are ended, repeated or crossed", .serialized,
  .enabled(if: geteuid() == 0, "needs root"))
struct CollectEndTests: CollectingHere {
  @Test("gathering again and again ends with the signal, and keeps the newest bundles")
  func repetition() throws {
    let scratch = try Scratch()
    let run = try Running(
      Programs.cnitriage,
      [
        "collect", "--no-imds", "--min-free", "1", "--only", "host.identity", "--every", "10",
        "--keep", "1", "-q", "-o", scratch.root.path,
      ])
    try run.wait(for: "the second bundle") { run.output.split(separator: "\n").count == 2 }
    run.signal(SIGTERM)
    let outcome = run.end()
    #expect(outcome.code == 143)
    #expect(scratch.names.filter { $0.hasSuffix(".tar.zst") }.count == 1)
    #expect(outcome.output.split(separator: "\n").count == 2)
  }

  @Test("two runs for one folder: the second one says who is in the way")
  func twice() throws {
    let scratch = try Scratch()
    let waiting = try program(
      scratch, "tool", "until [ -e '\(scratch.path("go"))' ]; do sleep 0.05; done")
    let file = try items(scratch, #"[{"id":"custom.slow","argv":["\#(waiting)"],"timeout":280}]"#)
    let first = try Running(
      Programs.cnitriage,
      [
        "collect", "--no-imds", "--min-free", "1", "--items", file, "--only", "custom", "-q", "-o",
        scratch.root.path,
      ])
    try first.wait(for: "the first run's bundle") {
      scratch.names.contains { $0.hasSuffix(".partial") }
    }
    let second = try collect(["--only", "host.identity", "-o", scratch.root.path])
    #expect(second.code == 6)
    #expect(second.errors.contains("[E204]"))
    let third = try collect([
      "--only", "host.identity", "--force-parallel", "-q", "-o", scratch.path("third.tar.zst"),
    ])
    #expect(third.code == 0, "\(third.errors)")
    try Data().write(to: URL(filePath: scratch.path("go")))
    #expect(first.end().code == 0)
  }

  /// When the user presses Ctrl-C.
  enum Moment: String, Sendable, CaseIterable {
    case atTheStart = "as soon as there is a file"
    case whileItRuns = "while a program runs"
    case later = "when much else is gathered"
  }

  @Test("Ctrl-C at any moment leaves a readable archive", arguments: Moment.allCases)
  func interrupted(_ moment: Moment) throws {
    let scratch = try Scratch()
    let mark = scratch.path("started")
    let tool = try program(scratch, "tool", "echo x > '\(mark)'; exec sleep 900")
    let file = try items(scratch, #"[{"id":"custom.slow","argv":["\#(tool)"],"timeout":280}]"#)
    let run = try Running(
      Programs.cnitriage,
      [
        "collect", "--no-imds", "--min-free", "1", "--items", file, "--only",
        "custom,host,net,sysctl,system", "-q", "-o", scratch.root.path,
      ])
    try run.wait(for: "a file") { scratch.names.contains { $0.hasSuffix(".partial") } }
    if moment != .atTheStart {
      try run.wait(for: "the program") { FileManager.default.fileExists(atPath: mark) }
    }
    if moment == .later { sleep(1) }
    run.signal(SIGINT)
    let outcome = run.end()
    #expect(outcome.code == 130, "\(outcome.errors)")
    let manifest = try manifest(try bundle(in: scratch.root.path))
    #expect(manifest.end_reason == "sigint")
    #expect(manifest.items.first { $0.id == "custom.slow" }?.status == "aborted")
    #expect(scratch.names.filter { $0.hasSuffix(".partial") } == [])
  }

  @Test(
    "a reader of standard output that goes away ends the run, and is no failure of the tool",
    arguments: [false, true])
  func closedPipe(_ isQuiet: Bool) throws {
    let scratch = try Scratch()
    let noise = try program(scratch, "noise", "head -c 8000000 /dev/urandom | base64 -w 0")
    let slow = try program(scratch, "slow", "exec sleep 250")
    let file = try items(
      scratch,
      #"[{"id":"custom.a","argv":["\#(noise)"],"cap":40000000,"timeout":200},"#
        + #"{"id":"custom.b","argv":["\#(slow)"],"timeout":250}]"#)
    let command =
      "'\(Programs.cnitriage)' collect --no-imds --only custom --items '\(file)' -o - "
      + (isQuiet ? "-q " : "") + "| head -c 100 | wc -c; echo ${PIPESTATUS[0]}"
    let start = ContinuousClock.now
    let outcome = try Programs.run("/bin/bash", ["-c", command])
    #expect(ContinuousClock.now - start < .seconds(120))
    #expect(outcome.output == "100\n0\n", "\(outcome.errors)")
    #expect(!outcome.errors.contains("error:"))
    // The bundle is not whole, which only who asked for no words is not told.
    let words = "the reader of standard output went away; what it got of the bundle is not whole"
    #expect(outcome.errors.contains(words) == !isQuiet, "\(outcome.errors)")
  }
}

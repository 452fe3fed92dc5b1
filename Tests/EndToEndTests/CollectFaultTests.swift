import Foundation
import Testing

/// Runs of `collect` on a machine that is in trouble: whatever happens, one clear message, the right
/// exit code, and nothing half-done under a final name.
@Suite(
  "Gathering on a node in trouble", .serialized,
  .enabled(if: geteuid() == 0, "needs root and mount namespaces"))
struct CollectFaultTests: CollectingHere {
  /// A program that misbehaves, and the status of its item.
  struct Fault: CustomTestStringConvertible, Sendable {
    let name: String
    let script: String
    let status: String
    /// The item's time limit in seconds: short only where it is to be reached.
    var seconds = 60
    var testDescription: String { name }
  }

  static let faults = [
    Fault(name: "hangs", script: "echo part; sleep 900", status: "timeout", seconds: 1),
    Fault(
      name: "ignores the polite signal, and so do its children",
      script: "trap '' TERM; (trap '' TERM; sleep 900) & sleep 900 & wait; sleep 900",
      status: "timeout", seconds: 1),
    Fault(
      name: "leaves a child of another session that keeps the output open",
      script: "setsid sleep 50 & echo done", status: "ok"),
    Fault(name: "is killed", script: "echo part; kill -9 $$", status: "failed"),
    Fault(name: "floods", script: "exec yes", status: "partial"),
    Fault(
      name: "closes its output and goes on", script: "exec >&- 2>&-; sleep 900", status: "timeout",
      seconds: 1),
    Fault(name: "writes no text", script: #"printf '\xff\xfe\x00\x80'"#, status: "ok"),
  ]

  @Test("a program that misbehaves costs its own item, in bounded time", arguments: faults)
  func misbehaving(_ fault: Fault) throws {
    let scratch = try Scratch()
    let tool = try program(scratch, "tool", fault.script)
    let file = try items(
      scratch,
      #"[{"id":"custom.bad","argv":["\#(tool)"],"timeout":\#(fault.seconds),"cap":100000},"#
        + #"{"id":"custom.good","argv":["/bin/echo","fine"]}]"#)
    let start = ContinuousClock.now
    let outcome = try collect([
      "--items", file, "--only", "custom", "-q", "-o", scratch.root.path,
    ])
    #expect(ContinuousClock.now - start < .seconds(45))
    let manifest = try manifest(try bundle(in: scratch.root.path))
    #expect(manifest.items.first { $0.id == "custom.bad" }?.status == fault.status)
    #expect(manifest.items.first { $0.id == "custom.good" }?.status == "ok")
    #expect(manifest.end_reason == "done")
    #expect([0, 4].contains(outcome.code), "\(outcome.errors)")
  }

  @Test("the time limit of the run is kept within two seconds, whatever runs")
  func deadline() throws {
    let scratch = try Scratch()
    let tool = try program(
      scratch, "tool", "trap '' TERM; (trap '' TERM; exec sleep 900) & sleep 900; sleep 900")
    let file = try items(
      scratch,
      "["
        + (0..<6).map { #"{"id":"custom.t\#($0)","argv":["\#(tool)"],"timeout":500}"# }
        .joined(separator: ",") + "]")
    var shortest = Duration.seconds(900)
    // Another program's burst may take the processor away once, but not three times.
    for name in ["a", "b", "c"] where shortest >= .seconds(5) {
      // What a run costs here that has nothing to wait for.
      let begin = ContinuousClock.now
      _ = try collect(["--only", "host.os_release", "-q", "-o", scratch.path("\(name).tar.zst")])
      let start = ContinuousClock.now
      let outcome = try collect([
        "--items", file, "--only", "custom", "--timeout", "3", "-q", "-o",
        scratch.path("\(name)-cut.tar.zst"),
      ])
      shortest = min(shortest, ContinuousClock.now - start - (start - begin))
      #expect(outcome.code == 4)
      let manifest = try manifest(scratch.path("\(name)-cut.tar.zst"))
      #expect(manifest.end_reason == "deadline")
      #expect(!manifest.complete)
    }
    #expect(shortest < .seconds(5))
  }

  @Test("a FIFO or a folder in the place of a log blocks nothing")
  func fifo() throws {
    let scratch = try Scratch()
    _ = unsafe mkfifo(scratch.path("a.log"), 0o644)
    try Data("line\n".utf8).write(to: URL(filePath: scratch.path("b.log")))
    let file = try items(
      scratch, #"[{"id":"custom.logs","path":"\#(scratch.root.path)/*.log"}]"#)
    let outcome = try collect([
      "--items", file, "--only", "custom", "-q", "-o", scratch.root.path,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let items = try manifest(try bundle(in: scratch.root.path)).items.filter {
      $0.id == "custom.logs"
    }
    #expect(items.contains { $0.status == "ok" && $0.path?.hasSuffix("b.log") == true })
    #expect(!items.contains { $0.status == "ok" && $0.path?.hasSuffix("a.log") == true })
  }

  @Test("a log of five gibibytes takes its cap, and seconds")
  func sparse() throws {
    let scratch = try Scratch()
    let log = scratch.path("big.log")
    _ = FileManager.default.createFile(atPath: log, contents: Data("first line\n".utf8))
    let handle = try FileHandle(forWritingTo: URL(filePath: log))
    try handle.seek(toOffset: 5 << 30)
    try handle.write(contentsOf: Data("\nlast line\n".utf8))
    try handle.close()
    let file = try items(
      scratch, #"[{"id":"custom.big","path":"\#(log)","cap":8388608,"timeout":60}]"#)
    let outcome = try collect([
      "--items", file, "--only", "custom", "-q", "-o", scratch.root.path,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let path = try bundle(in: scratch.root.path)
    #expect(try manifest(path).items.first { $0.id == "custom.big" }?.status == "partial")
    let text = try Programs.run("/usr/bin/bsdtar", ["-xOqf", path, "*/big.log"]).output
    #expect(text.hasPrefix("first line"))
    #expect(text.hasSuffix("last line\n"))
  }

  @Test("a disk that is too small is refused before anything is gathered")
  func noSpace() throws {
    let scratch = try Scratch()
    let outcome = try Programs.run(
      Programs.cnitriage,
      ["collect", "--no-imds", "--only", "host", "--min-free", "100000G", "-o", scratch.root.path])
    #expect(outcome.code == 6)
    #expect(outcome.errors.contains("[E202]"))
    #expect(outcome.errors.contains("-o -"))
    #expect(scratch.names.filter { $0.contains("cnitriage") } == [])
  }

  @Test("a disk that fills up in the middle gives a readable bundle of what fits, and exit 6")
  func fullDisk() throws {
    let scratch = try Scratch()
    let noise = try program(
      scratch, "noise", "head -c 30000000 /dev/urandom | base64 -w 0")
    let file = try items(
      scratch,
      #"[{"id":"custom.a","argv":["/bin/echo","first"]},"#
        + #"{"id":"custom.b","argv":["\#(noise)"],"cap":40000000},"#
        + #"{"id":"custom.c","argv":["/bin/echo","last"]}]"#)
    let script = """
      mount -t tmpfs -o size=24m tmpfs '\(scratch.path("disk"))'
      TMPDIR=/tmp '\(Programs.cnitriage)' collect --no-imds --min-free 1 --only custom -q \
        --items '\(file)' -o '\(scratch.path("disk"))'; code=$?
      cp '\(scratch.path("disk"))'/cnitriage-* '\(scratch.path("copy"))/'
      ls -A '\(scratch.path("disk"))'
      exit $code
      """
    for name in ["disk", "copy"] {
      try FileManager.default.createDirectory(
        atPath: scratch.path(name), withIntermediateDirectories: true)
    }
    let outcome = try Programs.run("/usr/bin/unshare", ["-m", "/bin/bash", "-c", script])
    #expect(outcome.code == 6, "\(outcome.errors)")
    #expect(!outcome.output.contains(".partial"))
    let manifest = try manifest(try bundle(in: scratch.path("copy")))
    #expect(manifest.end_reason == "disk")
    #expect(!manifest.complete)
    #expect(manifest.items.first { $0.id == "custom.a" }?.status == "ok")
    #expect(manifest.items.first { $0.id == "custom.b" }?.status == "disk_full")
  }

  @Test("a disk that fills up under the archive itself cuts the member, not the bundle")
  func fullArchive() throws {
    let scratch = try Scratch()
    let noise = scratch.path("noise.bin")
    _ = try Programs.run("/bin/dd", ["if=/dev/urandom", "of=\(noise)", "bs=1M", "count=40"])
    let file = try items(
      scratch, #"[{"id":"custom.noise","path":"\#(noise)","cap":60000000,"timeout":60}]"#)
    for name in ["disk", "copy"] {
      try FileManager.default.createDirectory(
        atPath: scratch.path(name), withIntermediateDirectories: true)
    }
    let script = """
      mount -t tmpfs -o size=20m tmpfs '\(scratch.path("disk"))'
      '\(Programs.cnitriage)' collect --no-imds --min-free 1 --only custom -q --redact none \
        --yes-include-secrets --items '\(file)' -o '\(scratch.path("disk"))'; code=$?
      cp '\(scratch.path("disk"))'/cnitriage-* '\(scratch.path("copy"))/'
      exit $code
      """
    let outcome = try Programs.run("/usr/bin/unshare", ["-m", "/bin/bash", "-c", script])
    #expect(outcome.code == 6, "\(outcome.errors)")
    let manifest = try manifest(try bundle(in: scratch.path("copy")))
    #expect(manifest.end_reason == "disk")
    #expect(manifest.items.first { $0.id == "custom.noise" }?.status == "disk_full")
  }

  @Test("on a read-only root the bundle goes to standard output, and nothing is written")
  func readOnlyRoot() throws {
    let script =
      "mount --make-rprivate /; mount -o bind,ro / /; mount -o remount,bind,ro /; "
      + "exec \(Programs.cnitriage) collect --no-imds --only host -q -o -"
    let outcome = try Programs.run(
      "/bin/bash",
      [
        "-c",
        "/usr/bin/unshare -m /bin/bash -c '\(script)' | '\(Programs.cnitriage)' analyze - "
          + "--format json",
      ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("cnitriage.report/1"))
  }

  @Test("unfinished files of earlier runs are removed once they are old")
  func stale() throws {
    let scratch = try Scratch()
    for name in [".cnitriage-old.tar.zst.partial", ".cnitriage-new.tar.zst.partial"] {
      try Data("x".utf8).write(to: URL(filePath: scratch.path(name)))
    }
    try FileManager.default.setAttributes(
      [.modificationDate: Date().addingTimeInterval(-7200)],
      ofItemAtPath: scratch.path(".cnitriage-old.tar.zst.partial"))
    let outcome = try collect(["--only", "host.identity", "-o", scratch.root.path])
    #expect(outcome.code == 0)
    #expect(outcome.errors.contains(".cnitriage-old.tar.zst.partial"))
    #expect(!scratch.names.contains(".cnitriage-old.tar.zst.partial"))
    #expect(scratch.names.contains(".cnitriage-new.tar.zst.partial"))
  }

  @Test("the bundle belongs to the user behind sudo, with its checksum beside it")
  func owner() throws {
    let scratch = try Scratch()
    let outcome = try Programs.run(
      "/usr/bin/env",
      [
        "SUDO_UID=4242", "SUDO_GID=4343", "SUDO_USER=ec2-user", Programs.cnitriage, "collect",
        "--no-imds", "--min-free", "1", "--only", "host.identity", "-o", scratch.root.path,
      ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("Owner    ec2-user, mode 0600"))
    #expect(outcome.errors.contains("read back and verified"))
    let path = try bundle(in: scratch.root.path)
    for file in [path, path + ".sha256"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: file)
      #expect(attributes[.ownerAccountID] as? Int == 4242)
      #expect(attributes[.groupOwnerAccountID] as? Int == 4343)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
    let check = try Programs.run(
      "/usr/bin/sha256sum", ["-c", path + ".sha256"], folder: scratch.root.path)
    #expect(check.code == 0)
  }

  @Test("without root it says so at once; with --unprivileged it gathers what is readable")
  func unprivileged() throws {
    let scratch = try Scratch()
    _ = unsafe chmod(scratch.root.path, 0o777)
    let base = ["--reuid=65534", "--regid=65534", "--clear-groups", Programs.cnitriage, "collect"]
    let refused = try Programs.run("/usr/bin/setpriv", base + ["-o", scratch.root.path])
    #expect(refused.code == 5)
    #expect(refused.errors.contains("[E201]"))
    let thin = try Programs.run(
      "/usr/bin/setpriv",
      base + [
        "--unprivileged", "--no-imds", "--min-free", "1", "--only",
        "host.identity,net.iptables_save", "-q", "-o", scratch.root.path,
      ])
    #expect(thin.code == 4, "\(thin.errors)")
    let manifest = try manifest(try bundle(in: scratch.root.path))
    #expect(manifest.items.first { $0.id == "net.iptables_save" }?.status == "denied")
    #expect(manifest.items.first { $0.id == "host.identity" }?.status == "ok")
  }
}

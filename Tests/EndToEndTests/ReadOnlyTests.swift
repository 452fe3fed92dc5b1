import Foundation
import Testing

/// What a traced run did to the node, read from the lines of `strace -f`.
private struct Trace: Sendable {
  /// A system call: who made it, its name, its arguments and its result as text.
  struct Call: Sendable {
    let process: Int
    let name: String
    let arguments: String
    let result: String
    var text: String { "\(name)(\(arguments)) = \(result)" }
    var succeeded: Bool { !result.hasPrefix("-1") }
  }

  let calls: [Call]
  /// Every process and thread that the run itself started.
  let processes: Set<Int>

  init(_ text: String) {
    var calls: [Call] = []
    var processes: Set<Int> = []
    var unfinished: [Int: String] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ", maxSplits: 1)
      guard fields.count == 2, let process = Int(fields[0]) else { continue }
      processes.insert(process)
      var body = fields[1].drop { $0 == " " }
      if body.hasSuffix("<unfinished ...>") {
        unfinished[process] = String(body.dropLast("<unfinished ...>".count))
        continue
      }
      if body.hasPrefix("<... "), let end = body.range(of: "resumed>") {
        body = Substring((unfinished.removeValue(forKey: process) ?? "") + body[end.upperBound...])
      }
      guard let open = body.firstIndex(of: "("),
        let close = body.range(of: ") ", options: .backwards),
        let equals = body.range(of: "= ", range: close.lowerBound..<body.endIndex)
      else { continue }
      calls.append(
        Call(
          process: process, name: String(body[..<open]),
          arguments: String(body[body.index(after: open)..<close.lowerBound]),
          result: String(body[equals.upperBound...])))
    }
    self.calls = calls
    self.processes = processes
  }

  func calls(_ names: String...) -> [Call] { calls.filter { names.contains($0.name) } }
}

@Suite(
  "A run changes nothing on the node", .serialized,
  .enabled(if: Programs.canMakeNodes, "needs root and network namespaces"))
struct ReadOnlyTests {
  private static let traced =
    "open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,"
    + "unlinkat,mkdir,mkdirat,rmdir,mknod,mknodat,chmod,fchmod,fchmodat,chown,fchown,fchownat,"
    + "truncate,mount,umount2,setxattr,kill,tkill,tgkill,pidfd_send_signal,ptrace,init_module,"
    + "finit_module,delete_module,connect,sendto,bind,reboot,settimeofday,adjtimex,clock_adjtime,"
    + "setns,bpf,utimensat"

  /// One run, at which both tests look.
  private static let healthy = Result { try trace("healthy") }

  private static func trace(_ variant: String) throws -> (trace: Trace, folder: String) {
    let scratch = try Scratch()
    let node = try LabNode(variant)
    let log = scratch.path("trace")
    let outcome = try node.exec([
      "/usr/bin/strace", "-f", "-qq", "--signal=none", "-s", "256", "-e", "trace=\(traced)",
      "-o", log,
      Programs.cnitriage, "collect", "--profile", "full", "-q", "-o", scratch.path("b.tar.zst"),
      "--probe-seconds", "10",
    ])
    try #require([0, 4].contains(outcome.code), "\(outcome.errors)")
    return (Trace(try String(contentsOfFile: log, encoding: .utf8)), scratch.root.path)
  }

  @Test(
    "under strace: nothing is opened for writing, signalled, loaded or asked but what is declared"
  )
  func readOnly() throws {
    let (trace, folder) = try Self.healthy.get()
    #expect(trace.calls.count > 1000, "the trace is empty")
    let foreignWrites = trace.calls("open", "openat", "openat2", "creat").filter { call in
      let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].contains {
        call.arguments.contains($0)
      }
      return call.succeeded && writes && !isOwnOutput(call.arguments, folder)
    }
    #expect(foreignWrites.map(\.text) == [])
    let changes = trace.calls(
      "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink",
      "unlinkat", "mkdir", "mkdirat", "rmdir", "mknod", "mknodat", "chmod", "fchmod", "fchmodat",
      "chown", "fchownat", "truncate", "mount", "umount2", "setxattr", "utimensat"
    ).filter { $0.succeeded && !isOwnOutput($0.arguments, folder) }
    #expect(changes.map(\.text) == [])
    let modules = trace.calls(
      "init_module", "finit_module", "delete_module", "ptrace", "reboot", "settimeofday")
    #expect(modules.map(\.text) == [])
    let clocks = trace.calls("adjtimex", "clock_adjtime").filter {
      !$0.arguments.contains("modes=0")
    }
    #expect(clocks.map(\.text) == [])
    let signals = trace.calls("kill", "tkill", "tgkill", "pidfd_send_signal").filter { call in
      // A process group of ours has the number of its first process with a minus sign.
      let target = call.arguments.split(separator: ",").first.flatMap { Int($0) } ?? 0
      return !call.arguments.hasSuffix(" 0") && !trace.processes.contains(abs(target))
    }
    #expect(signals.map(\.text) == [])
    let loads = trace.calls("bpf").filter { call in
      let reading = [
        "_GET_NEXT_ID", "_GET_FD_BY_ID", "OBJ_GET_INFO", "MAP_GET_NEXT_KEY", "OBJ_GET,",
      ]
      return !reading.contains { call.arguments.contains($0) }
    }
    #expect(loads.map(\.text) == [])
  }

  @Test("connections go to metadata, loopback, and the targets of the declared probes only")
  func connections() throws {
    let (trace, _) = try Self.healthy.get()
    let addresses = Set(
      trace.calls("connect", "sendto").compactMap { call -> String? in
        guard let start = call.arguments.range(of: #"inet_addr(""#)?.upperBound else { return nil }
        return String(call.arguments[start...].prefix { $0 != "\"" })
      })
    #expect(addresses.contains("169.254.169.254"))
    let foreign = addresses.filter { !isDeclared($0) }
    #expect(foreign == [])
  }

  private func isOwnOutput(_ arguments: String, _ folder: String) -> Bool {
    let paths = arguments.split(separator: "\"").enumerated().filter { $0.offset % 2 == 1 }.map(
      \.element)
    return paths.isEmpty
      || paths.allSatisfy { path in
        path.hasPrefix(folder) || ["/dev/null", "/dev/tty"].contains(path)
      }
  }

  /// Whether an address is the node's own, its VPC's, link-local, or one that the node's resolver
  /// gives for the AWS services whose connections are timed.
  private func isDeclared(_ address: String) -> Bool {
    address.hasPrefix("203.0.113.") || address.hasPrefix("127.") || address.hasPrefix("169.254.")
      || address.hasPrefix("10.")
      || address == "0.0.0.0"
  }
}

import Foundation
import Testing

/// The built programs, run as a user runs them.
enum Programs {
  /// How a program ended.
  struct Outcome {
    var code: Int32
    var output: String
    var errors: String
  }

  private static let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

  static var cnitriage: String { folder.appending(path: "cnitriage").path }
  static var lab: String { folder.appending(path: "cnitriage-lab").path }

  /// Whether lab nodes can be made here; tests that need them are skipped by name otherwise.
  static let canMakeNodes: Bool = {
    guard geteuid() == 0 else { return false }
    return (try? run("/usr/sbin/ip", ["netns", "list"]))?.code == 0
  }()

  /// Runs a program to its end.
  static func run(
    _ program: String, _ arguments: [String], input: Data? = nil, folder: String? = nil
  ) throws -> Outcome {
    try Running(program, arguments, input: input, folder: folder).end()
  }

  static func analyze(_ arguments: [String], input: Data? = nil) throws -> Outcome {
    try run(cnitriage, ["analyze"] + arguments, input: input)
  }
}

/// A program that runs beside its test.
final class Running {
  private let process = Process()
  private let scratch: Scratch

  init(
    _ program: String, _ arguments: [String], input: Data? = nil, folder: String? = nil
  ) throws {
    scratch = try Scratch()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    for name in ["out", "err"] {
      _ = FileManager.default.createFile(atPath: scratch.path(name), contents: nil)
    }
    process.standardOutput = FileHandle(forWritingAtPath: scratch.path("out"))
    process.standardError = FileHandle(forWritingAtPath: scratch.path("err"))
    if let input {
      try input.write(to: URL(filePath: scratch.path("in")))
      process.standardInput = FileHandle(forReadingAtPath: scratch.path("in"))
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    try Self.withSignals { try process.run() }
  }

  /// Threads that run tests hold signals back, and a program would inherit that.
  private static func withSignals(_ body: () throws -> Void) rethrows {
    var none = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&none)
    unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }

  /// What it printed so far.
  var output: String { text("out") }

  /// What it said so far.
  var errors: String { text("err") }

  private func text(_ name: String) -> String {
    let bytes = (try? Data(contentsOf: URL(filePath: scratch.path(name)))) ?? Data()
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Waits for something that the program does, however busy the machine is; a program that ends
  /// instead, or does nothing for minutes, fails the test.
  func wait(for what: String, _ condition: () -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(180)
    while !condition() {
      try #require(process.isRunning, "it ended before \(what): \(text("err"))")
      try #require(ContinuousClock.now < deadline, "no \(what) in three minutes: \(text("err"))")
      usleep(20_000)
    }
  }

  func signal(_ number: Int32) {
    kill(process.processIdentifier, number)
  }

  /// Waits for its end.
  func end() -> Programs.Outcome {
    process.waitUntilExit()
    return Programs.Outcome(
      code: process.terminationStatus, output: text("out"), errors: text("err"))
  }
}

/// A folder for one test's files.
final class Scratch: Sendable {
  let root: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "e2e-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: root)
  }

  func path(_ name: String) -> String { root.appending(path: name).path }

  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: root.path).sorted()) ?? []
  }
}

/// A lab node that lives as long as its value.
final class LabNode: Sendable {
  let name: String

  init(_ variant: String, faults: [String] = [], serverFaults: [String] = []) throws {
    name = "t\(UUID().uuidString.prefix(6).lowercased())"
    let outcome = try Programs.run(
      Programs.lab,
      ["up", name, "--variant", variant] + faults.flatMap { ["--with", $0] }
        + serverFaults.flatMap { ["--with-server", $0] })
    try #require(outcome.code == 0, "\(outcome.errors)")
  }

  deinit {
    _ = try? Programs.run(Programs.lab, ["down", name])
  }

  func exec(_ command: [String]) throws -> Programs.Outcome {
    try Programs.run(Programs.lab, ["exec", name, "--"] + command)
  }

  /// Collects a bundle from the node, without the probes, whose waiting is the longest part of it.
  func collect(into scratch: Scratch, _ arguments: [String] = ["--no-probes"]) throws -> Collected {
    let outcome = try exec(
      [Programs.cnitriage, "collect", "--json", "-o", scratch.root.path] + arguments)
    let summary = try JSONDecoder().decode(Summary.self, from: Data(outcome.output.utf8))
    return Collected(code: outcome.code, summary: summary)
  }

  struct Collected {
    let code: Int32
    let summary: Summary
    var path: String { summary.path }

    func item(_ id: String) throws -> Summary.Item {
      try #require(summary.manifest.items.first { $0.id == id }, "no item \(id)")
    }
  }

  struct Summary: Decodable, Sendable {
    let path: String
    let sha256: String
    let manifest: Manifest

    struct Manifest: Decodable, Sendable {
      let complete: Bool
      let end_reason: String
      let items: [Item]
    }

    struct Item: Decodable, Sendable {
      let id: String
      let path: String?
      let status: String
      let reason: String?
      let sha256: String?
    }
  }
}

/// The parts of a report that the tests look at.
struct ReportDocument: Decodable, Sendable {
  /// Rules that a lab node alone can't answer: they ask the cluster or AWS, a container runtime, a
  /// counter of the ENA driver, or a machine with time to spare.
  static let beyondTheLab: Set<String> = [
    "addon/daemonset-recreated", "addon/managed-field-drift", "addon/self-managed",
    "iam/node-role-keeps-cni-policy", "subnet/forecast-exhaustion", "dns/linklocal-drops",
    "ipam/runtime-disagrees", "probes/slow-health",
  ]

  let findings: [Finding]
  let not_evaluated: [Unknown]

  struct Finding: Decodable, Sendable {
    let rule: String
    let severity: String
    let message: String
    let evidence: [Evidence]
  }

  struct Evidence: Decodable, Sendable {
    let path: String
    let line: Int?
    let excerpt: String?
  }

  struct Unknown: Decodable, Sendable {
    let rule: String
    let item: String?
    let text: String
  }

  static func of(_ bundle: String) throws -> ReportDocument {
    let outcome = try Programs.analyze([bundle, "--format", "json"])
    try #require(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(ReportDocument.self, from: Data(outcome.output.utf8))
  }

  func rules(_ severities: String...) -> Set<String> {
    Set(findings.filter { severities.contains($0.severity) }.map(\.rule))
  }
}

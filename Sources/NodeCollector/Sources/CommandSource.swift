import BundleModel
import SystemPackage

/// Runs programs of the node: found on a fixed path, with a fixed environment, in a session of
/// their own, and never for longer than their time limit.
struct CommandSource: Sendable {
  let host: Host
  let limits: CollectLimits
  let spoolFolder: String
  /// The environment of programs that act for the user; without one it is the host's fixed one.
  var userEnvironment: [String: String]?
  var masking: Masking = .secrets

  /// The program's standard output as one member.
  func run(
    _ name: String, _ arguments: [String], for artifact: Artifact, seconds: Double
  ) async -> CollectedMember {
    let now = host.clock.wall()
    var member = CollectedMember(
      ManifestItem(
        id: artifact.id, source: .init(kind: .command, argv: [name] + arguments),
        startedAt: RFC3339.string(microseconds: now)),
      modified: now)
    guard let program = await locate(name) else {
      member.end(.missing, "no program `\(name)` in \(host.commandPath.joined(separator: ":"))")
      return member
    }
    let start = host.clock.monotonic()
    let sink = ItemSink(
      artifact, limits: limits, spoolFolder: spoolFolder, masking: masking)
    let outcome = await capture(program, arguments, into: sink, seconds: seconds)
    member.item.durationMilliseconds = Int((host.clock.monotonic() - start) / 1000)
    apply(outcome, to: &member, artifact: artifact, seconds: seconds)
    return member
  }

  /// Where a program stands, or `nil`: in the collector's own file system first, then in the
  /// node's, where that is mounted elsewhere.
  func locate(_ name: String) async -> FilePath? {
    let candidates =
      name.hasPrefix("/") ? [FilePath(name)] : host.commandPath.map { FilePath($0).appending(name) }
    let host = host
    let found = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      candidates.first { ExecutableFile.exists(at: $0) }
        ?? host.foreignPrograms(candidates).first { ExecutableFile.exists(at: $0) }
    }
    return found ?? nil
  }

  private func apply(
    _ outcome: Outcome, to member: inout CollectedMember, artifact: Artifact, seconds: Double
  ) {
    switch outcome {
    case .notStarted(let reason): member.end(.error, reason)
    case .ended(let run):
      if !run.warnings.isEmpty { member.item.warnings = run.warnings }
      if !run.standardError.spool.isEmpty { member.standardError = run.standardError.spool }
      switch (run.end, run.termination) {
      case (.timeout, _):
        member.end(.timeout, "no answer in \(formatted(seconds)) s, stopped")
      case (.cancelled, _): member.end(.aborted, "the run was stopped")
      case (.spoolFailed(let error), _):
        member.end(error == .noSpace ? .diskFull : .error, "cannot keep the output: \(error)")
      case (.completed, .exited(let code)):
        member.item.exitCode = code
        if code != 0 {
          let words = firstLine(run.standardError)
          member.end(
            ProgramRefusal.status(of: member.item.source.argv?.first ?? "", saying: words),
            "exit code \(code)\(words)")
        }
      case (.completed, .signaled(let signal)):
        member.item.signal = signal
        // The collector itself stops a program whose output exceeds the cap.
        if !run.output.isFull { member.end(.failed, "ended by signal \(signal)") }
      }
      member.keep(run.output, at: artifact.path)
      // What arrived before the end is kept, but nothing is stored for nothing.
      if run.output.spool.offered == 0, !member.item.status.isUsable {
        member.spool = nil
        member.item.path = nil
      }
      if run.output.spool.droppedBytes > 0 {
        member.item.truncation = .init(
          mode: artifact.keeps == .head ? .head : .headAndTail,
          droppedBytes: run.output.spool.droppedBytes)
      }
    }
  }

  /// What a failed program said first, which is usually the reason.
  func firstLine(_ errors: ItemSink) -> String {
    guard !errors.spool.isEmpty,
      let bytes = try? errors.spool.read(0..<min(400, errors.spool.offered))
    else { return "" }
    // Some programs begin with an empty line.
    let text = bytes.drop { $0 == UInt8(ascii: "\n") }
    return ": " + String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private func formatted(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
  }

  // MARK: - One run

  /// How a run went.
  enum Outcome: Sendable {
    case notStarted(String)
    case ended(Run)
  }

  /// A finished run and what was kept of it.
  struct Run: Sendable {
    var output: ItemSink
    var standardError: ItemSink
    var end = End.completed
    var termination = Termination.exited(0)
    /// What a reader should know beside the outcome.
    var warnings: [String] = []

    enum End: Sendable {
      case completed
      case timeout
      case cancelled
      case spoolFailed(Errno)
    }

    enum Termination: Sendable {
      case exited(Int32)
      case signaled(Int32)
    }
  }

  /// Runs a program and keeps what it writes.
  func capture(
    _ program: FilePath, _ arguments: [String], into sink: ItemSink, seconds: Double
  ) async -> Outcome {
    let errors = ItemSink(
      rule: .scan, capBytes: limits.standardErrorBytes, keeps: .head, limits: limits,
      spoolFolder: spoolFolder, masking: masking)
    let child = ChildProcess(
      place: host.place(ofProgram: program), arguments: arguments,
      environment: userEnvironment ?? host.environment, seconds: seconds,
      graceSeconds: limits.graceSeconds,
      cancelledGraceSeconds: min(limits.graceSeconds, limits.cancelledGraceSeconds))
    let outcome = await BlockingThread.run(
      seconds: seconds + limits.graceSeconds + 2 * ChildProcess.abandonSeconds,
      patience: limits.cancelledGraceSeconds + 2 * ChildProcess.abandonSeconds
    ) { flag in
      child.run(output: sink, errors: errors, stop: flag)
    }
    if let outcome { return outcome }
    // Not even the output could be kept in time, as on a dead disk; the thread is left behind.
    var run = Run(output: sink, standardError: errors)
    run.end = Task.isCancelled ? .cancelled : .timeout
    return .ended(run)
  }
}

extension Spool {
  var isEmpty: Bool { offered == 0 }
}

import BundleModel
import Subprocess
import SystemPackage

/// Runs programs of the node: found on a fixed path, with a fixed environment, in a session of
/// their own, and never for longer than their time limit.
struct CommandSource: Sendable {
  let host: Host
  let limits: CollectLimits
  let spoolFolder: String

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
    let sink = ItemSink(artifact, limits: limits, spoolFolder: spoolFolder)
    let outcome = await capture(program, arguments, into: sink, seconds: seconds)
    member.item.durationMilliseconds = Int((host.clock.monotonic() - start) / 1000)
    apply(outcome, to: &member, artifact: artifact, seconds: seconds)
    return member
  }

  /// Where a program stands, or `nil`. A name that begins with a slash is a path on the node.
  func locate(_ name: String) async -> FilePath? {
    let candidates =
      name.hasPrefix("/")
      ? [host.path(name)] : host.commandPath.map { FilePath($0).appending(name) }
    let found = await BlockingThread.run(seconds: 2) {
      candidates.first { ExecutableFile.exists(at: $0) }
    }
    return found ?? nil
  }

  private func apply(
    _ outcome: Outcome, to member: inout CollectedMember, artifact: Artifact, seconds: Double
  ) {
    switch outcome {
    case .notStarted(let reason): member.end(.error, reason)
    case .ended(let run):
      if !run.standardError.spool.isEmpty { member.standardError = run.standardError.spool }
      switch (run.end, run.termination) {
      case (.timeout, _):
        member.end(.timeout, "no answer in \(formatted(seconds)) s, stopped")
      case (.cancelled, _): member.end(.aborted, "the run was stopped")
      case (.spoolFailed(let error), _):
        member.end(error == .noSpace ? .diskFull : .error, "cannot keep the output: \(error)")
      case (.completed, .exited(let code)):
        member.item.exitCode = code
        if code != 0 { member.end(.failed, "exit code \(code)\(firstLine(run.standardError))") }
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
  private func firstLine(_ errors: ItemSink) -> String {
    guard !errors.spool.isEmpty,
      let bytes = try? errors.spool.read(0..<min(200, errors.spool.offered))
    else { return "" }
    return ": " + String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
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
    var end: End
    var termination: Termination

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
      spoolFolder: spoolFolder)
    let teardown: [TeardownStep] = [
      .send(
        signal: .terminate, toProcessGroup: true,
        allowedDurationToNextStep: .seconds(limits.graceSeconds))
    ]
    do {
      let result = try await Subprocess.run(
        .path(program), arguments: Arguments(arguments), environment: environment,
        platformOptions: options(teardown), input: .none, output: .sequence, error: .sequence
      ) { execution in
        await withTaskGroup(of: Part.self) { group in
          group.addTask { await drain(execution.standardOutput, into: sink, stopping: true) }
          group.addTask { await drain(execution.standardError, into: errors, stopping: false) }
          group.addTask { await expire(after: seconds) }
          return await collect(&group, sink: sink, errors: errors) {
            await execution.teardown(using: teardown)
            // A child that ignores the polite signal outlives its parent's end; the group is still
            // ours, because the parent is reaped only afterwards.
            try? execution.send(signal: .kill, toProcessGroup: true)
          }
        }
      }
      var run = result.closureResult
      switch result.terminationStatus {
      case .exited(let code): run.termination = .exited(code)
      case .signaled(let signal): run.termination = .signaled(signal)
      }
      return .ended(run)
    } catch {
      return .notStarted("cannot run \(program): \(error)")
    }
  }

  private enum Part: Sendable {
    case output(ItemSink, Run.End)
    case errors(ItemSink)
    case expired
    case woken
  }

  /// Waits for both streams; the time limit and a full sink end the program early.
  private func collect(
    _ group: inout TaskGroup<Part>, sink: ItemSink, errors: ItemSink,
    stop: () async -> Void
  ) async -> Run {
    var run = Run(
      output: sink, standardError: errors, end: .completed, termination: .exited(0))
    var open = 2
    while open > 0, let part = await group.next() {
      switch part {
      case .output(let kept, let end):
        run.output = kept
        if case .completed = end {} else { run.end = end }
        open -= 1
        if kept.isFull { await stop() }
      case .errors(let kept):
        run.standardError = kept
        open -= 1
      case .expired:
        run.end = .timeout
        await stop()
      case .woken:
        if Task.isCancelled {
          run.end = .cancelled
          await stop()
        }
      }
    }
    if case .completed = run.end, Task.isCancelled {
      run.end = .cancelled
      await stop()
    }
    group.cancelAll()
    return run
  }

  private func expire(after seconds: Double) async -> Part {
    do {
      try await Task.sleep(for: .seconds(seconds))
      return .expired
    } catch {
      return .woken
    }
  }

  private func drain(
    _ stream: SubprocessOutputSequence, into initial: ItemSink, stopping: Bool
  ) async -> Part {
    var sink = initial
    var end = Run.End.completed
    do {
      for try await buffer in stream {
        // A full stream of errors is read on and dropped, so that the program doesn't block.
        if sink.isFull, stopping { break }
        try sink.append(bytes(buffer))
        if sink.isFull, stopping { break }
      }
    } catch let error as Errno {
      end = .spoolFailed(error)
    } catch {
      // The stream ends this way when the program is stopped; what arrived is kept.
    }
    do {
      try sink.finish()
    } catch {
      end = .spoolFailed(error as? Errno ?? .ioError)
    }
    return stopping ? .output(sink, end) : .errors(sink)
  }

  private func bytes(_ buffer: SubprocessOutputSequence.Buffer) -> ArraySlice<UInt8> {
    unsafe buffer.withUnsafeBytes { unsafe Array($0)[...] }
  }

  private var environment: Environment {
    .custom(
      Dictionary(
        uniqueKeysWithValues: host.environment.map { (Environment.Key(stringLiteral: $0), $1) }))
  }

  private func options(_ teardown: [TeardownStep]) -> PlatformOptions {
    var options = PlatformOptions()
    // A session of its own, so that the signals reach whatever the program started.
    options.createSession = true
    options.teardownSequence = teardown
    return options
  }
}

extension Spool {
  var isEmpty: Bool { offered == 0 }
}

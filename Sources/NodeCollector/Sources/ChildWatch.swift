import CLinux
import Glibc
import SystemPackage

/// Watches one child from its start to its end.
struct ChildWatch {
  private let child: CInt
  private let pipes: Pipes
  private var output: ItemSink
  private var errors: ItemSink
  private var end = CommandSource.Run.End.completed
  private var termination: CommandSource.Run.Termination?
  private var warnings: [String] = []
  private var phase = Phase.running
  private var isOutputOpen = true
  private var areErrorsOpen = true
  private var isStarting = true
  /// When the child's end was seen.
  private var endedAt: Int64?
  /// Why the program could not be started.
  private(set) var startError: CInt?
  private var buffer = [UInt8](repeating: 0, count: 256 << 10)

  private enum Phase {
    case running
    /// Asked politely; the final signal follows at this time.
    case asked(Int64)
    /// Got the final signal; given up at this time.
    case killed(Int64)
  }

  init(child: CInt, pipes: Pipes, output: ItemSink, errors: ItemSink) {
    self.child = child
    self.pipes = pipes
    self.output = output
    self.errors = errors
  }

  /// Follows the child until it and both its streams have ended, or patience has.
  mutating func run(_ plan: ChildProcess, stop: StopFlag) {
    let deadline = now() + Self.microseconds(plan.seconds)
    while true {
      escalate(plan, deadline: deadline, stop: stop)
      if endedAt != nil, !isOutputOpen, !areErrorsOpen { break }
      if case .killed(let limit) = phase, now() >= limit { break }
      wait(until: deadline)
      noteEnd()
    }
    // Whatever the program left running in its session has no business on the node any more. The
    // program itself is reaped afterwards, so that its number can't be another's yet.
    _ = kill(-child, SIGKILL)
    if endedAt == nil {
      warnings.append("abandoned pid \(child): it did not end after SIGKILL")
    } else {
      cnitriage_reap(child)
    }
  }

  /// What is known at the end.
  mutating func finished() -> CommandSource.Run {
    do {
      try output.finish()
      try errors.finish()
    } catch {
      end = .spoolFailed(error as? Errno ?? .ioError)
    }
    var run = CommandSource.Run(output: output, standardError: errors)
    run.end = end
    run.termination = termination ?? .signaled(SIGKILL)
    run.warnings = warnings
    return run
  }

  // MARK: - Steps

  private mutating func escalate(_ plan: ChildProcess, deadline: Int64, stop: StopFlag) {
    switch phase {
    case .running:
      if stop.isSet {
        end = .cancelled
        ask(within: plan.cancelledGraceSeconds)
      } else if endedAt == nil, now() >= deadline {
        end = .timeout
        ask(within: plan.graceSeconds)
      } else if output.isFull || isSpoolBroken {
        ask(within: plan.graceSeconds)
      } else if let endedAt, now() >= min(deadline, endedAt + Self.microseconds(1)) {
        // The program is gone in time, and a child of it keeps the output open.
        warnings.append("a child of the program kept its output open")
        finalSignal()
      }
    case .asked(let limit):
      // A child that ignores the polite signal outlives its parent's end.
      if now() >= limit || endedAt != nil { finalSignal() }
      if stop.isSet {
        phase = .asked(min(limit, now() + Self.microseconds(plan.cancelledGraceSeconds)))
        if endedAt != nil { finalSignal() }
      }
    case .killed: break
    }
  }

  private var isSpoolBroken: Bool {
    if case .spoolFailed = end { true } else { false }
  }

  private mutating func ask(within seconds: Double) {
    _ = kill(-child, SIGTERM)
    phase = .asked(now() + Self.microseconds(seconds))
  }

  private mutating func finalSignal() {
    _ = kill(-child, SIGKILL)
    phase = .killed(now() + Self.microseconds(ChildProcess.abandonSeconds))
  }

  private mutating func noteEnd() {
    guard endedAt == nil else { return }
    var code: CInt = 0
    var signal: CInt = 0
    guard unsafe cnitriage_has_ended(child, &code, &signal) != 0 else { return }
    endedAt = now()
    termination = signal == 0 ? .exited(code) : .signaled(signal)
  }

  /// Waits for bytes for a moment, and takes them in.
  private mutating func wait(until deadline: Int64) {
    var polls = [
      pollfd(fd: isOutputOpen ? pipes.output.read : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: areErrorsOpen ? pipes.errors.read : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: isStarting ? pipes.status.read : -1, events: Int16(POLLIN), revents: 0),
    ]
    // Without an open stream only the end is awaited, which comes at once as a rule.
    let pause: Int64 = isOutputOpen || areErrorsOpen ? 50_000 : 2000
    let left = max(0, min(pause, phaseIsRunning ? deadline - now() : pause))
    guard unsafe poll(&polls, 3, CInt(left / 1000 + 1)) > 0 else { return }
    if polls[2].revents != 0 { readStatus() }
    if polls[0].revents != 0 { isOutputOpen = take(pipes.output.read, isOutput: true) }
    if polls[1].revents != 0 { areErrorsOpen = take(pipes.errors.read, isOutput: false) }
  }

  private var phaseIsRunning: Bool {
    if case .running = phase { true } else { false }
  }

  private mutating func readStatus() {
    isStarting = false
    var error: CInt = 0
    let count = unsafe read(pipes.status.read, &error, MemoryLayout<CInt>.size)
    if count == MemoryLayout<CInt>.size { startError = error }
  }

  /// Reads what is there; whether the stream goes on.
  private mutating func take(_ descriptor: CInt, isOutput: Bool) -> Bool {
    let count = unsafe read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
    do {
      // Output beyond a cap is read on and dropped, so that the program can end.
      if isOutput {
        if !output.isFull, !isSpoolBroken { try output.append(buffer[..<count]) }
      } else if !errors.isFull {
        try errors.append(buffer[..<count])
      }
    } catch {
      end = .spoolFailed(error as? Errno ?? .ioError)
    }
    return true
  }

  private func now() -> Int64 { Host.Clock.system.monotonic() }

  private static func microseconds(_ seconds: Double) -> Int64 { Int64(seconds * 1_000_000) }
}

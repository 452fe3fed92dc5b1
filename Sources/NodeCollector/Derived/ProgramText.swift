import BundleModel

extension DerivedSource.Request {
  /// Why a program gave no text.
  struct NoText: Error, Sendable {
    let status: ItemStatus
    let text: String
  }

  /// The standard output of a program of the node. It is kept unmasked: what becomes of it passes
  /// the item's redaction like everything else.
  func text(
    _ name: String, _ arguments: [String], seconds: Double, capBytes: Int = 1 << 20,
    keeps: Artifact.Kept = .head
  ) async -> Result<String, NoText> {
    await bytes(name, arguments, seconds: seconds, capBytes: capBytes, keeps: keeps)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The same as bytes, with a marked cut where a long output was cut in the middle.
  func bytes(
    _ name: String, _ arguments: [String], seconds: Double, capBytes: Int = 1 << 20,
    keeps: Artifact.Kept = .head
  ) async -> Result<[UInt8], NoText> {
    guard let program = await commands.locate(name) else {
      return .failure(NoText(status: .missing, text: "no program `\(name)`"))
    }
    let sink = ItemSink(
      rule: .none, capBytes: capBytes, keeps: keeps, limits: context.limits,
      spoolFolder: context.spoolFolder)
    switch await commands.capture(program, arguments, into: sink, seconds: seconds) {
    case .notStarted(let reason): return .failure(NoText(status: .error, text: reason))
    case .ended(let run):
      switch (run.end, run.termination) {
      case (.completed, .exited(0)): break
      case (.completed, .exited(let code)):
        return .failure(NoText(status: .failed, text: "`\(name)` ended with exit code \(code)"))
      case (.completed, .signaled) where run.output.isFull: break
      case (.completed, .signaled(let signal)):
        return .failure(NoText(status: .failed, text: "`\(name)` ended by signal \(signal)"))
      case (.timeout, _):
        return .failure(NoText(status: .timeout, text: "`\(name)` gave no answer in \(seconds) s"))
      case (.cancelled, _): return .failure(NoText(status: .aborted, text: "the run was stopped"))
      case (.spoolFailed(let error), _):
        return .failure(NoText(status: .error, text: "cannot keep the output: \(error)"))
      }
      do {
        return .success(try run.output.spool.contents())
      } catch {
        return .failure(NoText(status: .error, text: "\(error)"))
      }
    }
  }
}

extension Spool {
  /// Everything that was kept, in order, with a marked cut where something was left out.
  func contents() throws -> [UInt8] {
    try segments().flatMap { segment in
      switch segment {
      case .marker(let bytes): bytes
      case .stored(let range): try read(range)
      }
    }
  }
}

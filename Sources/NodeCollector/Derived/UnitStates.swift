import BundleModel

/// State of the units that decide whether pods' packets are forwarded.
struct UnitStates: Sendable {
  let commands: CommandSource

  private static let units =
    Artifact.decisiveUnits + Artifact.autoModeUnits.map { $0 + ".service" }
  private static let properties = [
    "Id", "LoadState", "ActiveState", "SubState", "UnitFileState", "FragmentPath", "DropInPaths",
    "EnvironmentFiles", "NRestarts", "Result", "MainPID", "ExecMainCode", "ExecMainStatus",
    "ExecMainStartTimestamp", "ActiveEnterTimestamp", "ActiveEnterTimestampMonotonic",
    "InactiveEnterTimestamp", "NeedDaemonReload",
  ]

  func output(_ artifact: Artifact, seconds: Double) async -> DerivedSource.Output {
    guard let program = await commands.locate("systemctl") else {
      return .none(.missing, "no program `systemctl`: the node doesn't run systemd")
    }
    let sink = ItemSink(
      rule: .none, capBytes: artifact.capBytes, keeps: .head, limits: commands.limits,
      spoolFolder: commands.spoolFolder)
    let arguments =
      ["show", "--no-pager", "--timestamp=unix"]
      + ["--property=" + Self.properties.joined(separator: ",")] + Self.units
    switch await commands.capture(program, arguments, into: sink, seconds: seconds) {
    case .notStarted(let reason): return .none(.error, reason)
    case .ended(let run):
      guard case .completed = run.end else {
        return .none(.timeout, "systemctl gave no answer in \(seconds) s")
      }
      if case .exited(let code) = run.termination, code != 0 {
        return .none(.failed, "systemctl ended with exit code \(code)")
      }
      do {
        return .bytes(try run.output.spool.read(0..<run.output.spool.offered))
      } catch {
        return .none(.error, "\(error)")
      }
    }
  }
}

import BundleModel

/// The rules of network policies as the agent's own program prints them from the kernel.
struct PolicyDumps: Sendable {
  let host: Host
  let commands: CommandSource
  private static let limit = 200

  /// Asks one of the two programs: `aws-eks-na-cli` for IPv4, `aws-eks-na-cli-v6` for IPv6.
  func output(_ program: String, seconds: Double) async -> DerivedSource.Output {
    guard let path = await commands.locate(program) else {
      return .none(.missing, "no program \(program)")
    }
    let host = host
    let deadline = host.clock.monotonic() + Int64(seconds * 900_000)
    let kinds = [
      "ingress_map": "maps", "egress_map": "maps", "cp_ingress_map": "cp-maps",
      "cp_egress_map": "cp-maps",
    ]
    let found = await BlockingThread.run(seconds: 5) {
      PolicyObjects(host: host).mapIDs(named: Set(kinds.keys))
    }
    var jobs = [("loaded-ebpfdata.txt", ["ebpf", "loaded-ebpfdata"])]
    for (id, name) in (found ?? []).prefix(Self.limit) {
      let kind = kinds[name] ?? "maps"
      jobs.append(("\(kind)-\(id).txt", ["ebpf", "dump-\(kind)", String(id)]))
    }
    var files: [(path: String, bytes: [UInt8])] = []
    for (name, arguments) in jobs {
      let left = Double(deadline - host.clock.monotonic()) / 1_000_000
      guard left > 0, !Task.isCancelled else { break }
      let sink = ItemSink(
        rule: .none, capBytes: 4 << 20, keeps: .head, limits: commands.limits,
        spoolFolder: commands.spoolFolder)
      let outcome = await commands.capture(path, arguments, into: sink, seconds: min(10, left))
      guard case .ended(let run) = outcome,
        let bytes = try? run.output.spool.read(0..<run.output.spool.offered), !bytes.isEmpty
      else { continue }
      files.append((name, bytes))
    }
    return files.isEmpty ? .none(.failed, "\(program) printed nothing") : .files(files)
  }
}

import BundleModel

/// The journals of several units, one file for each unit that has entries.
struct JournalFiles: Sendable {
  let request: DerivedSource.Request
  /// Units by the name of their file, in the order in which they are asked.
  let units: [(name: String, unit: String)]

  /// How a unit's journal was read.
  private enum Journal: Sendable {
    case entries([UInt8])
    case none
    case failed(ItemStatus, String)
  }

  func output() async -> DerivedSource.Output {
    var files: [(path: String, bytes: [UInt8])] = []
    var failure: (ItemStatus, String)?
    let deadline = request.host.clock.monotonic() + Int64(request.seconds * 1_000_000)
    for (name, unit) in units {
      let left = Double(deadline - request.host.clock.monotonic()) / 1_000_000
      guard left > 0.2 else {
        failure = failure ?? (.timeout, "the journal took longer than \(request.seconds) s")
        break
      }
      switch await journal(of: unit, seconds: left) {
      case .entries(let bytes): files.append(("\(name).log", bytes))
      case .none: break
      case .failed(let status, let reason): failure = failure ?? (status, reason)
      }
    }
    if !files.isEmpty { return .files(files) }
    if let (status, reason) = failure { return .none(status, reason) }
    let names = units.map(\.unit).joined(separator: ", ")
    return .none(.missing, "the journal holds nothing of \(names)")
  }

  private func journal(of unit: String, seconds: Double) async -> Journal {
    let line = ItemRunner(context: request.context).journalCommand(units: [unit], options: [])
    switch await request.bytes(
      line[0], Array(line.dropFirst()), seconds: seconds, capBytes: request.artifact.capBytes,
      keeps: request.artifact.keeps)
    {
    case .success(let bytes): return bytes.isEmpty ? .none : .entries(bytes)
    // A pattern that fits no unit is an error to journalctl.
    case .failure(let reason) where reason.status == .failed && unit.contains("*"): return .none
    case .failure(let reason): return .failed(reason.status, reason.text)
    }
  }
}

/// What nodeadm wrote while it set the node up, and which files it works from.
struct NodeadmJournals: Sendable {
  let request: DerivedSource.Request

  private static let units = [
    ("nodeadm-config", "nodeadm-config"), ("nodeadm-run", "nodeadm-run"),
    ("nodeadm-boot-hook", "nodeadm-boot-hook"),
    ("nodeadm-udev-net-manager", "udev-net-manager@*"),
  ]

  func output() async -> DerivedSource.Output {
    let journals = await JournalFiles(request: request, units: Self.units).output()
    let host = request.host
    let names = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      FileListing(host: host, limit: 500)
        .files(matching: ["/run/nodeadm", "/etc/eks/nodeadm.d", "/etc/eks/nodeadm"]).paths
    }
    guard let names, !names.isEmpty else { return journals }
    var files = [
      (path: "nodeadm-files.txt", bytes: Array((names.joined(separator: "\n") + "\n").utf8))
    ]
    if case .files(let logs) = journals { files = logs + files }
    return .files(files)
  }
}

/// The instance's user data, which is taken only when the user asks for it.
struct UserData: Sendable {
  let request: DerivedSource.Request

  func output() async -> DerivedSource.Output {
    guard request.context.settings.includesUserData else {
      return .none(.skipped, "left out: user data often holds secrets; see --include-user-data")
    }
    let host = request.host
    let read = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      SmallFile(host: host).bytes("/var/log/user-data.log", limit: 1 << 20)
    }
    let log = read ?? nil
    var reason = "no /var/log/user-data.log"
    do {
      let answers = try await MetadataSource(host: host)
        .answers(to: ["user-data"], seconds: request.seconds * 0.6, includesUserData: true)
      if let answer = answers.requests.first, answer.status == 200, let body = answer.body {
        return .bytes(Array(body.utf8) + (log.map { [UInt8(ascii: "\n")] + $0 } ?? []))
      }
      reason += ", and the instance has no user data"
    } catch {
      reason += "; instance metadata: \(error.reason)"
    }
    return log.map { .bytes($0) } ?? .none(.missing, reason)
  }
}

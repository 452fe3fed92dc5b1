import BundleModel

/// Gathers one item under its bounds. It never throws: failure is a status of the item.
struct ItemRunner: Sendable {
  let context: RunContext

  private var host: Host { context.host }
  private var limits: CollectLimits { context.limits }

  /// The members of an item; most have one.
  func run(_ artifact: Artifact) async -> [CollectedMember] {
    if Task.isCancelled { return [ended(artifact, .aborted, "the run was stopped")] }
    if let (status, reason) = await refusal(artifact) { return [ended(artifact, status, reason)] }
    let seconds = artifact.timeoutSeconds * limits.timeoutScale
    switch artifact.source {
    case .file(let paths):
      return [await context.files.first(of: paths, for: artifact, seconds: seconds)]
    case .files(let patterns):
      return await context.files.group(of: patterns, for: artifact, seconds: seconds)
    case .command(let name, let arguments):
      if let fallback = artifact.fallback, await context.commands.locate(name) == nil {
        return await context.derived.members(fallback, for: artifact, seconds: seconds)
      }
      return [await command([[name] + arguments], for: artifact, seconds: seconds)]
    case .anyCommand(let choices):
      return [await command(choices, for: artifact, seconds: seconds)]
    case .journal(let units, let options):
      let line = journalCommand(units: units, options: options)
      return [await command([line], for: artifact, seconds: seconds)]
    case .http(let port, let path):
      return [await context.http.get(port: port, path: path, for: artifact, seconds: seconds)]
    case .metadata(let paths):
      return [await metadata(paths, for: artifact, seconds: seconds)]
    case .derived(let derivation):
      return await context.derived.members(derivation, for: artifact, seconds: seconds)
    }
  }

  /// The first of several programs that the node has; the last one tells what is missing.
  private func command(
    _ choices: [[String]], for artifact: Artifact, seconds: Double
  ) async -> CollectedMember {
    for (index, choice) in choices.enumerated() {
      guard let name = choice.first else { continue }
      if index < choices.count - 1, await context.commands.locate(name) == nil { continue }
      let arguments = await NodeCredential.filled(Array(choice.dropFirst()), host: host)
      return await context.commands.run(name, arguments, for: artifact, seconds: seconds)
    }
    return ended(artifact, .error, "the item names no program")
  }

  /// The program and arguments that read the journal of units within the run's window.
  func journalCommand(units: [String], options: [String]) -> [String] {
    ["journalctl"] + units.map { "--unit=\($0)" } + options
      + context.settings.window.journalArguments
      + ["--output=short-iso-precise", "--utc", "--no-pager", "--quiet"]
  }

  /// An item that was not asked for.
  func ended(_ artifact: Artifact, _ status: ItemStatus, _ reason: String) -> CollectedMember {
    let now = host.clock.wall()
    var member = CollectedMember(
      ManifestItem(
        id: artifact.id, source: source(artifact),
        startedAt: RFC3339.string(microseconds: now)),
      modified: now)
    member.end(status, reason)
    return member
  }

  private func source(_ artifact: Artifact) -> ManifestItem.Source {
    switch artifact.source {
    case .file(let paths), .files(let paths): .init(kind: .file, origin: paths.first)
    case .command(let name, let arguments): .init(kind: .command, argv: [name] + arguments)
    case .anyCommand(let choices): .init(kind: .command, argv: choices.first)
    case .journal(let units, let options):
      .init(kind: .command, argv: journalCommand(units: units, options: options))
    case .http(let port, let path):
      .init(kind: .http, url: "http://127.0.0.1:\(host.ports[port] ?? port)\(path)")
    case .metadata: .init(kind: .metadata, url: "http://\(host.metadata.address)/latest/")
    case .derived: .init(kind: .derived)
    }
  }

  // MARK: - Guards

  /// Why an item must not be asked for at all.
  private func refusal(_ artifact: Artifact) async -> (ItemStatus, String)? {
    if artifact.needsRoot, !host.isPrivileged {
      return (.denied, "needs root")
    }
    if artifact.id.category == "probe", !context.settings.probes {
      return (.skipped, "left out by --no-probes")
    }
    for need in artifact.needs {
      switch need {
      case .legacyTables(let ipv6):
        if LegacyTables(host: host).names(ipv6: ipv6).isEmpty {
          return (.skipped, "the legacy backend holds no table, and asking would create one")
        }
      case .module(let name):
        if !KernelModules(host: host).isPresent(name) {
          return (.skipped, "\(name) is not loaded, and asking would load it")
        }
      case .backend(let program):
        switch await isBackendMissing(program) {
        case true:
          return (
            .skipped, "\(program) drives nf_tables, which is not loaded; asking would load it"
          )
        case nil: return (.timeout, "whether nf_tables is loaded could not be told in time")
        case false: continue
        }
      case .table(let name, let ipv6):
        if let reason = await tableRefusal(name, ipv6: ipv6) { return (.skipped, reason) }
      case .path(let path):
        switch await exists(path) {
        case false: return (.missing, "no such path: \(path)")
        case nil: return (.timeout, "looking for \(path) took too long")
        case true: continue
        }
      case .trait(let trait):
        if !host.traits.contains(trait) {
          return (.unsupported, "this kind of node has no \(trait.rawValue)")
        }
      }
    }
    return await duplicate(artifact)
  }

  /// `nil` when the file system gave no answer in time.
  private func exists(_ path: String) async -> Bool? {
    let place = host.path(path)
    return await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      NamespaceFile.inode(place) != nil
    }
  }

  /// Whether a program would load the backend that it drives; `nil` when nobody can tell in time.
  private func isBackendMissing(_ program: String) async -> Bool? {
    guard let path = await context.commands.locate(program) else { return false }
    let host = host
    return await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      LinkedProgram(path).backend == "nft" && !KernelModules(host: host).isPresent("nf_tables")
    }
  }

  /// Why a table must not be listed: listing one that does not exist creates it.
  private func tableRefusal(_ name: String, ipv6: Bool) async -> String? {
    let program = ipv6 ? "ip6tables" : "iptables"
    guard let path = await context.commands.locate(program) else { return nil }
    let host = host
    let exists = await BlockingThread.run(seconds: BlockingThread.lookSeconds) { () -> Bool? in
      guard LinkedProgram(path).backend == "nft" else {
        return LegacyTables(host: host).names(ipv6: ipv6).contains(name)
      }
      guard KernelModules(host: host).isPresent("nf_tables") else { return false }
      guard case .success(let tables) = FilterTables.tables() else { return nil }
      return tables.contains(.init(family: ipv6 ? "ip6" : "ip", name: name))
    }
    switch exists {
    case true: return nil
    case false: return "no table \(name) exists, and listing it would create it"
    default: return "whether a table \(name) exists cannot be told"
    }
  }

  /// The default program drives one of the two backends; its rules are not gathered twice.
  private func duplicate(_ artifact: Artifact) async -> (ItemStatus, String)? {
    let twins: [ArtifactID: (String, ArtifactID)] = [
      .iptablesNft: ("iptables-save", .iptablesSave),
      .iptablesLegacy: ("iptables-save", .iptablesSave),
      .ip6tablesNft: ("ip6tables-save", .ip6tablesSave),
      .ip6tablesLegacy: ("ip6tables-save", .ip6tablesSave),
    ]
    guard let (standard, twin) = twins[artifact.id],
      case .command(let own, _) = artifact.source,
      let first = await context.commands.locate(standard),
      let second = await context.commands.locate(own)
    else { return nil }
    let same = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      LinkedProgram(first).backend == LinkedProgram(second).backend
    }
    return same == true
      ? (.skipped, "\(standard) drives this backend: see \(twin)") : nil
  }

  // MARK: - Sources

  private func metadata(
    _ paths: [String], for artifact: Artifact, seconds: Double
  ) async -> CollectedMember {
    var member = ended(artifact, .ok, "")
    member.item.reason = nil
    let start = host.clock.monotonic()
    let output: DerivedSource.Output
    var loss: (status: ItemStatus, reason: String)?
    do {
      let answers = try await MetadataSource(
        host: host, session: context.metadata
      ).answers(to: paths, seconds: seconds)
      output = .json(answers)
      loss = answers.loss
    } catch {
      output = .none(error.status, error.reason)
    }
    member.item.durationMilliseconds = Int((host.clock.monotonic() - start) / 1000)
    context.derived.keep(output, in: &member, artifact)
    // What arrived is kept with the word of what did not.
    if let loss, member.item.status.isUsable { member.end(loss.status, loss.reason) }
    return member
  }
}

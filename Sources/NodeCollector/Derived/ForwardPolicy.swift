import BundleModel
import SystemPackage

/// Every policy that a forwarded packet meets: that of FORWARD in each iptables backend and family,
/// and that of each chain of nf_tables at the forward hook. One DROP among them is enough.
struct ForwardPolicy: Sendable {
  let host: Host
  let commands: CommandSource

  struct Report: Encodable {
    var chains: [Chain]
    /// Why a backend could not be asked.
    var unknown: [String]
  }

  struct Chain: Encodable {
    /// `legacy`, `iptables-nft`, or `nft` for chains that no iptables program made.
    var backend: String
    /// `ip`, `ip6` or `inet`.
    var family: String
    var table: String
    var chain: String
    var priority: Int
    var policy: String
    var packets: UInt64?
    var bytes: UInt64?
  }

  func output(seconds: Double) async -> DerivedSource.Output {
    var report = Report(chains: [], unknown: [])
    for (family, prefix, isIPv6) in [("ip", "ip", false), ("ip6", "ip6", true)] {
      await addLegacy(family, prefix, isIPv6: isIPv6, seconds: seconds / 4, &report)
    }
    let modules = KernelModules(host: host)
    if await BlockingThread.run(
      seconds: BlockingThread.lookSeconds, { modules.isPresent("nf_tables") }) == true
    {
      let chains = await BlockingThread.run(seconds: seconds / 4) { FilterTables.baseChains() }
      switch chains {
      case nil: report.unknown.append("nf_tables: no answer in time")
      case .failure(let failure): report.unknown.append("nf_tables: \(failure.reason)")
      case .success(let chains):
        report.chains += chains.filter { $0.hook == FilterTables.forwardHook && $0.isFiltering }
          .map(Self.chain)
      }
    }
    guard !report.chains.isEmpty || report.unknown.isEmpty else {
      return .none(.failed, report.unknown.joined(separator: "; "))
    }
    return .json(report)
  }

  private static func chain(_ chain: FilterTables.BaseChain) -> Chain {
    // The iptables programs name their tables and chains so, and nothing else does by custom.
    let isIptables =
      ["ip", "ip6"].contains(chain.family) && chain.name == "FORWARD"
      && ["filter", "mangle", "security"].contains(chain.table)
    return Chain(
      backend: isIptables ? "iptables-nft" : "nft", family: chain.family, table: chain.table,
      chain: chain.name, priority: chain.priority, policy: chain.policy, packets: chain.packets,
      bytes: chain.bytes)
  }

  private func addLegacy(
    _ family: String, _ prefix: String, isIPv6: Bool, seconds: Double, _ report: inout Report
  ) async {
    let host = host
    let names = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      LegacyTables(host: host).names(ipv6: isIPv6)
    }
    guard names?.contains("filter") == true else { return }
    guard let program = await legacyProgram(prefix) else {
      report.unknown.append("legacy \(family): no program `\(prefix)tables-legacy-save`")
      return
    }
    // The policies stand at the beginning of the dump.
    let sink = ItemSink(
      rule: .none, capBytes: 64 << 10, keeps: .head, limits: commands.limits,
      spoolFolder: commands.spoolFolder)
    let outcome = await commands.capture(
      program, ["-c", "-t", "filter"], into: sink, seconds: seconds)
    guard case .ended(let run) = outcome,
      let bytes = try? run.output.spool.read(0..<run.output.spool.offered),
      let chain = Self.forward(String(decoding: bytes, as: UTF8.self), family: family)
    else {
      report.unknown.append("legacy \(family): \(program) told no policy")
      return
    }
    report.chains.append(chain)
  }

  /// The program that drives the legacy backend: under its own name, or the only one of the node.
  private func legacyProgram(_ prefix: String) async -> FilePath? {
    if let own = await commands.locate("\(prefix)tables-legacy-save") { return own }
    guard let standard = await commands.locate("\(prefix)tables-save") else { return nil }
    let isNft = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      LinkedProgram(standard).backend == "nft"
    }
    return isNft == false ? standard : nil
  }

  /// Reads `:FORWARD DROP [12:720]`.
  static func forward(_ text: String, family: String) -> Chain? {
    for line in text.split(separator: "\n") where line.hasPrefix(":FORWARD ") {
      let words = line.split(separator: " ")
      guard words.count >= 2 else { return nil }
      let counters = words.count > 2 ? words[2].dropFirst().dropLast().split(separator: ":") : []
      return Chain(
        backend: "legacy", family: family, table: "filter", chain: "FORWARD", priority: 0,
        policy: String(words[1]), packets: counters.first.flatMap { UInt64($0) },
        bytes: counters.count > 1 ? UInt64(counters[1]) : nil)
    }
    return nil
  }
}

extension FilterTables.BaseChain {
  /// Chains for address translation and routing see packets too, but are not made to stop them.
  fileprivate var isFiltering: Bool { type == "filter" || policy == "DROP" }
}

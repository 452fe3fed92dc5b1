import BundleModel
import FoundationEssentials
import SystemPackage

/// Which iptables programs the node has, and which backend each one drives.
struct IptablesInfo: Sendable {
  let host: Host
  let commands: CommandSource

  private static let names = [
    "iptables", "iptables-legacy", "iptables-nft", "ip6tables", "ip6tables-legacy",
    "ip6tables-nft",
  ]

  private struct Info: Encodable {
    var programs: [Program]
    var legacy_tables: [String]
    var legacy_tables6: [String]
    var nf_tables_loaded: Bool
    /// Processes that hold the lock of the iptables programs at this moment.
    var xtables_lock_holders: [Holder]
  }

  private struct Holder: Encodable {
    var pid: Int
    var name: String?
  }

  private struct Program: Encodable {
    var name: String
    var path: String?
    var target: String?
    var version: String?
    var backend: String?
  }

  func output(seconds: Double) async -> DerivedSource.Output {
    var programs: [Program] = []
    for name in Self.names { programs.append(await program(name, seconds: seconds / 8)) }
    let tables = LegacyTables(host: host)
    return .json(
      Info(
        programs: programs, legacy_tables: tables.names(ipv6: false),
        legacy_tables6: tables.names(ipv6: true),
        nf_tables_loaded: KernelModules(host: host).isPresent("nf_tables"),
        xtables_lock_holders: lockHolders()))
  }

  /// Whoever holds the lock for long keeps every other program from the rules. A lock is known by
  /// the inode of its file: `1: FLOCK ADVISORY WRITE 4711 00:19:1234 0 EOF`.
  private func lockHolders() -> [Holder] {
    guard let inode = NamespaceFile.inode(host.path("/run/xtables.lock")),
      let locks = SmallFile(host: host).text("/proc/locks", limit: 1 << 20)
    else { return [] }
    return locks.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").filter { $0 != "->" }
      guard words.count > 5, words[1] == "FLOCK", let pid = Int(words[4]),
        words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode
      else { return nil }
      return Holder(pid: pid, name: SmallFile(host: host).line("/proc/\(pid)/comm"))
    }
  }

  private func program(_ name: String, seconds: Double) async -> Program {
    var program = Program(name: name)
    guard let path = await commands.locate(name) else { return program }
    program.path = path.string
    program.target = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      URL(filePath: path.string).resolvingSymlinksInPath().path
    }
    let sink = ItemSink(
      rule: .none, capBytes: 4096, keeps: .head, limits: commands.limits,
      spoolFolder: commands.spoolFolder)
    let outcome = await commands.capture(path, ["--version"], into: sink, seconds: seconds)
    guard case .ended(let run) = outcome, case .completed = run.end,
      let bytes = try? run.output.spool.read(0..<run.output.spool.offered)
    else { return program }
    let version = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    program.version = version
    // Releases before 1.8 know one backend only and don't name it.
    program.backend = version.contains("(nf_tables)") ? "nft" : "legacy"
    return program
  }
}

/// The tables that the legacy backend holds. Asking the program would create them.
struct LegacyTables: Sendable {
  let host: Host

  /// Table names, empty when the backend is not in use.
  func names(ipv6: Bool) -> [String] {
    let path = ipv6 ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names"
    return SmallFile(host: host).text(path)?.split(separator: "\n").map(String.init) ?? []
  }
}

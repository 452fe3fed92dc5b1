import FoundationEssentials
import NodeCollector
import SystemPackage

/// What one bundle of a run came to.
struct RunResult: Sendable {
  let code: Int32
  let bundle: FilePath?
}

/// Gathers bundle after bundle, and keeps the newest ones.
struct Repetition {
  let seconds: Double
  let keep: Int

  /// Runs until a signal ends it; the exit code is that of the signal, or of the last bundle.
  func run(
    _ signals: Interruptions, _ once: () async throws(CollectError) -> RunResult
  ) async throws(CollectError) -> Int32 {
    while true {
      let begin = Host.Clock.system.monotonic()
      let result = try await once()
      if let bundle = result.bundle { prune(beside: bundle) }
      if result.code == 130 || result.code == 143 { return result.code }
      let passed = Double(Host.Clock.system.monotonic() - begin) / 1_000_000
      if let code = await pause(max(0, seconds - passed), signals) { return code }
    }
  }

  /// Waits; a signal ends the wait with its exit code.
  private func pause(_ seconds: Double, _ signals: Interruptions) async -> Int32? {
    signals.note(partial: nil)
    let stream = signals.stream
    return await withTaskGroup(of: Int32?.self) { group in
      group.addTask {
        // Sleeping ends early only because a signal came.
        try? await Task.sleep(for: .seconds(seconds))
        return nil
      }
      group.addTask {
        for await signal in stream { return signal == .interrupt ? 130 : 143 }
        return nil
      }
      let code = await group.next() ?? nil
      group.cancelAll()
      return code
    }
  }

  /// Removes the oldest bundles of the same node, with their checksums and maps.
  private func prune(beside bundle: FilePath) {
    guard let name = bundle.lastComponent?.string, let stem = Self.stem(name) else { return }
    let parent = bundle.removingLastComponent().string
    let folder = parent.isEmpty ? "." : parent
    let manager = FileManager.default
    // A folder that can't be listed keeps what it has.
    let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
    let bases = Set(names.filter { Self.stem($0) == stem }.compactMap(Self.base)).sorted()
    for old in bases.dropLast(keep) {
      for related in names where related.hasPrefix(old + ".") {
        try? manager.removeItem(atPath: "\(folder)/\(related)")
      }
    }
  }

  /// The name of a bundle without its ending; `nil` for other files.
  private static func base(_ name: String) -> String? {
    guard name.hasPrefix("cnitriage-") else { return nil }
    for ending in [".tar.zst", ".tar.gz"] where name.hasSuffix(ending) {
      return String(name.dropLast(ending.utf8.count))
    }
    return nil
  }

  /// The part of a bundle's name before its time; `nil` for other files.
  static func stem(_ name: String) -> Substring? {
    guard let base = base(name), base.last == "Z" else { return nil }
    // The time has the form 20310402T091522Z.
    let time = base.suffix(16).dropLast()
    guard time.utf8.count == 15, time.utf8.allSatisfy({ $0 == 0x54 || (0x30...0x39).contains($0) })
    else { return nil }
    return base.dropLast(17)
  }
}

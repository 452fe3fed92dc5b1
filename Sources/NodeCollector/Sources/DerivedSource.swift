import BundleArchive
import BundleModel
import FoundationEssentials
import SystemPackage

/// The items that the collector computes itself, each in a file of its own.
struct DerivedSource: Sendable {
  let host: Host
  let limits: CollectLimits
  let spoolFolder: String

  /// What a computation gives: bytes, or the reason why there are none.
  enum Output: Sendable {
    case bytes([UInt8])
    case none(ItemStatus, String)
  }

  /// Computes an item.
  func member(
    _ derivation: Artifact.Derivation, for artifact: Artifact, seconds: Double
  ) async -> CollectedMember {
    let now = host.clock.wall()
    var member = CollectedMember(
      ManifestItem(
        id: artifact.id, source: .init(kind: .derived),
        startedAt: RFC3339.string(microseconds: now)),
      modified: now)
    let start = host.clock.monotonic()
    let output = await output(of: derivation, artifact, seconds: seconds)
    member.item.durationMilliseconds = Int((host.clock.monotonic() - start) / 1000)
    keep(output ?? .none(.timeout, "took longer than \(seconds) s"), in: &member, artifact)
    return member
  }

  /// Stores what a computation gave.
  func keep(_ output: Output, in member: inout CollectedMember, _ artifact: Artifact) {
    switch output {
    case .none(let status, let reason): member.end(status, reason)
    case .bytes(let bytes): keep(bytes, in: &member, artifact)
    }
  }

  private func keep(_ bytes: [UInt8], in member: inout CollectedMember, _ artifact: Artifact) {
    var sink = ItemSink(artifact, limits: limits, spoolFolder: spoolFolder)
    do {
      try sink.append(bytes[...])
      try sink.finish()
      member.keep(sink, at: artifact.path)
    } catch {
      member.end(.diskFull, "cannot keep the result: \(error)")
    }
  }

  private func output(
    of derivation: Artifact.Derivation, _ artifact: Artifact, seconds: Double
  ) async -> Output? {
    switch derivation {
    case .hostIdentity:
      await BlockingThread.run(seconds: seconds) { HostIdentity(host: host).output() }
    case .cniLogListing:
      await BlockingThread.run(seconds: seconds) {
        LogListing(host: host, limit: limits.filesPerGroup).output()
      }
    case .agentEnvironment:
      await BlockingThread.run(seconds: seconds) { AgentEnvironment(host: host).output() }
    case .kubeletFlags:
      await BlockingThread.run(seconds: seconds) { KubeletFlags(host: host).output() }
    case .networkSysctls:
      await BlockingThread.run(seconds: seconds) { NetworkSysctls(host: host).output() }
    case .iptablesInfo:
      await IptablesInfo(host: host, commands: commands).output(seconds: seconds)
    case .unitStates: await UnitStates(commands: commands).output(artifact, seconds: seconds)
    case .metadataReach: await MetadataReach(host: host).output(seconds: seconds)
    }
  }

  private var commands: CommandSource {
    CommandSource(host: host, limits: limits, spoolFolder: spoolFolder)
  }
}

extension DerivedSource.Output {
  /// A value as JSON with sorted keys, so that equal values give equal bytes.
  static func json(_ value: some Encodable) -> Self {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return .bytes(Array(try encoder.encode(value)) + [UInt8(ascii: "\n")])
    } catch {
      return .none(.error, "cannot encode: \(error)")
    }
  }
}

/// Reads small files of `/proc` and `/sys`, which never block for long.
struct SmallFile: Sendable {
  let host: Host

  /// The text of a file, or `nil` if it can't be read.
  func text(_ path: String, limit: Int = 64 << 10) -> String? {
    bytes(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The first line without surrounding white space.
  func line(_ path: String) -> String? {
    text(path)?.split(separator: "\n", omittingEmptySubsequences: false).first.map {
      String($0.drop { $0 == " " || $0 == "\t" })
    }
  }

  /// The bytes of a file, or `nil` if it can't be read.
  func bytes(_ path: String, limit: Int = 64 << 10) -> [UInt8]? {
    do {
      let descriptor = try FileDescriptor.open(
        host.path(path), .readOnly, options: [.closeOnExec, .nonBlocking])
      defer { try? descriptor.close() }
      var bytes: [UInt8] = []
      while bytes.count < limit {
        let chunk = try descriptor.readChunk(upTo: limit - bytes.count)
        if chunk.isEmpty { break }
        bytes += chunk
      }
      return bytes
    } catch {
      // Whether it is missing or refused is told by the items that declare the file themselves.
      return nil
    }
  }
}

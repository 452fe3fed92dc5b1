import BundleArchive
import BundleModel
import FoundationEssentials
import SystemPackage

/// The items that the collector computes itself. Each group of the catalogue has a table of its
/// computations in `Derived/`.
struct DerivedSource: Sendable {
  let context: RunContext

  /// What a computation gives: bytes, several files, or the reason why there are none.
  enum Output: Sendable {
    case bytes([UInt8])
    /// Bytes that are not all of it, and why.
    case part([UInt8], String)
    /// Files below the item's path, each with a relative path.
    case files([(path: String, bytes: [UInt8])])
    case none(ItemStatus, String)
    /// Bytes, and what is missing among them.
    case partial([UInt8], String)
  }

  /// Computes an item.
  typealias Computation = @Sendable (Request) async -> Output

  /// What a computation may use.
  struct Request: Sendable {
    let context: RunContext
    let artifact: Artifact
    /// The item's time limit.
    let seconds: Double

    var host: Host { context.host }
    var commands: CommandSource { context.commands }

    /// Runs work that may block on a thread that may be left behind.
    func blocking(_ work: @escaping @Sendable () -> Output) async -> Output {
      await BlockingThread.run(seconds: seconds, work)
        ?? .none(.timeout, "took longer than \(seconds) s")
    }
  }

  /// Every computation of the collector.
  static let computations: [Artifact.Derivation: Computation] = [
    hostComputations, systemComputations, kubeletComputations, runtimeComputations,
    cniComputations, ipamdComputations, podComputations, netComputations, sysctlComputations,
    bpfComputations, metadataComputations, kubeComputations, probeComputations,
  ].reduce(into: [:]) { all, group in all.merge(group) { first, _ in first } }

  /// Computes an item; a computation that gives several files yields as many members.
  func members(
    _ derivation: Artifact.Derivation, for artifact: Artifact, seconds: Double
  ) async -> [CollectedMember] {
    let now = context.host.clock.wall()
    var member = CollectedMember(
      ManifestItem(
        id: artifact.id, source: .init(kind: .derived),
        startedAt: RFC3339.string(microseconds: now)),
      modified: now)
    guard let computation = Self.computations[derivation] else {
      member.end(.error, "nothing computes `\(derivation.rawValue)`")
      return [member]
    }
    let start = context.host.clock.monotonic()
    let output = await computation(
      Request(context: context, artifact: artifact, seconds: seconds))
    member.item.durationMilliseconds = Int((context.host.clock.monotonic() - start) / 1000)
    if Task.isCancelled, case .none = output {
      member.end(.aborted, "the run was stopped")
      return [member]
    }
    guard case .files(let files) = output else {
      keep(output, in: &member, artifact)
      return [member]
    }
    return files.map { file in
      var part = member
      keep(file.bytes, in: &part, artifact, at: "\(artifact.path)/\(file.path)")
      return part
    }
  }

  /// Stores what a computation gave.
  func keep(_ output: Output, in member: inout CollectedMember, _ artifact: Artifact) {
    switch output {
    case .none(let status, let reason): member.end(status, reason)
    case .partial(let bytes, let reason):
      keep(bytes, in: &member, artifact, at: artifact.path)
      if member.item.status.isUsable { member.end(.partial, reason) }
    case .bytes(let bytes): keep(bytes, in: &member, artifact, at: artifact.path)
    case .part(let bytes, let reason):
      keep(bytes, in: &member, artifact, at: artifact.path)
      guard member.item.status == .ok else { return }
      member.end(.partial, reason)
    case .files(let files):
      let all = files.flatMap(\.bytes)
      keep(all, in: &member, artifact, at: artifact.path)
    }
  }

  private func keep(
    _ bytes: [UInt8], in member: inout CollectedMember, _ artifact: Artifact, at path: String
  ) {
    var sink = ItemSink(
      artifact, limits: context.limits, spoolFolder: context.spoolFolder, masking: context.masking)
    do {
      try sink.append(bytes[...])
      try sink.finish()
      member.keep(sink, at: path)
    } catch {
      member.end(.diskFull, "cannot keep the result: \(error)")
    }
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
    Self.bytes(at: host.path(path), limit: limit)
  }

  /// The text of a file that stands at a path of this process.
  static func text(at path: FilePath, limit: Int = 64 << 10) -> String? {
    bytes(at: path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The bytes of a file that stands at a path of this process.
  static func bytes(at path: FilePath, limit: Int) -> [UInt8]? {
    do {
      let descriptor = try FileDescriptor.open(
        path, .readOnly, options: [.closeOnExec, .nonBlocking])
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

import BundleModel

/// Takes a text apart that holds what several commands printed, while it is read: no part is ever
/// held as a whole, and every part knows the line of the file at which it begins.
final class TextParts {
  /// How a file tells where a part begins.
  enum Form: Sendable, Equatable {
    /// `mount`, then `df --human-readable`.
    case mounts
    /// `sysctl --all`: parameters of the network, and all others.
    case sysctls
    /// `ipset --list`, then `ipset --save`.
    case sets
    /// `ipvsadm --save`, `--list --rate`, `--list --stats`.
    case virtualServers
    /// `conntrack -S` and `conntrack -L`, each below a heading.
    case tracking
    /// `conntrack -L -f ipv6` below a heading.
    case tracking6
    /// Files of this item, each below a comment with its path, as `systemctl cat` prints units.
    case files(ArtifactID)
  }

  /// One part: what it is, its first line, counted from 1, and the file that it was on the node.
  struct Part {
    let artifact: ArtifactID
    let firstLine: Int
    var origin: String?
  }

  private enum Step {
    case same
    /// This line is the first one of a part.
    case begins(ArtifactID, origin: String? = nil)
    /// The line behind this one is.
    case announces(ArtifactID)
  }

  private let form: Form
  private let limit: Int
  private let pull: BundleFiles.NextChunk
  private var rest: ArraySlice<UInt8> = []
  private var isAtLineStart = true
  private var line = 1
  private var current: ArtifactID?
  private var upcoming: Part?
  /// Whether the line at hand is the one that its part began with.
  private var isFirstOfPart = false
  private var count = 0

  /// - Parameters:
  ///   - form: how parts are told apart.
  ///   - limit: how many parts are made; what follows belongs to the last one.
  ///   - pull: gives the next bytes of the file.
  init(_ form: Form, limit: Int, pull: @escaping BundleFiles.NextChunk) {
    self.form = form
    self.limit = limit
    self.pull = pull
  }

  /// The next part; what was not read of the one before is skipped.
  func next() throws(BundleError) -> Part? {
    while upcoming == nil {
      guard try nextChunk() != nil || upcoming != nil else { return nil }
    }
    let part = upcoming
    upcoming = nil
    current = part?.artifact
    return part
  }

  /// The next bytes of the current part, `nil` at its end.
  func nextChunk() throws(BundleError) -> ArraySlice<UInt8>? {
    guard upcoming == nil else { return nil }
    while true {
      guard try fill() else { return nil }
      let start = rest.startIndex
      var end = start
      var step = Step.same
      while end < rest.endIndex {
        if isAtLineStart {
          // The head of a line may stand across two chunks.
          if rest.endIndex - end < Self.headBytes, !rest[end...].contains(Self.newline), end > start
          {
            break
          }
          step = isFirstOfPart ? .same : self.step(rest[end...])
          isFirstOfPart = false
          if case .same = step {} else { break }
        }
        let newline = rest[end...].firstIndex(of: Self.newline)
        isAtLineStart = newline != nil
        if newline != nil { line += 1 }
        end = newline.map { $0 + 1 } ?? rest.endIndex
      }
      let bytes = rest[start..<end]
      rest = rest[end...]
      try take(step)
      if !bytes.isEmpty, current != nil { return bytes }
      if upcoming != nil { return nil }
    }
  }

  private static let newline = UInt8(ascii: "\n")
  /// Bytes of a line that decide what it is; paths of units are shorter.
  private static let headBytes = 512

  /// Makes sure that there are bytes, and at a line's start its whole head; `false` at the end.
  private func fill() throws(BundleError) -> Bool {
    while rest.isEmpty
      || (isAtLineStart && rest.count < Self.headBytes && !rest.contains(Self.newline))
    {
      guard let more = try pull() else { return !rest.isEmpty }
      rest = rest.isEmpty ? more : rest + more
    }
    return true
  }

  private func take(_ step: Step) throws(BundleError) {
    switch step {
    case .same: return
    case .begins(let artifact, let origin):
      upcoming = Part(artifact: artifact, firstLine: line, origin: origin)
      isFirstOfPart = true
    case .announces(let artifact):
      while true {
        if let newline = rest.firstIndex(of: Self.newline) {
          rest = rest[(newline + 1)...]
          break
        }
        guard let more = try pull() else {
          rest = []
          break
        }
        rest = more
      }
      line += 1
      upcoming = Part(artifact: artifact, firstLine: line)
    }
    count += 1
  }

  private func step(_ line: ArraySlice<UInt8>) -> Step {
    guard count < limit else { return .same }
    let head = line.prefix(Self.headBytes)
    func change(_ artifact: ArtifactID) -> Step { current == artifact ? .same : .begins(artifact) }
    switch form {
    case .mounts:
      if current == nil { return .begins(.foreignMounts) }
      return head.starts(with: "Filesystem ".utf8) ? change(.foreignDiskUse) : .same
    case .sysctls:
      let isNetwork = head.starts(with: "net.".utf8) || head.starts(with: "/proc/sys/net/".utf8)
      return change(isNetwork ? .networkSysctls : .otherSysctls)
    case .sets:
      if head.starts(with: "create ".utf8) || head.starts(with: "add ".utf8) {
        return change(.ipset)
      }
      if head.starts(with: "Name: ".utf8) { return change(.foreignIPSets) }
      return current == nil ? .begins(.foreignIPSets) : .same
    case .virtualServers:
      if head.starts(with: "IP Virtual Server".utf8) {
        return .begins(.foreignVirtualServerCounters)
      }
      return current == nil ? .begins(.foreignVirtualServers) : .same
    case .tracking, .tracking6: return tracking(head)
    case .files(let artifact):
      guard line.starts(with: "# /".utf8) else {
        return current == nil ? .begins(artifact) : .same
      }
      let path = line.dropFirst(2).prefix(Self.headBytes).prefix { $0 != Self.newline }
      return .begins(artifact, origin: String(decoding: path, as: UTF8.self))
    }
  }

  private func tracking(_ head: ArraySlice<UInt8>) -> Step {
    let table: ArtifactID = form == .tracking6 ? .trackedConnections6 : .trackedConnections
    if head.starts(with: "*** Output of conntrack -S".utf8) {
      return .announces(.foreignTrackingCounters)
    }
    if head.starts(with: "*** Output of conntrack".utf8) { return .announces(table) }
    guard current == nil else { return .same }
    return .begins(head.starts(with: "cpu=".utf8) ? .foreignTrackingCounters : table)
  }
}

extension TextParts.Form {
  /// The items that such a file may hold.
  var artifacts: [ArtifactID] {
    switch self {
    case .mounts: [.foreignMounts, .foreignDiskUse]
    case .sysctls: [.networkSysctls, .otherSysctls]
    case .sets: [.foreignIPSets, .ipset]
    case .virtualServers: [.foreignVirtualServers, .foreignVirtualServerCounters]
    case .tracking: [.foreignTrackingCounters, .trackedConnections]
    case .tracking6: [.trackedConnections6]
    case .files(let artifact): [artifact]
    }
  }
}

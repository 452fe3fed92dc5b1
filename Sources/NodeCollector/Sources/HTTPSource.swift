import BundleModel

/// Asks the loopback servers of the CNI.
struct HTTPSource: Sendable {
  let host: Host
  let limits: CollectLimits
  let spoolFolder: String
  let masking: Masking

  /// The body of one GET as one member.
  func get(
    port: Int, path: String, for artifact: Artifact, seconds: Double
  ) async -> CollectedMember {
    let now = host.clock.wall()
    let endpoint = Host.Endpoint(address: "127.0.0.1", port: host.ports[port] ?? port)
    var member = CollectedMember(
      ManifestItem(
        id: artifact.id,
        source: .init(kind: .http, url: "http://\(endpoint.address):\(endpoint.port)\(path)"),
        startedAt: RFC3339.string(microseconds: now)),
      modified: now)
    let start = host.clock.monotonic()
    let outcome = await LoopbackHTTP(capBytes: artifact.capBytes)
      .send(.init(path: path), to: endpoint, seconds: seconds)
    member.item.durationMilliseconds = Int((host.clock.monotonic() - start) / 1000)
    switch outcome {
    case .refused: member.end(.missing, "nothing listens on port \(endpoint.port)")
    case .timeout: member.end(.timeout, "no answer in \(seconds) s")
    case .failed(let reason), .unreadable(let reason): member.end(.failed, reason)
    case .answered(let response): keep(response, in: &member, artifact: artifact)
    }
    return member
  }

  private func keep(
    _ response: LoopbackHTTP.Response, in member: inout CollectedMember, artifact: Artifact
  ) {
    member.item.httpStatus = response.status
    if response.status == 401 || response.status == 403 {
      member.end(.denied, "HTTP status \(response.status)")
    } else if !(200..<300).contains(response.status) {
      member.end(.failed, "HTTP status \(response.status)")
    } else if response.body.starts(with: Self.absentMark) {
      // ipamd answers an unknown path with the list of the paths that it knows.
      member.end(.unsupported, "this version of the CNI has no such endpoint")
    }
    var sink = ItemSink(
      artifact, limits: limits, spoolFolder: spoolFolder, masking: masking)
    do {
      try sink.append(response.body[...])
      try sink.finish()
      member.keep(sink, at: artifact.path)
      if response.isCut {
        member.item.status = .partial
        member.item.reason = "cut: the answer exceeds \(artifact.capBytes) bytes"
        member.item.truncation = .init(mode: .head, droppedBytes: 0)
      }
    } catch {
      member.end(.diskFull, "cannot keep the answer: \(error)")
    }
  }

  private static let absentMark = Array(#"{"AvailableCommands""#.utf8)
}

import BundleModel
import NIOHTTP1

/// What a run knows about the instance metadata service: one token for all items, in memory only,
/// or the first failure, after which nobody asks again. A service that is silent costs a run two
/// seconds and not two for each item.
actor MetadataSession {
  /// Seconds of one attempt to get a token.
  static let attemptSeconds = 1.0
  private static let attempts = 2
  /// Shorter than the life of a token.
  private static let tokenMicroseconds: Int64 = 240_000_000

  private var asked: Task<Result<String, MetadataSource.Unreachable>, Never>?
  private var askedAt: Int64 = 0

  /// A token, or why there is none; the first caller asks, the others wait for the same answer.
  func token(_ host: Host) async throws(MetadataSource.Unreachable) -> String {
    let now = host.clock.monotonic()
    let task: Task<Result<String, MetadataSource.Unreachable>, Never>
    if let asked, now - askedAt < Self.tokenMicroseconds {
      task = asked
    } else {
      task = Task { await Self.ask(host.metadata) }
      asked = task
      askedAt = now
    }
    return try await task.value.get()
  }

  /// One attempt that is reported; a service that stays silent is not asked by others again.
  func attempt(_ endpoint: Host.Endpoint, seconds: Double) async -> LoopbackHTTP.Outcome {
    let outcome = await Self.request(endpoint, seconds: seconds)
    if case .answered = outcome { return outcome }
    let again = await Self.request(endpoint, seconds: seconds)
    if case .answered = again { return again }
    if asked == nil {
      let failure = Self.result(again)
      asked = Task { failure }
      askedAt = .max / 2
    }
    return again
  }

  private static func ask(
    _ endpoint: Host.Endpoint
  ) async -> Result<String, MetadataSource.Unreachable> {
    var last = Result<String, MetadataSource.Unreachable>.failure(
      .init(status: .missing, reason: "the metadata service does not answer"))
    for _ in 0..<attempts {
      last = result(await request(endpoint, seconds: attemptSeconds))
      if case .success = last { return last }
    }
    return last
  }

  private static func request(
    _ endpoint: Host.Endpoint, seconds: Double
  ) async -> LoopbackHTTP.Outcome {
    await LoopbackHTTP(capBytes: 4096)
      .send(MetadataSource.tokenRequest, to: endpoint, seconds: seconds)
  }

  private static func result(
    _ outcome: LoopbackHTTP.Outcome
  ) -> Result<String, MetadataSource.Unreachable> {
    switch outcome {
    case .answered(let response) where response.status == 200:
      isToken(response)
        ? .success(String(decoding: response.body, as: UTF8.self))
        : .failure(
          .init(
            status: .failed,
            reason: "what the metadata service answers is no token: "
              + (response.isCut ? "more than " : "") + "\(response.body.count) bytes"))
    case .answered(let response):
      .failure(
        .init(
          status: [401, 403].contains(response.status) ? .denied : .failed,
          reason: "the metadata service refused a token with status \(response.status)"))
    case .refused: .failure(.init(status: .missing, reason: "connection refused"))
    case .timeout:
      .failure(
        .init(
          status: .missing,
          reason: "the metadata service is silent: no token in \(attempts) attempts of "
            + "\(attemptSeconds) s"))
    case .failed(let text): .failure(.init(status: .missing, reason: text))
    case .unreadable(let text):
      .failure(.init(status: .failed, reason: "the metadata service is unreadable: \(text)"))
    }
  }

  /// Whether an answer can be sent back as a token, whoever gave it: a header takes no other bytes.
  private static func isToken(_ response: LoopbackHTTP.Response) -> Bool {
    !response.isCut && (1...1024).contains(response.body.count)
      && response.body.allSatisfy { (0x21...0x7E).contains($0) }
  }
}

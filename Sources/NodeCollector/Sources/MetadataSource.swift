import BundleModel
import FoundationEssentials
import NIOHTTP1

/// Asks the instance metadata service, version 2. The token lives in this value only.
struct MetadataSource: Sendable {
  let host: Host
  /// Who knows the token, or that there is none.
  var session = MetadataSession()

  /// One answer, as it stands in the bundle.
  struct Answer: Sendable, Encodable {
    var path: String
    var status: Int
    var body: String?
    var error: String?
    var durationMicroseconds: Int

    enum CodingKeys: String, CodingKey {
      case path, status, body, error
      case durationMicroseconds = "duration_us"
    }
  }

  /// All answers of one item.
  struct Answers: Sendable, Encodable {
    var requests: [Answer]

    /// What the requests without an answer make of the item: nothing of it is there, or a part.
    var loss: (status: ItemStatus, reason: String)? {
      let lost = requests.filter { $0.error != nil }
      guard let first = lost.first, let error = first.error else { return nil }
      let reason =
        "\(lost.count) of \(requests.count) requests got no answer; \(first.path): \(error)"
      guard lost.count == requests.count else { return (.partial, reason) }
      let outOfTime = lost.allSatisfy { $0.error == Self.silence || $0.error == Self.tooLate }
      return (outOfTime ? .timeout : .failed, reason)
    }

    /// The error of a request that nobody answered in time.
    fileprivate static let silence = "timeout"
    /// The error of a request for which no time was left.
    fileprivate static let tooLate = "not asked: the group's time limit was reached"
  }

  /// Why no answer could be had at all.
  struct Unreachable: Error {
    let status: ItemStatus
    let reason: String
  }

  /// Values that would be credentials or a signature are never asked for, whatever the catalogue
  /// says; see the collection rules on what is never collected.
  private static let forbidden = [
    "iam/security-credentials/", "identity-credentials/", "user-data",
  ]

  /// Asks for every path; `*` in a path stands for each entry of the listing before it. User data
  /// is refused like a credential unless the user of the program asked for it.
  func answers(
    to paths: [String], seconds: Double, includesUserData: Bool = false
  ) async throws(Unreachable) -> Answers {
    let deadline = host.clock.monotonic() + Int64(seconds * 1_000_000)
    let token = try await session.token(host)
    var answers: [Answer] = []
    var listings: [String: [String]] = [:]
    var wanted: [String] = []
    let forbidden = Self.forbidden.filter { !includesUserData || $0 != "user-data" }
    for path in paths
    where path == Self.roleNames || !forbidden.contains(where: { path.contains($0) }) {
      guard let star = path.firstIndex(of: "*") else {
        wanted.append(path)
        continue
      }
      let parent = String(path[..<star])
      if listings[parent] == nil {
        let listing = await ask(parent, token: token, until: deadline)
        listings[parent] = Self.entries(listing.body)
        answers.append(listing)
      }
      for entry in listings[parent] ?? [] {
        wanted.append(parent + entry + path[path.index(after: star)...])
      }
    }
    return Answers(requests: answers + (await ask(wanted, token: token, until: deadline)))
  }

  /// The one listing below a forbidden path: names of roles, never what stands behind a name.
  static let roleNames = "meta-data/iam/security-credentials/"

  /// The answers in the order of the paths, at most two requests at a time: the service drops what
  /// comes too fast, and the node needs it too.
  private func ask(
    _ paths: [String], token: String, until deadline: Int64
  ) async -> [Answer] {
    await withTaskGroup(of: (Int, Answer).self) { group in
      var answers = [Answer?](repeating: nil, count: paths.count)
      for (index, path) in paths.enumerated() {
        if index >= 2, let (place, answer) = await group.next() { answers[place] = answer }
        group.addTask { (index, await ask(path, token: token, until: deadline)) }
      }
      for await (place, answer) in group { answers[place] = answer }
      return answers.compactMap { $0 }
    }
  }

  /// The most bytes of one answer; the longest real ones are a few KiB.
  private static let answerBytes = 64 << 10

  /// The request for a token that outlives the run's use of it.
  static let tokenRequest = LoopbackHTTP.Request(
    method: .PUT, path: "/latest/api/token",
    headers: [("X-aws-ec2-metadata-token-ttl-seconds", "300")])

  private func ask(_ path: String, token: String, until deadline: Int64) async -> Answer {
    let start = host.clock.monotonic()
    var answer = Answer(path: path, status: 0, durationMicroseconds: 0)
    let left = Double(deadline - start) / 1_000_000
    guard left > 0 else {
      answer.error = Answers.tooLate
      return answer
    }
    let outcome = await LoopbackHTTP(capBytes: Self.answerBytes).send(
      .init(path: "/latest/\(path)", headers: [("X-aws-ec2-metadata-token", token)]),
      to: host.metadata, seconds: min(2, left))
    answer.durationMicroseconds = Int(host.clock.monotonic() - start)
    switch outcome {
    case .answered(let response):
      answer.status = response.status
      if response.isCut {
        // Half a document must not be taken for a whole one.
        answer.error = "the answer exceeds \(Self.answerBytes) bytes"
      } else if response.status == 200 {
        answer.body = String(decoding: response.body, as: UTF8.self)
      }
    case .refused: answer.error = "refused"
    case .timeout: answer.error = Answers.silence
    case .failed(let reason), .unreadable(let reason): answer.error = reason
    }
    return answer
  }

  /// Entries of a listing; anything that could lead a path elsewhere is left out.
  private static func entries(_ body: String?) -> [String] {
    (body ?? "").split(separator: "\n").prefix(64).map { line in
      String(line.hasSuffix("/") ? line.dropLast() : line)
    }.filter { entry in
      !entry.isEmpty && !entry.hasPrefix(".") && entry.utf8.allSatisfy(isPlain)
    }
  }

  /// Bytes of hardware addresses and of tags.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: ":"), UInt8(ascii: "-"),
      UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}

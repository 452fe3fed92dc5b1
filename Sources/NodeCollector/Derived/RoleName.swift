import BundleModel

/// The name of the node's role. What stands behind the name is a credential and is never asked for.
struct RoleName: Sendable {
  let host: Host
  let session: MetadataSession

  func output(seconds: Double) async -> DerivedSource.Output {
    do {
      let answers = try await MetadataSource(host: host, session: session)
        .answers(to: [MetadataSource.roleNames], seconds: seconds)
      guard let answer = answers.requests.first else { return .none(.error, "nothing was asked") }
      switch answer.status {
      case 200: return Self.names(answer.body ?? "")
      case 404: return .none(.missing, "the instance has no role")
      case 0: return .none(.timeout, "no answer: \(answer.error ?? "unknown")")
      case let status: return .none(.failed, "HTTP status \(status)")
      }
    } catch {
      return .none(error.status, error.reason)
    }
  }

  /// Only what can be the name of a role is kept, whoever answers at that address.
  static func names(_ body: String) -> DerivedSource.Output {
    let names = body.split(whereSeparator: \.isNewline).prefix(8)
    let isPlain = names.allSatisfy { name in
      name.utf8.count <= 64
        && name.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
          default: "+=,.@-_".utf8.contains(byte)
          }
        }
    }
    guard isPlain else { return .none(.failed, "the answer is no name of a role") }
    return .bytes(Array(names.map { $0 + "\n" }.joined().utf8))
  }
}

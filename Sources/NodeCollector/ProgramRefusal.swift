import BundleModel

/// What a failed program's words mean, for programs that ask a server: a refusal, an absence and a
/// silent server are different facts, and none of them has an exit code of its own.
enum ProgramRefusal {
  /// The status of a program that ended with a failure and these words.
  static func status(of program: String, saying words: String) -> ItemStatus {
    guard let table = meanings[program] else { return .failed }
    return table.first { entry in entry.words.contains { words.contains($0) } }?.status ?? .failed
  }

  private typealias Meaning = (status: ItemStatus, words: [String])

  /// In the order in which they are tried.
  private static let meanings: [String: [Meaning]] = [
    "kubectl": [
      (
        .denied,
        ["(Forbidden)", "(Unauthorized)", "forbidden: ", "You must be logged in to the server"]
      ),
      (.missing, ["(NotFound)", "the server could not find the requested resource"]),
      (
        .timeout,
        [
          "i/o timeout", "context deadline exceeded", "Client.Timeout exceeded",
          "TLS handshake timeout", "(Timeout)",
        ]
      ),
    ],
    "aws": [
      (
        .denied,
        [
          "(AccessDenied", "(UnauthorizedOperation)", "(UnauthorizedException)",
          "(UnrecognizedClientException)", "(InvalidClientTokenId)", "(ExpiredToken",
          "(AuthFailure)", "(SignatureDoesNotMatch)", "Unable to locate credentials",
          "The SSO session",
        ]
      ),
      (.missing, ["(ResourceNotFoundException)", "(NoSuchEntity)", ".NotFound)"]),
      (.timeout, ["Connect timeout on endpoint", "Read timeout on endpoint"]),
    ],
  ]
}

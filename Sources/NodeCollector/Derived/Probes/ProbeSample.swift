/// One timed try of a probe, as it stands in the bundle.
struct ProbeSample: Sendable, Encodable, Equatable {
  /// Its place in its series, from 0.
  var sequence: Int
  /// What was asked.
  var target: String
  /// When it began, in nanoseconds of the clock that never steps.
  var startNanoseconds: UInt64
  /// How long it took; for a timeout the time limit, which is a lower bound.
  var durationNanoseconds: UInt64
  /// Nanoseconds since its beginning at which parts of it were done.
  var phases: [String: UInt64]?
  var outcome: ProbeResult.Outcome
  /// What the other side said: a status, an exit code, the reason of a failure.
  var code: String?
  /// The address behind a name.
  var address: String?
  /// Whether that address belongs to no public network.
  var isPrivate: Bool?
  /// The beginning of what a program wrote as an error.
  var standardError: String?

  enum CodingKeys: String, CodingKey {
    case target, outcome, code, address
    case sequence = "seq"
    case startNanoseconds = "t_start_ns"
    case durationNanoseconds = "dur_ns"
    case phases = "phase_ns"
    case isPrivate = "private"
    case standardError = "stderr"
  }
}

/// What one try gave.
struct ProbeResult: Sendable, Equatable {
  /// How a try ended.
  enum Outcome: String, Sendable, Encodable {
    case ok
    case fail
    case timeout
  }

  var outcome: Outcome
  var code: String?
  /// A duration that was measured closer to the wire than the runner can.
  var nanoseconds: UInt64?
  var phases: [String: UInt64]?
  var address: String?
  var standardError: String?

  init(_ outcome: Outcome, code: String? = nil, nanoseconds: UInt64? = nil) {
    self.outcome = outcome
    self.code = code
    self.nanoseconds = nanoseconds
  }

  /// A try that found nobody, or no answer.
  init(failure: ConnectionFailure) {
    switch failure {
    case .timeout: self.init(.timeout)
    default: self.init(.fail, code: failure.text)
    }
  }
}

/// Tries of one thing at a steady pace.
struct ProbeSeries: Sendable {
  /// What is asked, in words that stand in every sample.
  var target: String
  /// How many tries are planned.
  var count: Int
  /// Seconds between the beginnings of two tries; at least 1/20, so that no target gets more than
  /// 20 requests per second from it.
  var interval: Double
  /// The longest that one try may take, in seconds.
  var timeout: Double
  /// One try within a number of seconds. It never tries twice.
  var attempt: @Sendable (_ seconds: Double) async -> ProbeResult
}

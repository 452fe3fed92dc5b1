import BundleModel
import FoundationEssentials

/// Where the CNI's permissions in EC2 come from. Credentials are never read; of a token only the
/// three claims that say for whom and until when it is, of a static key only that it is there.
struct CNIIdentity: Sendable {
  let request: DerivedSource.Request

  private static let process = "aws-k8s-agent"
  private static let staticKeys = [
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
  ]

  private struct Evidence: Encodable {
    /// Which source the AWS SDK takes first: `static_keys`, `web_identity`, `container`,
    /// `instance_role`; `unknown` without the agent's environment.
    var in_effect: String
    var agent: Agent?
    var web_identity: WebIdentity?
    var container: Container?
    /// Names of variables that hold static credentials; their values stay on the node.
    var static_credentials: [String]
    var instance_profile: Profile
  }

  private struct Agent: Encodable {
    var pid: Int
    var started_at: String?
  }

  /// IAM roles for service accounts.
  private struct WebIdentity: Encodable {
    var role_arn: String?
    var token_file: String?
    var token: ServiceAccountToken?
  }

  /// Pod Identity, or another endpoint that hands out credentials.
  private struct Container: Encodable {
    var credentials_uri: String?
    var token_file: String?
    var token: ServiceAccountToken?
  }

  /// The metadata's word about the node's own role.
  private struct Profile: Encodable {
    var status: String
    var arn: String?
    var last_updated: String?
    var code: String?
    var reason: String?
  }

  func output() async -> DerivedSource.Output {
    let host = request.host
    async let profile = profile()
    let found = await BlockingThread.run(seconds: request.seconds) { Self.agent(host) }
    var evidence = Evidence(
      in_effect: "unknown", static_credentials: [], instance_profile: await profile)
    switch found {
    case nil: return .none(.timeout, "took longer than \(request.seconds) s")
    case .absent: break
    case .denied(let reason): return .none(.denied, reason)
    case .found(let agent, let variables, let tokens):
      evidence.agent = agent
      judge(variables, tokens, &evidence)
    }
    return .json(evidence)
  }

  // MARK: - The agent

  private enum Found: Sendable {
    case absent
    case denied(String)
    case found(Agent, variables: [String: String], tokens: [String: ServiceAccountToken])
  }

  /// Names whose values say where credentials come from and are none themselves.
  private static let references = [
    "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  ]

  private static func agent(_ host: Host) -> Found {
    let table = ProcessTable(host: host)
    guard let process = table.processes(named: Self.process).last else { return .absent }
    guard let strings = table.strings("environ", of: process.pid) else {
      return .denied("/proc/\(process.pid)/environ cannot be read")
    }
    var variables: [String: String] = [:]
    for string in strings {
      let parts = string.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      let name = String(parts[0])
      // The SDK takes an empty value for none.
      if references.contains(name), !parts[1].isEmpty { variables[name] = String(parts[1]) }
      if staticKeys.contains(name), !parts[1].isEmpty { variables[name] = "" }
    }
    let files = [
      variables["AWS_WEB_IDENTITY_TOKEN_FILE"],
      variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
    ].compactMap(\.self)
    let tokens = files.map { ($0, ServiceAccountToken($0, of: process.pid, host: host)) }
    let started = table.startTime(of: process).map { RFC3339.string(microseconds: $0) }
    return .found(
      Agent(pid: process.pid, started_at: started), variables: variables,
      tokens: Dictionary(tokens) { first, _ in first })
  }

  private func judge(
    _ variables: [String: String], _ tokens: [String: ServiceAccountToken],
    _ evidence: inout Evidence
  ) {
    evidence.static_credentials = Self.staticKeys.filter { variables[$0] != nil }
    let (role, tokenFile) = (variables["AWS_ROLE_ARN"], variables["AWS_WEB_IDENTITY_TOKEN_FILE"])
    if role != nil || tokenFile != nil {
      evidence.web_identity = WebIdentity(
        role_arn: role, token_file: tokenFile, token: tokenFile.flatMap { tokens[$0] })
    }
    if let uri = variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
      let file = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
      evidence.container = Container(
        credentials_uri: uri, token_file: file, token: file.flatMap { tokens[$0] })
    }
    // The order in which the AWS SDK for Go looks.
    if variables["AWS_ACCESS_KEY_ID"] != nil, variables["AWS_SECRET_ACCESS_KEY"] != nil {
      evidence.in_effect = "static_keys"
    } else if evidence.web_identity?.token_file != nil {
      evidence.in_effect = "web_identity"
    } else if evidence.container != nil {
      evidence.in_effect = "container"
    } else {
      evidence.in_effect = "instance_role"
    }
  }

  // MARK: - The instance

  private struct Info: Decodable {
    var Code: String?
    var LastUpdated: String?
    var InstanceProfileArn: String?
  }

  private func profile() async -> Profile {
    do {
      let answers = try await MetadataSource(
        host: request.host, session: request.context.metadata
      )
      .answers(to: ["meta-data/iam/info"], seconds: request.seconds / 2)
      guard let answer = answers.requests.first else { return Profile(status: "missing") }
      guard let body = answer.body,
        // A body of another form tells nothing that its status doesn't.
        let info = try? JSONDecoder().decode(Info.self, from: Data(body.utf8))
      else {
        return Profile(
          status: answer.status == 404 ? "missing" : "failed",
          reason: answer.error ?? "HTTP status \(answer.status)")
      }
      return Profile(
        status: "ok", arn: info.InstanceProfileArn, last_updated: info.LastUpdated, code: info.Code)
    } catch {
      return Profile(status: error.status.rawValue, reason: error.reason)
    }
  }
}

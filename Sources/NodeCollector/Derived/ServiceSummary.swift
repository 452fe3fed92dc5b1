import BundleModel
import FoundationEssentials

/// How many services the cluster has, which decides how many rules kube-proxy writes, and the one
/// service whose address pods use for the API server. No other service leaves this function.
struct ServiceSummary: Sendable {
  let request: DerivedSource.Request

  private static let pageSize = 250
  /// Pages that are read at most when the server doesn't tell how many services remain.
  private static let pageLimit = 40
  private static let pageBytes = 8 << 20

  private struct Summary: Encodable {
    var count: Int
    /// Whether there are more than `count`.
    var is_cut: Bool
    var kubernetes: Service?
  }

  private struct Page: Decodable {
    struct Metadata: Decodable {
      var `continue`: String?
      var remainingItemCount: Int?
    }
    struct Item: Decodable {}
    var metadata: Metadata
    var items: [Item]?
  }

  private struct Service: Codable {
    struct Metadata: Codable {
      var name: String
      var namespace: String
    }
    struct Specification: Codable {
      struct Port: Codable {
        var name: String?
        var port: Int
        var `protocol`: String?
      }
      var clusterIP: String?
      var clusterIPs: [String]?
      var ipFamilies: [String]?
      var ports: [Port]?
    }
    var metadata: Metadata
    var spec: Specification
  }

  private struct Refusal: Error {
    let status: ItemStatus
    let reason: String
  }

  func output() async -> DerivedSource.Output {
    do throws(Refusal) {
      var summary = try await count()
      do throws(Refusal) {
        let bytes = try await get("/api/v1/namespaces/default/services/kubernetes")
        summary.kubernetes = try decoded(Service.self, bytes)
      } catch {
        // The count alone is worth keeping; a cluster without this service has no value here.
        guard error.status == .missing || error.status == .denied else { throw error }
      }
      return .json(summary)
    } catch {
      return .none(error.status, error.reason)
    }
  }

  /// Counts page by page, until the server tells how many remain.
  private func count() async throws(Refusal) -> Summary {
    var count = 0
    var token = ""
    for _ in 0..<Self.pageLimit {
      let next = token.isEmpty ? "" : "&continue=\(token)"
      let bytes = try await get("/api/v1/services?limit=\(Self.pageSize)\(next)")
      let page = try decoded(Page.self, bytes)
      count += page.items?.count ?? 0
      if let remaining = page.metadata.remainingItemCount {
        return Summary(count: count + remaining, is_cut: false)
      }
      token = page.metadata.continue ?? ""
      guard !token.isEmpty else { return Summary(count: count, is_cut: false) }
    }
    return Summary(count: count, is_cut: true)
  }

  private func decoded<Value: Decodable>(
    _ type: Value.Type, _ bytes: [UInt8]
  ) throws(Refusal) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw Refusal(status: .failed, reason: "the answer is no object of the expected form")
    }
  }

  /// One GET through the node's credential.
  private func get(_ path: String) async throws(Refusal) -> [UInt8] {
    let commands = request.commands
    guard let program = await commands.locate("kubectl") else {
      throw Refusal(status: .missing, reason: "no program `kubectl`")
    }
    let arguments = await NodeCredential.filled(
      [
        "--cache-dir=/dev/null", "--kubeconfig={kubeconfig}", "--request-timeout=10s", "get",
        "--raw", path,
      ], host: request.host)
    let sink = ItemSink(
      rule: .none, capBytes: Self.pageBytes, keeps: .head, limits: commands.limits,
      spoolFolder: commands.spoolFolder)
    let outcome = await commands.capture(
      program, arguments, into: sink, seconds: request.seconds)
    switch outcome {
    case .notStarted(let reason): throw Refusal(status: .error, reason: reason)
    case .ended(let run):
      guard case .completed = run.end else {
        throw Refusal(
          status: .timeout, reason: "kubectl gave no answer in \(request.seconds) s")
      }
      if case .exited(let code) = run.termination, code != 0 {
        let words = commands.firstLine(run.standardError)
        throw Refusal(
          status: ProgramRefusal.status(of: "kubectl", saying: words),
          reason: "exit code \(code)\(words)")
      }
      do {
        return try run.output.spool.read(0..<min(Self.pageBytes, run.output.spool.offered))
      } catch {
        throw Refusal(status: .error, reason: "\(error)")
      }
    }
  }
}

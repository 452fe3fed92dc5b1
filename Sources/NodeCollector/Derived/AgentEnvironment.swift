import BundleModel
import Redaction

/// The environment that the running ipamd was started with: its settings and its identity.
/// Values are kept only of names on the allow-list; of all others the name alone.
struct AgentEnvironment: Sendable {
  let host: Host

  private static let process = "aws-k8s-agent"

  private struct Agent: Encodable {
    var pid: Int
    var process: String
    var started_at: String?
    var environment: [Variable]
  }

  private struct Variable: Encodable {
    var name: String
    var value: String?
    var redacted: Bool?
  }

  func output() -> DerivedSource.Output {
    let table = ProcessTable(host: host)
    guard let process = table.processes(named: Self.process).last else {
      return .none(.missing, "no process named \(Self.process) runs")
    }
    guard let strings = table.strings("environ", of: process.pid) else {
      return .none(.denied, "/proc/\(process.pid)/environ cannot be read")
    }
    let started = table.startTime(of: process).map { RFC3339.string(microseconds: $0) }
    let variables = strings.map(variable).sorted { $0.name < $1.name }
    return .json(
      Agent(
        pid: process.pid, process: Self.process, started_at: started, environment: variables))
  }

  private func variable(_ text: String) -> Variable {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.map(String.init) ?? ""
    guard EnvironmentRedaction.isAllowed(name: name) else {
      return Variable(name: name, redacted: true)
    }
    return Variable(name: name, value: parts.count > 1 ? String(parts[1]) : "")
  }
}

public import BundleModel
import FoundationEssentials

/// JSON with sorted keys, so that equal values give equal bytes.
enum JSONBytes {
  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
  }
}

/// `bundle.json`, the first member: says what the archive is before anything else is read.
struct BundleDescription {
  let identity: BundleIdentity
  let tool: Manifest.ToolVersion
  let createdAt: Int64

  private struct Fields: Encodable {
    var schema: String
    var layout: Int
    var bundle_id: String
    var tool: Manifest.ToolVersion
    var created_at: String
    var host: String
  }

  func json() throws -> [UInt8] {
    try JSONBytes.encode(
      Fields(
        schema: Manifest.schemaName, layout: 1, bundle_id: identity.bundleID, tool: tool,
        created_at: RFC3339.string(microseconds: createdAt), host: identity.platform.hostName))
  }
}

/// `plan.json`: what was to be gathered, and within which bounds. Also the answer of a dry run.
public struct PlanDescription {
  private let plan: Plan

  /// Describes a plan.
  public init(_ plan: Plan) {
    self.plan = plan
  }

  private struct Fields: Encodable {
    var items: [Item]
    var skipped: [Left]
  }

  private struct Item: Encodable {
    var id: String
    var path: String
    var reads: String
    var timeout_s: Double
    var cap_bytes: Int
    var needs_root: Bool
    var tier: String
  }

  private struct Left: Encodable {
    var id: String
    var reason: String
  }

  /// The plan as JSON.
  public func json() throws -> [UInt8] {
    try JSONBytes.encode(
      Fields(
        items: plan.items.map { artifact in
          Item(
            id: artifact.id.rawValue, path: artifact.path, reads: artifact.source.summary,
            timeout_s: artifact.timeoutSeconds, cap_bytes: artifact.capBytes,
            needs_root: artifact.needsRoot, tier: artifact.tier.rawValue)
        },
        skipped: plan.skipped.map { Left(id: $0.id.rawValue, reason: $0.reason) }))
  }
}

extension Artifact.Source {
  /// What is read, in one line.
  public var summary: String {
    switch self {
    case .file(let paths), .files(let paths):
      // The units' folders make some hundreds of paths.
      paths.count <= 12
        ? paths.joined(separator: " ")
        : paths.prefix(3).joined(separator: " ") + " and \(paths.count - 3) more paths"
    case .command(let name, let arguments): ([name] + arguments).joined(separator: " ")
    case .anyCommand(let choices):
      choices.map { $0.joined(separator: " ") }.joined(separator: ", or ")
    case .journal(let units, let options): "journal of \((units + options).joined(separator: " "))"
    case .http(let port, let path): "http://127.0.0.1:\(port)\(path)"
    case .metadata(let paths): "instance metadata, \(paths.count) paths"
    case .derived(let derivation): "computed: \(derivation.rawValue)"
    }
  }
}

/// `collect.log`: one JSON line for each item, in the order of the bundle.
enum RunLog {
  private struct Line: Encodable {
    var ts: String
    var id: String
    var status: String
    var duration_ms: Int
    var bytes: Int
    var reason: String?
  }

  static func lines(_ items: [ManifestItem]) throws -> [UInt8] {
    try items.flatMap { item in
      try JSONBytes.encode(
        Line(
          ts: item.startedAt, id: item.id.rawValue, status: item.status.rawValue,
          duration_ms: item.durationMilliseconds, bytes: item.bytesStored, reason: item.reason))
    }
  }
}

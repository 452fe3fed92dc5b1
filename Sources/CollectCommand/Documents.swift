import BundleModel
import FoundationEssentials
import NodeCollector
import SystemPackage

/// What `collect --json` prints at the end.
struct SummaryDocument: Encodable {
  let path: String?
  let size: Int?
  let sha256: String?
  let manifest: Manifest

  init(_ summary: CollectSummary) {
    path = summary.path?.string
    size = summary.archiveBytes
    sha256 = summary.sha256
    manifest = summary.manifest
  }

  func json() throws -> [UInt8] {
    try encoded(self)
  }
}

/// What `redact --json` prints.
struct RewriteDocument: Encodable {
  let path: String?
  let size: Int?
  let sha256: String?
  let map: String?
  let notes: [String]
  let manifest: Manifest?

  init(_ summary: RewriteSummary, map: FilePath?) {
    path = summary.path?.string
    size = summary.archiveBytes
    sha256 = summary.sha256
    self.map = map?.string
    notes = summary.notes
    manifest = summary.manifest
  }

  func json() throws -> [UInt8] {
    try encoded(self)
  }
}

/// What a verb prints on standard output with `--json` when it fails.
struct ErrorDocument: Encodable {
  let schema = "cnitriage.error/1"
  let code: String
  let message: String
  let why: String
  let remedy: String

  enum CodingKeys: String, CodingKey {
    case schema, code, message, why
    case remedy = "try"
  }

  init(_ error: any ExplainedError) {
    code = error.code
    message = error.what
    why = error.why
    remedy = error.remedy
  }

  func json() throws -> [UInt8] {
    try encoded(self)
  }
}

private func encoded(_ value: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
}

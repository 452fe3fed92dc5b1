import BundleModel
import Redaction

/// Takes the raw bytes of one item: masks them, then keeps what the cap allows.
struct ItemSink: Sendable {
  private var masker: Masker
  private(set) var spool: Spool
  /// Bytes that the source gave.
  private(set) var received = 0
  private var isFinished = false
  private var masked: [UInt8] = []

  init(
    _ artifact: Artifact, limits: CollectLimits, spoolFolder: String, masking: Masking = .secrets
  ) {
    self.init(
      rule: artifact.redaction, capBytes: artifact.capBytes, keeps: artifact.keeps,
      limits: limits, spoolFolder: spoolFolder, masking: masking, path: artifact.path)
  }

  init(
    rule: Artifact.RedactionRule, capBytes: Int, keeps: Artifact.Kept, limits: CollectLimits,
    spoolFolder: String, masking: Masking = .secrets, path: String = ""
  ) {
    masker = masking.filter(rule, path: path)
    spool = Spool(
      capBytes: capBytes, keeps: keeps, memoryBytes: limits.spoolMemoryBytes, folder: spoolFolder)
  }

  var isFull: Bool { spool.isFull }

  /// Masked secrets per redaction rule.
  var redactions: [String: Int] { masker.masked }

  /// Takes bytes in.
  mutating func append(_ bytes: ArraySlice<UInt8>) throws {
    received += bytes.count
    guard !masker.isTransparent else { return try spool.append(bytes) }
    masked.removeAll(keepingCapacity: true)
    masker.feed(bytes, into: &masked)
    try spool.append(masked[...])
  }

  /// Whether bytes are stored as they come.
  var passesUnchanged: Bool { masker.isTransparent }

  /// Takes over bytes that stay in a file of the node.
  mutating func take(_ origin: Spool) {
    received = origin.offered
    spool = origin
    isFinished = true
  }

  /// Flushes what the redactor still held back.
  mutating func finish() throws {
    guard !isFinished else { return }
    isFinished = true
    masked.removeAll(keepingCapacity: true)
    masker.finish(into: &masked)
    try spool.append(masked[...])
    masked = []
  }
}

extension Artifact.RedactionRule {
  /// The redactor's rules behind a declaration; `nil` lets bytes pass.
  var rules: RedactionRules? {
    switch self {
    case .scan: [.secrets]
    case .log: [.secrets, .logs]
    case .environment: [.environment, .secrets]
    case .configuration: [.configuration, .secrets]
    case .kubernetesObjects: [.kubernetesObjects, .secrets]
    case .commandLines: [.commandLines, .secrets]
    case .none: nil
    }
  }
}

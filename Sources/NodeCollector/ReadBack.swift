import SystemPackage

/// Compares a finished file with the bytes that were handed to it.
///
/// What a member holds was hashed before it was compressed, and the archive's bytes on their way
/// out; so a disk or a memory that keeps other bytes is found without unpacking them again.
struct ReadBack {
  let written: FileDigest
  let limit: PackingLimit

  /// What came of it.
  enum Outcome: Equatable {
    case agrees
    case differs(String)
    case noTime
  }

  /// Reads every byte.
  func check(_ path: FilePath) throws -> Outcome {
    guard let stored = try FileDigest(of: path, until: limit) else { return .noTime }
    if stored == written { return .agrees }
    return .differs(
      stored.bytes == written.bytes
        ? "its bytes are others" : "it has \(stored.bytes) bytes instead of \(written.bytes)")
  }
}

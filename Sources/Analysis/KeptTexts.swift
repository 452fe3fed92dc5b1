import BundleReader

/// The bytes of small members, kept while they are parsed: most lines that a report shows stand in
/// one of them, and need no second walk over the input.
final class KeptTexts {
  /// The largest member that is kept, in bytes.
  static let memberBytes = 1 << 20
  /// Most bytes that are kept of all members together.
  static let totalBytes = 32 << 20

  private var texts: [String: [UInt8]] = [:]
  private var seen: Set<String> = []
  private var total = 0

  /// A source of a member's bytes that keeps what it gives.
  func keeping(
    _ member: BundleMember, _ next: @escaping ReadAhead.NextChunk
  ) -> ReadAhead.NextChunk {
    let path = member.path
    // Of a file that comes in parts nothing is kept: no part has all of its lines.
    guard seen.insert(path).inserted, member.firstLine == 1 else {
      texts[path] = nil
      return next
    }
    guard member.size <= Self.memberBytes, total + member.size <= Self.totalBytes else {
      return next
    }
    texts[path] = []
    total += member.size
    return { () throws(BundleError) in
      let chunk = try next()
      // The declared size bounds what an archive gives, and a folder's file may have grown.
      if let chunk, let count = self.texts[path]?.count, count + chunk.count <= Self.memberBytes {
        self.texts[path]?.append(contentsOf: chunk)
      } else if chunk != nil {
        self.texts[path] = nil
      }
      return chunk
    }
  }

  /// What was read of a member; nil if nothing was read or kept of it.
  subscript(path: String) -> [UInt8]? {
    texts[path].flatMap { $0.isEmpty ? nil : $0 }
  }
}

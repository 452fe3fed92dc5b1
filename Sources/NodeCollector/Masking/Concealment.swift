import BundleModel
import Synchronization

/// Conceals what surrounds the bytes of gathered members: paths, sources, reasons. The bytes
/// themselves are masked as they arrive.
final class Concealment: Sendable {
  private let masking: Masking
  private let texts: Mutex<TextMasker>

  init(_ masking: Masking) {
    self.masking = masking
    texts = Mutex(masking.texts())
  }

  /// A member as the bundle may hold it.
  func applied(to member: CollectedMember) -> CollectedMember {
    var member = member
    if let artifact = Catalog.artifact(member.item.id), member.spool != nil,
      masking.leavesOut(artifact)
    {
      member.spool = nil
      member.item.path = nil
      member.item.redaction = [:]
      member.end(.skipped, "its bytes are no text, and can't be masked at this level")
    }
    var item = member.item
    texts.withLock { $0.mask(&item, isGathered: true) }
    member.item = item
    return member
  }
}

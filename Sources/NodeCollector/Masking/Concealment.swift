import BundleModel

/// Conceals what surrounds the bytes of gathered members: paths, sources, reasons. The bytes
/// themselves are masked as they arrive.
struct Concealment {
  private let masking: Masking
  private var texts: TextMasker

  init(_ masking: Masking) {
    self.masking = masking
    texts = masking.texts()
  }

  /// A member as the bundle may hold it.
  mutating func applied(to member: CollectedMember) -> CollectedMember {
    var member = member
    if let artifact = Catalog.artifact(member.item.id), member.spool != nil,
      masking.leavesOut(artifact)
    {
      member.spool = nil
      member.item.path = nil
      member.item.redaction = [:]
      member.end(.skipped, "its bytes are no text, and can't be masked at this level")
    }
    texts.mask(&member.item, isGathered: true)
    return member
  }
}

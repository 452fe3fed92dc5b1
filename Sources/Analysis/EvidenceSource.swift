public import BundleModel
public import BundleReader

/// What the analysis asks of an input: a bundle, or in tests a few texts in memory.
public protocol EvidenceSource: Sendable {
  /// The layout: `native`, `elc`, `nma`, `cni-support`, `logdog` or `rootfs`.
  var layout: String { get }
  /// The shown name of the input.
  var name: String { get }
  /// What the collector says about it.
  var manifest: Manifest? { get }
  /// The files of the input.
  var members: [BundleMember] { get }
  /// What was odd about the input.
  var notes: [String] { get }
  /// What gathered it; `nil` when nothing says so.
  var collector: SourceTool? { get }
  /// Items that the input would hold if the node had them.
  var missing: [ArtifactID] { get }
  /// How gathering a member went, where no manifest tells.
  func state(of member: BundleMember) -> MemberState
  /// Hands out every member that belongs to an item; can be called more than once.
  func forEachMember(
    _ body: (BundleMember, @escaping () throws(BundleError) -> ArraySlice<UInt8>?) throws -> Void
  ) throws
}

/// How gathering a member went.
public struct MemberState: Sendable, Equatable {
  /// In the words of manifests.
  public let status: ItemStatus
  /// Why it is not complete.
  public let reason: String?

  /// Describes how it went.
  public init(_ status: ItemStatus, reason: String? = nil) {
    self.status = status
    self.reason = reason
  }
}

extension EvidenceSource {
  /// Nothing is known about it.
  public var collector: SourceTool? { nil }
  /// Nothing is known to be missing.
  public var missing: [ArtifactID] { [] }
  /// Whatever is there of an interrupted run may be incomplete.
  public func state(of member: BundleMember) -> MemberState {
    MemberState(
      .partial, reason: "the bundle has no manifest, so that nothing says whether it is whole")
  }
}

extension SupportBundle: EvidenceSource {
  /// The layout's name.
  public var layout: String { kind.rawValue }

  /// What gathered it.
  public var collector: SourceTool? { tool }

  /// Other collectors keep no statuses: what a command printed is there or failed, and a file that
  /// was copied is what it was on the node.
  public func state(of member: BundleMember) -> MemberState {
    if kind == .native {
      return MemberState(
        .partial, reason: "the bundle has no manifest, so that nothing says whether it is whole")
    }
    guard member.size == 0 else { return MemberState(.ok) }
    guard member.origin == nil else { return MemberState(.empty) }
    return MemberState(.failed, reason: "the file is empty, and its collector keeps no errors")
  }
}

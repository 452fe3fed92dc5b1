import BundleArchive
public import BundleModel
import FoundationEssentials
import SystemPackage

/// What was gathered about a cluster, before it is written anywhere.
public struct ClusterEvidence: Sendable {
  let plan: Plan
  let startedAt: Int64
  let effectiveUserID: UInt32
  var endedAt: Int64
  var members: [CollectedMember] = []
  var context = ClusterContext()
  /// Why gathering ended.
  public internal(set) var endReason: Manifest.EndReason = .done

  init(plan: Plan, startedAt: Int64, effectiveUserID: UInt32) {
    self.plan = plan
    self.effectiveUserID = effectiveUserID
    self.startedAt = startedAt
    endedAt = startedAt
  }

  /// How gathering each item went.
  public var items: [ManifestItem] { members.map(\.item) }

  /// The name of a bundle of its own, without its ending.
  public var bundleName: String { identity.name }

  /// A new id each time, so that it is made once for each bundle.
  private var identity: BundleIdentity {
    BundleIdentity(
      cluster: context.cluster ?? context.name ?? "unnamed", time: startedAt,
      effectiveUserID: effectiveUserID)
  }

  private var description: Manifest.Cluster {
    Manifest.Cluster(
      name: context.cluster, context: context.name, region: context.region,
      collectedAt: RFC3339.string(microseconds: startedAt))
  }

  // MARK: - A bundle of its own

  /// Writes a bundle that holds the cluster alone.
  public func write(
    to output: BundleOutput, format: BundleFormat, tool: Manifest.ToolVersion
  ) throws(CollectError) -> CollectSummary {
    let open = try OpenOutput(output)
    do {
      let manifest = try write(to: open, format: format, tool: tool)
      try open.commit(owner: nil)
      let summary = try CollectSummary(manifest: manifest, path: open.final)
      if let sum = summary.sha256 { try open.writeChecksum(sum, owner: nil) }
      return summary
    } catch let error as CollectError {
      open.discard()
      throw error
    } catch {
      open.discard()
      throw Collector.failure(error, output: output)
    }
  }

  private func write(
    to open: OpenOutput, format: BundleFormat, tool: Manifest.ToolVersion
  ) throws -> Manifest {
    let identity = identity
    var writer = try BundleWriter(
      open.descriptor, compression: format.compression, top: identity.name, totalLimit: .max)
    let header = BundleDescription(identity: identity, tool: tool, createdAt: startedAt)
    try writer.add(header.json(), at: "bundle.json", modified: startedAt)
    for member in members { try writer.add(member) }
    try writer.add(RunLog.lines(writer.items), at: "collect.log", modified: endedAt)
    try writer.add(PlanDescription(plan).json(), at: "plan.json", modified: endedAt)
    var manifest = Manifest(
      bundleID: identity.bundleID, complete: endReason == .done, endReason: endReason, tool: tool,
      startedAt: RFC3339.string(microseconds: startedAt),
      endedAt: RFC3339.string(microseconds: endedAt), platform: identity.platform,
      redaction: .secrets, items: writer.items)
    manifest.cluster = description
    try writer.add(JSONBytes.encode(manifest), at: "manifest.json", modified: endedAt)
    try writer.finish()
    return manifest
  }

  // MARK: - Into a node's bundle

  /// Adds the items to a bundle, in the place of what an earlier run added. The file keeps its name
  /// and permissions and is replaced in one step; its other members stay as they are.
  public func add(to bundle: NodeBundle) throws -> CollectSummary {
    var change = Addition(cluster: description)
    let attributes = try FileManager.default.attributesOfItem(atPath: bundle.path.string)
    let summary = try bundle.rewriter.rewrite(
      &change, adding: members, to: .file(bundle.path), replaces: true, format: bundle.format)
    let kept = attributes.filter {
      [.posixPermissions, .ownerAccountID, .groupOwnerAccountID].contains($0.key)
    }
    // Only root may give a file to somebody else; anybody else owned the old one, too.
    try? FileManager.default.setAttributes(kept, ofItemAtPath: bundle.path.string)
    guard let manifest = summary.manifest else { throw NodeBundle.interrupted(bundle.name) }
    if let sum = summary.sha256 { try bundle.renewChecksum(sum) }
    return try CollectSummary(manifest: manifest, path: bundle.path)
  }

  private struct Addition: BundleChange {
    let cluster: Manifest.Cluster

    mutating func describe(_ manifest: inout Manifest) {
      manifest.cluster = cluster
    }
  }
}

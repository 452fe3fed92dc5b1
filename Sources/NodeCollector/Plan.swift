public import BundleModel

/// What one run will gather, resolved from the catalogue and the user's selection.
public struct Plan: Sendable {
  /// The items to gather, in the order in which the bundle lists them.
  public var items: [Artifact]
  /// Items of the catalogue that were left out, and why.
  public var skipped: [Skipped]

  /// An item that was left out before the run began.
  public struct Skipped: Sendable, Equatable {
    /// The item.
    public var id: ArtifactID
    /// Why it was left out.
    public var reason: String
  }

  /// Chooses from a catalogue.
  ///
  /// - Parameters:
  ///   - catalog: the items that exist.
  ///   - tier: the largest tier to gather.
  ///   - only: when not empty, patterns of which one must match an id.
  ///   - skip: patterns of which none may match an id.
  ///   - metadata: whether the instance metadata service may be asked.
  ///   - probes: whether timed probes may run.
  public init(
    _ catalog: [Artifact] = Catalog.all, tier: Artifact.Tier = .standard, only: [String] = [],
    skip: [String] = [], metadata: Bool = true, probes: Bool = true
  ) {
    items = []
    skipped = []
    for artifact in catalog {
      if !only.isEmpty, !only.contains(where: { artifact.id.matches($0) }) {
        skipped.append(Skipped(id: artifact.id, reason: "not selected by --only"))
      } else if let pattern = skip.first(where: { artifact.id.matches($0) }) {
        skipped.append(Skipped(id: artifact.id, reason: "left out by --skip \(pattern)"))
      } else if artifact.tier > tier {
        skipped.append(
          Skipped(id: artifact.id, reason: "belongs to the profile \(artifact.tier.rawValue)"))
      } else if !metadata, artifact.id.category == "imds" || artifact.id == .probeMetadata {
        skipped.append(Skipped(id: artifact.id, reason: "left out by --no-imds"))
      } else if !probes, artifact.stage == .probes || artifact.id.category == "probe" {
        skipped.append(Skipped(id: artifact.id, reason: "left out by --no-probes"))
      } else {
        items.append(artifact)
      }
    }
  }
}

extension ArtifactID {
  /// Whether a pattern names this id: the id itself, its category, or a text with one `*`.
  public func matches(_ pattern: String) -> Bool {
    pattern == category || FileListing.matches(rawValue, pattern)
  }
}

import BundleModel

/// What every source of a run needs: the node, the bounds, and what the user asked for.
struct RunContext: Sendable {
  let host: Host
  let limits: CollectLimits
  let settings: CollectSettings
  /// Where temporary files without a name may live.
  let spoolFolder: String
  /// What the run knows about instance metadata.
  let metadata: MetadataSession

  init(
    host: Host, limits: CollectLimits, settings: CollectSettings = CollectSettings(),
    spoolFolder: String, metadata: MetadataSession = MetadataSession()
  ) {
    self.host = host
    self.limits = limits
    self.settings = settings
    self.spoolFolder = spoolFolder
    self.metadata = metadata
  }

  var files: FileSource { FileSource(host: host, limits: limits, spoolFolder: spoolFolder) }
  var commands: CommandSource {
    CommandSource(host: host, limits: limits, spoolFolder: spoolFolder)
  }
  var http: HTTPSource { HTTPSource(host: host, limits: limits, spoolFolder: spoolFolder) }
  var derived: DerivedSource { DerivedSource(context: self) }
}

import BundleModel

/// What every source of a run needs: the node, the bounds, and what the user asked for.
struct RunContext: Sendable {
  let host: Host
  let limits: CollectLimits
  let settings: CollectSettings
  /// Where temporary files without a name may live.
  let spoolFolder: String
  /// What the run knows about instance metadata.
  let metadata = MetadataSession()
  /// What the bundle conceals.
  let masking: Masking
  /// What the run's probes found.
  let probes = ProbeStore()

  init(
    host: Host, limits: CollectLimits, settings: CollectSettings = CollectSettings(),
    spoolFolder: String, masking: Masking = .secrets
  ) {
    self.host = host
    self.limits = limits
    self.settings = settings
    self.spoolFolder = spoolFolder
    self.masking = masking
  }

  var files: FileSource {
    FileSource(
      host: host, limits: limits, spoolFolder: spoolFolder, settings: settings, masking: masking)
  }
  var commands: CommandSource {
    CommandSource(host: host, limits: limits, spoolFolder: spoolFolder, masking: masking)
  }
  var http: HTTPSource {
    HTTPSource(host: host, limits: limits, spoolFolder: spoolFolder, masking: masking)
  }
  var derived: DerivedSource { DerivedSource(context: self) }
}

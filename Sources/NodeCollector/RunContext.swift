import BundleModel

/// What every source of a run needs: the node, the bounds, and what the user asked for.
struct RunContext: Sendable {
  let host: Host
  let limits: CollectLimits
  let settings: CollectSettings
  /// Where temporary files without a name may live.
  let spoolFolder: String

  init(
    host: Host, limits: CollectLimits, settings: CollectSettings = CollectSettings(),
    spoolFolder: String
  ) {
    self.host = host
    self.limits = limits
    self.settings = settings
    self.spoolFolder = spoolFolder
  }

  var files: FileSource {
    FileSource(
      host: host, limits: limits, spoolFolder: spoolFolder, since: settings.window.since)
  }
  var commands: CommandSource {
    CommandSource(host: host, limits: limits, spoolFolder: spoolFolder)
  }
  var http: HTTPSource { HTTPSource(host: host, limits: limits, spoolFolder: spoolFolder) }
  var derived: DerivedSource { DerivedSource(context: self) }
}

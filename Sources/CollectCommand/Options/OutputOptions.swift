public import ArgumentParser
public import NodeCollector

/// Where the bundle goes and what it is called.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp("A file, a folder, or - for standard output.", valueName: "path"))
  var output: String?

  @Option(
    name: .customLong("format"),
    help: "tar.zst (default), or tar.gz, which opens everywhere (default with --layout eks).")
  var chosenFormat: BundleFormat?

  @Option(help: "native: names of our own; eks: those of eks-log-collector, for AWS Support.")
  var layout: BundleLayout = .native

  @Option(
    name: .customLong("label"),
    help: ArgumentHelp("A key=value for the manifest; repeatable.", valueName: "k=v"))
  var labels: [String] = []

  @Option(
    name: .customLong("case"),
    help: ArgumentHelp("A case id for the manifest and the file name.", valueName: "id"))
  var caseID: String?

  @Option(help: ArgumentHelp("Gather again and again, at this interval.", valueName: "span"))
  var every: SpanArgument?

  @Option(help: ArgumentHelp("With --every: the newest bundles to keep.", valueName: "n"))
  var keep: Int = 6

  @Flag(help: "Run even while another run writes to the same folder.")
  var forceParallel = false

  @Flag(help: "Take every time from SOURCE_DATE_EPOCH, so that equal input gives equal bytes.")
  var reproducible = false

  func validate() throws {
    for label in labels {
      let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ValidationError("--label `\(label)` must have the form key=value.")
      }
    }
    if let caseID {
      guard !caseID.isEmpty, caseID.utf8.count <= 40 else {
        throw ValidationError("--case must have 1 to 40 characters.")
      }
    }
    if let every {
      guard every.seconds >= 10 else {
        throw ValidationError("--every must be at least 10s.")
      }
      guard output != "-" else {
        throw ValidationError("--every makes many bundles, which standard output cannot hold.")
      }
      guard layout == .native else {
        throw ValidationError("--every keeps bundles of the native layout only.")
      }
      guard !reproducible else {
        throw ValidationError("--reproducible gives every bundle of --every the same name.")
      }
    }
    guard keep >= 1 else { throw ValidationError("--keep must be at least 1.") }
  }

  /// How the bundle is compressed.
  var format: BundleFormat { chosenFormat ?? layout.standardFormat }

  /// The labels by their keys; of two values for one key the later one counts.
  var labelTable: [String: String] {
    labels.reduce(into: [:]) { table, label in
      let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { table[String(parts[0])] = String(parts[1]) }
    }
  }
}

extension BundleFormat: ExpressibleByArgument {}
extension BundleLayout: ExpressibleByArgument {}

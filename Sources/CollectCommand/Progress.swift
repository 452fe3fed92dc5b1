import BundleModel
import FoundationEssentials
import NodeCollector
import SystemPackage

/// One line for each item as it ends. All of it goes to standard error, so that standard output
/// holds results only.
struct Progress: Sendable {
  let isQuiet: Bool
  private let form: ScreenOptions.ProgressForm
  private let isVerbose: Bool
  let screen: Screen
  private let live: LiveLine?

  init(
    isQuiet: Bool, form: ScreenOptions.ProgressForm = .text, isVerbose: Bool = false,
    screen: Screen = Screen()
  ) {
    self.isQuiet = isQuiet
    self.form = form
    self.isVerbose = isVerbose
    self.screen = screen
    live = isQuiet || form == .json || !screen.isTerminal ? nil : LiveLine(screen)
  }

  /// Whether text may be shown at all.
  var showsText: Bool { !isQuiet && form == .text }

  func begin(_ survey: NodeSurvey) {
    guard showsText else { return }
    let platform = survey.platform
    // The domain is the same for all nodes of a region and would push the rest off the line.
    let host = platform.hostName.split(separator: ".").first.map(String.init) ?? platform.hostName
    let words = [
      "cnitriage \(Manifest.ToolVersion.current.version)", "collect", host,
      platform.instanceID ?? "no instance id", platform.instanceType,
      survey.kind.systemName(platform),
    ].compactMap(\.self)
    say(screen.clipped(words.joined(separator: "  "), cells: screen.width) + "\n")
    say("Reads only. Press Ctrl-C once to stop early and keep what is gathered.\n\n")
  }

  /// Something that the user should know before the items.
  func notice(_ text: String) {
    guard showsText else { return }
    say(text + "\n")
  }

  /// A warning in the three parts that every message has.
  func warn(_ warning: CollectWarning) {
    guard showsText else { return }
    live?.end()
    say(screen.painted("warning:", .attention) + " \(warning.what) [\(warning.code)]\n")
    say("  why  \(warning.why)\n  try  \(warning.remedy)\n")
  }

  func started(_ id: ArtifactID) {
    live?.started(id)
  }

  func finished(_ members: [ManifestItem]) {
    guard !isQuiet, let first = members.first else { return }
    guard form == .text else { return members.forEach(sayJSON) }
    let worst = members.max { $0.status.severity < $1.status.severity } ?? first
    let milliseconds = members.reduce(0) { $0 + $1.durationMilliseconds }
    let tenths = (milliseconds + 50) / 100
    let bytes = members.reduce(0) { $0 + $1.bytesSource }
    let hasBytes = members.contains { $0.path != nil }
    let start =
      "  " + screen.painted(worst.status.shownWord, worst.status.role)
      + String(repeating: " ", count: max(1, 9 - worst.status.shownWord.utf8.count))
      + first.id.rawValue.padded(to: 20)
    let startCells = 11 + max(20, first.id.rawValue.utf8.count + 1)
    let time = worst.status == .skipped ? "-" : "\(tenths / 10).\(tenths % 10) s"
    let end = time.leftPadded(to: 8) + (hasBytes ? ByteCount.text(bytes) : "-").leftPadded(to: 10)
    let room = max(0, min(screen.width, 100) - 1 - startCells - Cells.width(end))
    let detail = screen.clipped(detail(of: members, worst), cells: room)
    let blanks = String(repeating: " ", count: max(0, room - Cells.width(detail)))
    say("\(start)\(detail)\(blanks)\(end)\n", after: first.id)
    if isVerbose {
      for path in members.compactMap(\.path) { say("             \(screen.printable(path))\n") }
    }
  }

  /// What follows the items: sums, losses, and where the bundle is.
  func end(
    _ summary: CollectSummary, map: FilePath? = nil, owner: BundleOwner? = nil, seconds: Int? = nil
  ) {
    live?.end()
    guard showsText else { return }
    for warning in CollectWarning.all(of: summary.manifest) { warn(warning) }
    say(
      Closing(summary: summary, map: map, owner: owner, seconds: seconds, screen: screen).text)
  }

  /// Removes what is redrawn, before another message.
  func stop() {
    live?.end()
  }

  private func say(_ text: String, after id: ArtifactID? = nil) {
    if let live { live.write(text, after: id) } else { Console.error(text) }
  }

  private func detail(of members: [ManifestItem], _ worst: ManifestItem) -> String {
    if let reason = worst.reason { return reason }
    if members.count > 1 { return "\(members.count) files" }
    if worst.source.kind == .derived, case .derived(let what) = Catalog.artifact(worst.id)?.source {
      return what.rawValue
    }
    return worst.source.summary
  }

  private struct Line: Encodable {
    let event = "item"
    let id: String
    let status: String
    let path: String?
    let duration_ms: Int
    let bytes: Int
    let reason: String?
  }

  private func sayJSON(_ item: ManifestItem) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = Line(
      id: item.id.rawValue, status: item.status.rawValue, path: item.path,
      duration_ms: item.durationMilliseconds, bytes: item.bytesSource, reason: item.reason)
    // Values of our own can always be encoded.
    let bytes = (try? encoder.encode(line)).map { Array($0) } ?? []
    Console.error(String(decoding: bytes, as: UTF8.self) + "\n")
  }
}

extension NodeKind {
  /// The operating system as people call it.
  func systemName(_ platform: Manifest.Platform) -> String {
    let version = platform.osVersion.map { " \($0)" } ?? ""
    return switch family {
    case .al2: "AL2"
    case .al2023: "AL2023"
    case .bottlerocket: "Bottlerocket\(version)"
    case .ubuntu: "Ubuntu\(version)"
    case .debian: "Debian\(version)"
    case .other: "\(platform.osID ?? "unknown system")\(version)"
    }
  }
}

extension ManifestItem.Source {
  /// What was asked, in a few words.
  fileprivate var summary: String {
    argv?.joined(separator: " ") ?? origin ?? url ?? "computed"
  }
}

extension ItemStatus {
  /// Orders statuses by how much a reader should care; the worst of a group stands for it.
  var severity: Int {
    switch self {
    case .ok: 0
    case .empty: 1
    case .skipped, .missing, .unsupported: 2
    case .partial: 3
    case .denied, .failed, .error, .timeout, .aborted, .diskFull: 4
    }
  }

  var role: Screen.Role {
    switch self {
    case .ok, .empty: .good
    case .partial, .timeout: .attention
    case .denied, .failed, .error, .aborted, .diskFull: .bad
    case .skipped, .missing, .unsupported: .dim
    }
  }

  /// The word on the screen; long ones have short forms.
  var shownWord: String {
    switch self {
    case .unsupported: "n/a"
    case .diskFull: "nospace"
    default: rawValue
    }
  }
}

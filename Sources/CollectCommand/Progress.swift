import BundleModel
import NodeCollector
import SystemPackage

/// One line for each item as it ends, and what the user needs at the end. All of it goes to
/// standard error, so that standard output holds results only.
struct Progress: Sendable {
  let isQuiet: Bool

  func begin(_ identity: BundleIdentity) {
    guard !isQuiet else { return }
    let platform = identity.platform
    let words = [
      "cnitriage \(Manifest.ToolVersion.current.version)", "collect", platform.hostName,
      platform.instanceID ?? "no instance id", platform.osID ?? "unknown system",
    ]
    Console.error(words.joined(separator: "  ") + "\n")
    Console.error("Reads only. Press Ctrl-C once to stop early and keep what is gathered.\n\n")
  }

  func finished(_ members: [ManifestItem]) {
    guard !isQuiet, let first = members.first else { return }
    let worst = members.max { $0.status.severity < $1.status.severity } ?? first
    let milliseconds = members.reduce(0) { $0 + $1.durationMilliseconds }
    let tenths = (milliseconds + 50) / 100
    let bytes = members.reduce(0) { $0 + $1.bytesSource }
    let hasBytes = members.contains { $0.path != nil }
    let line =
      "  " + worst.status.shownWord.padded(to: 9) + first.id.rawValue.padded(to: 22)
      + "\(tenths / 10).\(tenths % 10) s".leftPadded(to: 7)
      + (hasBytes ? ByteCount.text(bytes) : "-").leftPadded(to: 11)
    let detail =
      worst.reason ?? (members.count > 1 ? "\(members.count) files" : first.source.summary)
    Console.error("\(line)  \(Self.printable(detail, width: 78 - line.unicodeScalars.count))\n")
  }

  func end(_ summary: CollectSummary, map: FilePath?) {
    guard !isQuiet else { return }
    let items = summary.manifest.items
    var counts: [(ItemStatus, Int)] = []
    for status in ItemStatus.allCases {
      let count = items.count { $0.status == status }
      if count > 0 { counts.append((status, count)) }
    }
    let words = counts.map { "\($0.1) \($0.0.shownWord)" }.joined(separator: ", ")
    Console.error("\n\(items.count) entries: \(words)\n")
    for item in summary.lostMinimumItems {
      Console.error(
        "  \(item.status.shownWord.padded(to: 9))\(item.id.rawValue): "
          + "\(Self.printable(item.reason ?? "", width: 200))\n")
    }
    if !summary.lostMinimumItems.isEmpty {
      Console.error("  Rules that need these items will be \"not evaluated\".\n")
    }
    Console.error("\n")
    if let path = summary.path, let bytes = summary.archiveBytes, let sha = summary.sha256 {
      Console.error("Bundle   \(path)\n")
      let unpacked = ByteCount.text(summary.manifest.totals.bytesStored)
      Console.error("Size     \(ByteCount.text(bytes)) (\(unpacked) unpacked), mode 0600\n")
      Console.error("SHA-256  \(sha)\n")
    }
    Console.error(MaskedText.lines(summary.manifest, map: map))
    if let path = summary.path {
      Console.error("\nNext     cnitriage analyze \(path)\n")
    }
    switch summary.manifest.endReason {
    case .done, .error: break
    case .deadline: Console.error("Stopped at the time limit; what was gathered is kept.\n")
    case .sigint, .sigterm: Console.error("Stopped by a signal; what was gathered is kept.\n")
    case .disk: Console.error("The disk filled up; what fitted is kept.\n")
    }
  }

  /// Foreign text for a terminal: control bytes replaced, cut to a width.
  private static func printable(_ text: String, width: Int) -> String {
    let clean = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "?" : scalar
    }
    let limit = max(8, width)
    let shown = clean.count > limit ? clean.prefix(limit - 3) + [".", ".", "."] : clean[...]
    return String(String.UnicodeScalarView(shown))
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
  fileprivate var severity: Int {
    switch self {
    case .ok: 0
    case .empty: 1
    case .skipped, .missing, .unsupported: 2
    case .partial: 3
    case .denied, .failed, .error, .timeout, .aborted, .diskFull: 4
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

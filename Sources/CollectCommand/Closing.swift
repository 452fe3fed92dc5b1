import BundleModel
import NodeCollector
import SystemPackage

/// The text after the last item: sums, what was lost, and where the bundle is.
struct Closing {
  let summary: CollectSummary
  let map: FilePath?
  let owner: BundleOwner?
  let seconds: Int?
  let screen: Screen

  /// Lines about lost items before the rest is only counted.
  private static let lostLimit = 20

  var text: String {
    let parts: [String?] = [sums, lost, bundle, next, ending]
    return parts.compactMap(\.self).joined()
  }

  /// The worst status of every item.
  private var statuses: [ArtifactID: ManifestItem] {
    summary.manifest.items.reduce(into: [:]) { worst, item in
      guard let known = worst[item.id] else { return worst[item.id] = item }
      if known.status.severity < item.status.severity { worst[item.id] = item }
    }
  }

  private var sums: String {
    let worst = Array(statuses.values)
    let words = ItemStatus.allCases.compactMap { status -> String? in
      let count = worst.count { $0.status == status }
      return count > 0 ? "\(count) \(status.shownWord)" : nil
    }
    let line = "\(worst.count) items: \(words.joined(separator: ", "))"
    let time = seconds.map { "\($0) s" } ?? ""
    let room = min(screen.width, 80) - 1 - Cells.width(line)
    return "\n\(line)" + (time.isEmpty ? "" : time.leftPadded(to: max(room, time.utf8.count + 2)))
      + "\n"
  }

  private var lost: String? {
    let lost = summary.manifest.items.filter { $0.status.severity >= 3 }
    guard !lost.isEmpty else { return nil }
    var lines = lost.prefix(Self.lostLimit).map { item in
      let word = item.status.shownWord
      let blanks = String(repeating: " ", count: max(1, 9 - word.utf8.count))
      let start = "  " + screen.painted(word, item.status.role) + blanks
      let id = item.id.rawValue.padded(to: 20)
      let room = min(screen.width, 100) - 12 - Cells.width(id)
      return start + id + screen.clipped(item.reason ?? "", cells: max(20, room))
    }
    if lost.count > Self.lostLimit {
      lines.append("  and \(lost.count - Self.lostLimit) more: see the manifest")
    }
    if !summary.lostMinimumItems.isEmpty {
      lines.append("  Rules that need what is lost will be \"not evaluated\".")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var bundle: String {
    var lines: [String] = [""]
    if let path = summary.path, let bytes = summary.archiveBytes, let sha = summary.sha256 {
      let unpacked = ByteCount.text(summary.manifest.totals.bytesStored)
      let check = summary.isVerified ? "read back and verified" : "not verified: no time was left"
      lines.append("Bundle   \(path)")
      lines.append("Size     \(ByteCount.text(bytes)) (\(unpacked) unpacked), \(check)")
      lines.append("SHA-256  \(sha)")
    }
    let start = lines.joined(separator: "\n") + "\n" + MaskedText.lines(summary.manifest, map: map)
    guard summary.path != nil else { return start }
    let name = owner.map { screen.printable($0.name) } ?? "you"
    return start + "Owner    \(name), mode 0600\n"
  }

  private var next: String? {
    guard let path = summary.path, let name = path.lastComponent?.string else { return nil }
    let host = summary.manifest.platform.hostName
    return """

      Next     1. scp \(host):\(path) .
               2. cnitriage analyze \(name)

      """
  }

  private var ending: String? {
    switch summary.manifest.endReason {
    case .deadline: "Stopped at the time limit; what was gathered is kept.\n"
    case .sigint, .sigterm: "Stopped by a signal; what was gathered is kept.\n"
    case .disk: "The disk filled up; what fitted is kept. [E202]\n"
    case .error: "Stopped by an error; what was gathered is kept.\n"
    case .done: lostMinimum
    }
  }

  private var lostMinimum: String? {
    let ids = Set(summary.lostMinimumItems.map(\.id.rawValue)).sorted()
    guard let first = ids.first else { return nil }
    return ids.count == 1
      ? "Exit code 4: one minimum item (\(first)) is missing.\n"
      : "Exit code 4: \(ids.count) minimum items (\(first) and others) are missing.\n"
  }
}

import BundleModel
import NodeCollector

/// The text after the last item of a cluster's run: sums, what was lost, and where the bundle is.
struct ClusterClosing {
  let evidence: ClusterEvidence
  let summary: CollectSummary
  let screen: Screen

  var text: String {
    (sums + lost + bundle + ending).joined(separator: "\n")
  }

  private var sums: [String] {
    let items = evidence.items
    let words = ItemStatus.allCases.compactMap { status -> String? in
      let count = items.count { $0.status == status }
      return count > 0 ? "\(count) \(status.shownWord)" : nil
    }
    return ["\n\(items.count) answers of the cluster: \(words.joined(separator: ", "))"]
  }

  private var lost: [String] {
    evidence.items.filter { $0.status.severity >= 3 }.map { item in
      let start = "  " + item.status.shownWord.padded(to: 9) + item.id.rawValue.padded(to: 22)
      return start + screen.clipped(item.reason ?? "", cells: max(20, screen.width - 34))
    }
  }

  private var bundle: [String] {
    guard let path = summary.path, let bytes = summary.archiveBytes, let sum = summary.sha256
    else { return [] }
    let unpacked = ByteCount.text(summary.manifest.totals.bytesStored)
    return [
      "", "Bundle   \(path)", "Size     \(ByteCount.text(bytes)) (\(unpacked) unpacked)",
      "SHA-256  \(sum)", "", "Next     cnitriage analyze \(path)",
    ]
  }

  private var ending: [String] {
    switch evidence.endReason {
    case .done, .error: []
    case .deadline: ["Stopped at the time limit; what was gathered is kept."]
    case .sigint, .sigterm: ["Stopped by a signal; what was gathered is kept."]
    case .disk: ["The disk filled up; what fitted is kept."]
    }
  }
}

import BundleModel
import NodeCollector

/// The table of `collect --list`.
struct PlanTable {
  let choice: ItemChoice
  let plan: Plan

  func text() throws(CollectError) -> String {
    let all = try choice.catalog().count
    let idWidth = (plan.items.map { $0.id.rawValue.utf8.count }.max() ?? 4) + 2
    let screen = Screen(color: .never)
    var lines = [
      "ITEM".padded(to: idWidth) + "TIER  TYPICAL  CAP      HOLDS      READS"
    ]
    for artifact in plan.items {
      let start =
        artifact.id.rawValue.padded(to: idWidth) + artifact.tier.letter.padded(to: 6)
        + (artifact.typicalBytes.map(ByteCount.short) ?? "-").padded(to: 9)
        + ByteCount.short(artifact.capBytes).padded(to: 9) + artifact.content.padded(to: 11)
      let room = max(12, 80 - Cells.width(start))
      lines.append(start + screen.clipped(artifact.source.summary, cells: room))
    }
    lines.append("\(plan.items.count) of \(all) items. What a rule needs: cnitriage explain RULE")
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Artifact.Tier {
  fileprivate var letter: String {
    switch self {
    case .minimum: "M"
    case .standard: "D"
    case .full: "F"
    }
  }
}

extension Artifact {
  /// What of a user's an item of this group shows in clear when only secrets are masked: names of
  /// pods and images, or addresses and ids of the network.
  fileprivate var content: String {
    switch id.category {
    case "net", "imds", "cni", "ipamd", "host", "probe": "addresses"
    case "logs", "kubelet", "runtime", "pods", "kube", "identity", "ebpf", "bpf", "system": "names"
    case "custom": "unknown"
    default: "-"
    }
  }
}

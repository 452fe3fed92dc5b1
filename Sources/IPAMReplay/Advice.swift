import IPAMEngine

/// Settings that need the fewest addresses without a failed start, for one recorded workload.
public struct Advice: Sendable {
  /// The best settings first.
  public var best: [(alternative: Alternative, outcome: Outcome)]
  /// How many settings were tried.
  public var tried: Int
  /// Whether any of them starts every pod.
  public var startsEveryPod: Bool
}

extension Counterfactual {
  /// Searches settings of the recorded mode.
  ///
  /// - Parameters:
  ///   - base: variables that stay as given in every try.
  ///   - count: how many of the best are returned.
  public func advice(base: Alternative, count: Int = 3) -> Advice {
    var tried: [(alternative: Alternative, outcome: Outcome)] = []
    for environment in candidates(base) {
      var alternative = base
      alternative.environment.merge(environment) { $1 }
      tried.append((alternative, outcome(of: alternative)))
    }
    let fewest = tried.map(\.outcome.failedStarts).min() ?? 0
    let best = tried.filter { $0.outcome.failedStarts == fewest }.sorted { left, right in
      Self.cost(left.outcome) < Self.cost(right.outcome)
    }
    return Advice(
      best: Array(best.prefix(count)), tried: tried.count, startsEveryPod: fewest == 0)
  }

  /// Fewer addresses first, then fewer requests to EC2.
  private static func cost(_ outcome: Outcome) -> (Int, Int, Int) {
    (outcome.meanHeld, outcome.peakHeld, outcome.ec2Calls ?? 0)
  }

  private func candidates(_ base: Alternative) -> [[String: String]] {
    let prefixes =
      base.environment["ENABLE_PREFIX_DELEGATION"].map { $0 == "true" }
      ?? (recordedEpoch?.configuration.prefixDelegation ?? false)
    let held = assignedQuantiles
    var candidates: [[String: String]] = []
    for warm in [1, 2, 3, 5, 8, 12, 16, 24, 32] {
      for minimum in Set([0] + held).sorted() {
        candidates.append([
          "WARM_IP_TARGET": "\(warm)", "MINIMUM_IP_TARGET": "\(minimum)",
        ])
      }
    }
    let off = ["WARM_IP_TARGET": "", "MINIMUM_IP_TARGET": ""]
    for target in [1, 2] {
      let name = prefixes ? "WARM_PREFIX_TARGET" : "WARM_ENI_TARGET"
      candidates.append(off.merging([name: "\(target)"]) { $1 })
    }
    return candidates
  }
}

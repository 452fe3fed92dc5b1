import Facts
import IPAMEngine

/// What the pool loop did lately.
struct GrowthHistory {
  /// Whether the process writes ticks.
  private(set) var hasTicks = false
  /// Whether a request to EC2 blocks the pool loop.
  private(set) var isBlocked = false
  /// Whether a sample was taken since the last gap.
  var sampledSinceGap = false
  /// Whether the pool is low by the known settings, as the last tick shows it; nil if nothing tells.
  var tickIsLow: Bool?
  /// Whether ipamd decided otherwise than the known settings say: one of them is not what it was.
  var doubtsSettings = false
  /// The pool's numbers before each of the last changes.
  private(set) var statistics: [ReplayState.Said] = []

  private static let rememberedStatistics = 64

  init(sampledSinceGap: Bool = false) {
    self.sampledSinceGap = sampledSinceGap
  }

  mutating func see(_ kind: IPAMDStatement.Kind) {
    switch kind {
    case .tick: hasTicks = true
    case .freeTry, .createTry, .eniWait: isBlocked = true
    case .freed, .freedBefore, .eniFreeFailed, .eniAdded, .createError, .attachError,
      .increaseFailed, .processStart:
      isBlocked = false
    default: break
    }
  }

  /// Whether a line is the end of a request that kept the pool loop silent.
  func explainsSilence(_ kind: IPAMDStatement.Kind) -> Bool {
    [.detachError, .deleteError, .freed, .eniFreeFailed, .eniAdded].contains(kind)
  }

  mutating func remember(_ said: ReplayState.Said) {
    guard statistics.last != said else { return }
    if statistics.count == Self.rememberedStatistics { statistics.removeFirst() }
    statistics.append(said)
  }

  mutating func forgetStatistics() { statistics.removeAll(keepingCapacity: true) }
}

extension ReplayState.Said {
  /// Whether all that the other one names is the same.
  func matches(_ other: Self) -> Bool {
    func same(_ own: Int?, _ other: Int?) -> Bool { other == nil || own == other }
    return same(total, other.total) && same(assigned, other.assigned)
      && same(cooling, other.cooling) && same(prefixes, other.prefixes)
  }
}

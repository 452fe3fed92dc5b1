/// Points at which a packet's way can't be followed for sure: every way is tried.
///
/// A way is a list of answers. The last answer that has another one left is changed for the next way,
/// as one counts.
struct Choices {
  /// Why there is more than one answer.
  enum Reason: Sendable {
    /// Chance decides in the kernel too.
    case chance
    /// A condition can't be decided.
    case unknown(String, Evidence?)
    /// Chains of equal priority: which came first is not known.
    case order(Evidence?)
  }

  private struct Point {
    var answer: Int
    var count: Int
    var reason: Reason
  }

  private var points: [Point] = []
  private var next = 0

  /// The first thing that can't be known on this way.
  var unknown: (text: String, evidence: Evidence?)? {
    for point in points.prefix(next) {
      switch point.reason {
      case .unknown(let text, let evidence): return (text, evidence)
      case .order(let evidence):
        return ("which of two chains of one priority comes first is not known", evidence)
      case .chance: continue
      }
    }
    return nil
  }

  mutating func choose(_ count: Int, _ reason: Reason) -> Int {
    if next == points.count { points.append(Point(answer: 0, count: count, reason: reason)) }
    defer { next += 1 }
    return points[next].answer
  }

  /// Goes to the next way; false if there is none.
  mutating func advance() -> Bool {
    points.removeSubrange(next...)
    next = 0
    while let last = points.last {
      if last.answer + 1 < last.count {
        points[points.count - 1].answer += 1
        return true
      }
      points.removeLast()
    }
    return false
  }
}

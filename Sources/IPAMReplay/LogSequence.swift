import Facts

/// A statement's place among all logs.
public struct LogPlace: Hashable, Sendable {
  /// The log, by its place among the replay's journals.
  public var journal: Int
  /// The statement, by its place in the journal.
  public var statement: Int
}

/// The logs of one node in the order in which they were written.
///
/// Inside a log the order of lines is the order of writing, whatever the times say. Logs are put in
/// order by their first time; a log that is the copy of another one is left out.
struct LogSequence {
  /// Parts of journals, one behind the other.
  var parts: [Part]

  /// Statements of one journal.
  struct Part {
    var journal: Int
    var range: Range<Int>
    /// Whether a log begins here.
    var beginsLog: Bool
  }

  init(_ journals: [IPAMDJournal]) {
    var seen: [Mark] = []
    var order: [Int] = []
    for (index, journal) in journals.enumerated() where !journal.isEmpty {
      let mark = Mark(journal)
      guard !seen.contains(mark) else { continue }
      seen.append(mark)
      order.append(index)
    }
    order.sort { left, right in
      let first = (journals[left].firstUs ?? .min, Self.rank(journals[left].path), left)
      return first < (journals[right].firstUs ?? .min, Self.rank(journals[right].path), right)
    }
    parts = order.map {
      Part(journal: $0, range: 0..<journals[$0].count, beginsLog: true)
    }
  }

  /// What a log and its copy have in common.
  private struct Mark: Equatable {
    var count: Int
    var firstUs: Int64?
    var lastUs: Int64?
    var first: IPAMDStatement.Kind
    var last: IPAMDStatement.Kind

    init(_ journal: IPAMDJournal) {
      count = journal.count
      firstUs = journal.firstUs
      lastUs = journal.lastUs
      first = journal[0].kind
      last = journal[count - 1].kind
    }
  }

  /// The log that is still written comes behind the rotated ones.
  private static func rank(_ path: String) -> Int {
    path.hasSuffix("ipamd.log") ? 1 : 0
  }

  /// Cuts the sequence where processes start.
  func epochs(_ journals: [IPAMDJournal]) -> [[Part]] {
    var epochs: [[Part]] = []
    var current: [Part] = []
    for part in parts {
      var reader = IPAMDJournal.Reader(journals[part.journal])
      var start = part.range.lowerBound
      var beginsLog = part.beginsLog
      for index in part.range
      where reader.kind(at: index) == .processStart {
        if start < index {
          current.append(
            Part(journal: part.journal, range: start..<index, beginsLog: beginsLog))
          beginsLog = false
        }
        if !current.isEmpty { epochs.append(current) }
        current = []
        start = index
      }
      if start < part.range.upperBound {
        current.append(
          Part(journal: part.journal, range: start..<part.range.upperBound, beginsLog: beginsLog))
      }
    }
    if !current.isEmpty { epochs.append(current) }
    return epochs
  }
}

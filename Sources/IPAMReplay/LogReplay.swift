public import Facts
public import IPAMEngine

/// Replays the history of a node's address pool from the logs of its ipamd.
///
/// The log decides what happened and the engine whether it was right: the engine never chooses an
/// address or an answer of EC2 here. It takes over what the log says, and is asked at every statement
/// of ipamd about itself whether both still agree.
///
/// Source of the effects of events: amazon-vpc-cni-k8s v1.5.0 to v1.23.1, `pkg/ipamd`.
public struct LogReplay {
  /// The logs.
  public let journals: [IPAMDJournal]
  /// What else is known.
  public let context: ReplayContext
  /// The processes in the order of their lives.
  public let epochs: [Epoch]

  private let parts: [[LogSequence.Part]]
  private var epoch = 0
  private var part = 0
  private var next = 0
  private var reader = IPAMDJournal.Reader(IPAMDJournal())
  private var readerPlace = -1
  private var state: ReplayState
  private var watch: FaultWatch

  /// Prepares a replay; nothing is replayed yet.
  public init(_ journals: [IPAMDJournal], context: ReplayContext = ReplayContext()) {
    self.journals = journals
    self.context = context
    let sequence = LogSequence(journals)
    let parts = sequence.epochs(journals)
    self.parts = parts
    var reader = EpochReader(journals, context)
    epochs = parts.enumerated().map { index, part in
      reader.read(part, number: index + 1, isLast: index == parts.count - 1)
    }
    state = ReplayState(journals)
    watch = FaultWatch()
    if let first = parts.first?.first { next = first.range.lowerBound }
  }

  /// The pool as it is after the statements replayed so far.
  public var engine: Engine { state.engine }

  /// When the last statement that was replayed was written, in microseconds since 1970 UTC.
  public var lastStatementUs: Int64? { state.now }

  /// Whether lines prove that the pool is as it is replayed; else lines are missing.
  public var isProved: Bool { state.trust.isProved }

  /// Replays every statement up to a moment, and lets the time up to it pass.
  ///
  /// - Parameter timeUs: microseconds since 1970 UTC; statements of that very moment are included.
  public mutating func run(until timeUs: Int64) {
    advance(upTo: timeUs)
    state.pass(to: timeUs == .max ? state.now ?? 0 : timeUs)
  }

  /// Replays everything that is left and says what came of it.
  public mutating func finish() -> ReplayResult {
    advance(upTo: nil)
    watch.finish(state, epochs)
    return ReplayResult(
      epochs: epochs, journals: journals.map(\.path), samples: state.samples,
      events: state.events, holdings: state.holdings.finished(), divergences: state.divergences,
      faults: watch.found.sorted(), workload: state.workload, checks: state.checks,
      conditions: state.conditions, hasExcludedENI: state.hasExcludedENI)
  }

  /// Whether the process that is replayed is this one.
  func hasReached(_ epoch: Epoch) -> Bool { state.epoch?.number == epoch.number }

  /// Addresses that a pod got or gave back a moment ago.
  func recentlyChanged(within spanUs: Int64) -> Set<IPAddress> {
    state.holdings.changed(since: (state.now ?? 0) - spanUs)
  }

  /// A difference from what is known of the pool besides the logs.
  func divergence(
    _ timeUs: Int64, _ said: String, _ replayed: String, event: String = "introspection"
  ) -> Divergence {
    Divergence(
      timeUs: timeUs, epoch: state.epochNumber, event: event, said: said,
      replayed: replayed, place: state.place, line: Int(state.line))
  }

  /// Whether statements are left.
  public var hasMore: Bool { epoch < parts.count }

  /// Replays statements up to a moment, or all of them.
  private mutating func advance(upTo timeUs: Int64?) {
    while epoch < parts.count {
      let current = parts[epoch][part]
      if readerPlace != current.journal {
        reader = IPAMDJournal.Reader(journals[current.journal])
        readerPlace = current.journal
      }
      while next < current.range.upperBound {
        let statement = reader[next]
        if let timeUs, statement.timeUs ?? .min > timeUs { return }
        if next == current.range.lowerBound { enter(current, at: statement) }
        state.apply(statement, at: LogPlace(journal: current.journal, statement: next))
        watch.see(statement, state)
        next += 1
      }
      leavePart()
    }
  }

  private mutating func enter(_ current: LogSequence.Part, at first: IPAMDStatement) {
    if part == 0 {
      let place = LogPlace(journal: current.journal, statement: next)
      state.begin(epochs[epoch], at: (place, first.line), start: startState(of: epoch))
      watch.begin(epochs[epoch])
    } else if current.beginsLog {
      state.noteLogBoundary()
    }
  }

  private mutating func leavePart() {
    part += 1
    if part == parts[epoch].count {
      watch.end(epochs[epoch], state)
      state.end(epochs[epoch])
      part = 0
      epoch += 1
    }
    if epoch < parts.count { next = parts[epoch][part].range.lowerBound }
  }

  /// The pool at the start of an epoch whose start the logs don't hold, if the introspection of the
  /// same process tells its end.
  private func startState(of index: Int) -> PoolSnapshot? {
    guard !epochs[index].hasStart, index == epochs.count - 1, let snapshot = context.snapshot
    else { return nil }
    return BackwardPass(journals, parts[index]).start(from: snapshot)
  }
}

import BundleModel
import FactStore
import Facts
import IPAMEngine
import IPAMReplay
import RuleEngine

/// What the logs of a bundle say about the pool.
struct IPAMDJournals {
  private var files: [IPAMDJournal] = []
  private var containers: [IPAMDJournal] = []

  /// Whether an item can be a log of ipamd.
  static func wants(_ artifact: ArtifactID) -> Bool {
    [.ipamdLog, .ipamdRotatedLogs, .agentPodLogs].contains(artifact)
  }

  /// Takes what a member said.
  mutating func take(_ input: inout ArtifactInput) {
    guard let journal = input.journal.take(), !journal.isEmpty else { return }
    if input.artifact == .agentPodLogs {
      containers.append(journal)
    } else {
      files.append(journal)
    }
  }

  /// ipamd writes to its container's output only if it writes no file.
  var best: [IPAMDJournal] { files.isEmpty ? containers : files }
}

/// Replays the address pool of a bundle and publishes what came of it as tables.
struct PoolReplay {
  /// What the replay found; nil if the bundle holds no log of ipamd about its pool.
  let result: ReplayResult?

  /// Replays the logs and fills the tables of the replay.
  ///
  /// - Parameters:
  ///   - journals: what the logs say.
  ///   - store: the facts, all of which are loaded.
  ///   - items: how gathering them went.
  init(_ journals: [IPAMDJournal], store: FactStore, items: ItemStates) throws {
    var faults = try SnapshotFaults(store, items).found()
    guard !journals.isEmpty else {
      result = nil
      try store.insert(faults)
      return
    }
    let context = try ReplayFacts(store).context(journals)
    var replay = LogReplay(journals, context: context)
    var differences: [Divergence] = []
    if let snapshot = context.snapshot { differences = replay.compare(with: snapshot) }
    differences += replay.compare(withMetadata: try ReplayFacts(store).metadata())
    var result = replay.finish()
    result.divergences += differences
    result.faults = try PluginWitness(store).confirm(result.faults)
    self.result = result
    let rows = ReplayRows(result)
    try store.insert(rows.epochs)
    try store.insert(rows.pool)
    try store.insert(rows.events + PluginSpans(store).events(result.epochs))
    try store.insert(rows.addresses)
    try store.insert(rows.divergences)
    faults += rows.faults
    faults.sort { ($0.row.fault, $0.row.firstUs ?? .min) < ($1.row.fault, $1.row.firstUs ?? .min) }
    try store.insert(faults)
  }
}

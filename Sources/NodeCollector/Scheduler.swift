import BundleModel

/// Runs the items of one stage side by side and hands their members over in the order of the plan.
/// An item starts when a place is free and nobody holds the resource that it needs. Probes start at
/// once: they wait more than they work.
struct Scheduler: Sendable {
  let runner: ItemRunner
  let jobs: Int

  private struct Finished: Sendable {
    let index: Int
    let members: [CollectedMember]
  }

  /// Runs items; `deliver` gets the members in plan order, `report` as soon as they are there.
  func run(
    _ items: [Artifact], report: @Sendable ([ManifestItem]) -> Void,
    deliver: ([CollectedMember]) throws -> Void
  ) async throws {
    var waiting = Array(items.enumerated())
    var held: Set<Artifact.Lock> = []
    var done: [Int: [CollectedMember]] = [:]
    var nextToDeliver = 0
    try await withThrowingTaskGroup(of: Finished.self) { group in
      var running = 0
      while true {
        while let place = waiting.firstIndex(where: {
          isFree($0.1, held) && (running < jobs || $0.1.stage == .probes)
        }) {
          let (index, artifact) = waiting.remove(at: place)
          if let lock = artifact.holds { held.insert(lock) }
          if artifact.stage != .probes { running += 1 }
          group.addTask { Finished(index: index, members: await runner.run(artifact)) }
        }
        guard let finished = try await group.next() else { break }
        if items[finished.index].stage != .probes { running -= 1 }
        if let lock = items[finished.index].holds { held.remove(lock) }
        report(finished.members.map(\.item))
        done[finished.index] = finished.members
        while let members = done.removeValue(forKey: nextToDeliver) {
          try deliver(members)
          nextToDeliver += 1
        }
      }
    }
  }

  private func isFree(_ artifact: Artifact, _ held: Set<Artifact.Lock>) -> Bool {
    artifact.holds.map { !held.contains($0) } ?? true
  }
}

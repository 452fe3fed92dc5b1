import BundleModel

/// Runs the items of one stage side by side and hands their members over in the order of the plan.
/// An item starts when a place is free and nobody holds the resource that it needs. Probes start at
/// once: they wait more than they work. Handing over goes on beside the items.
struct Scheduler: Sendable {
  let runner: ItemRunner
  let jobs: Int

  /// Who is told about the items, from any thread.
  struct Events: Sendable {
    let started: @Sendable (ArtifactID) -> Void
    let finished: @Sendable ([ManifestItem]) -> Void
  }

  private enum Event: Sendable {
    case finished(index: Int, members: [CollectedMember])
    case delivered
  }

  /// Runs items; `deliver` gets the members in plan order and one call at a time.
  func run(
    _ items: [Artifact], events: Events,
    deliver: @escaping @Sendable ([CollectedMember]) async throws -> Void
  ) async throws {
    var waiting = Array(items.enumerated())
    var held: Set<Artifact.Lock> = []
    var done: [Int: [CollectedMember]] = [:]
    var nextToDeliver = 0
    var isDelivering = false
    try await withThrowingTaskGroup(of: Event.self) { group in
      var running = 0
      while true {
        while let place = waiting.firstIndex(where: {
          isFree($0.1, held) && (running < jobs || $0.1.stage == .probes)
        }) {
          let (index, artifact) = waiting.remove(at: place)
          if let lock = artifact.holds { held.insert(lock) }
          if artifact.stage != .probes { running += 1 }
          group.addTask {
            events.started(artifact.id)
            return .finished(index: index, members: await runner.run(artifact))
          }
        }
        if !isDelivering, let members = done.removeValue(forKey: nextToDeliver) {
          isDelivering = true
          nextToDeliver += 1
          group.addTask {
            try await deliver(members)
            return .delivered
          }
        }
        switch try await group.next() {
        case nil: return
        case .delivered: isDelivering = false
        case .finished(let index, let members):
          if items[index].stage != .probes { running -= 1 }
          if let lock = items[index].holds { held.remove(lock) }
          events.finished(members.map(\.item))
          done[index] = members
        }
      }
    }
  }

  private func isFree(_ artifact: Artifact, _ held: Set<Artifact.Lock>) -> Bool {
    artifact.holds.map { !held.contains($0) } ?? true
  }
}

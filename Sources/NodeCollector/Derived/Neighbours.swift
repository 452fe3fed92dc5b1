import BundleModel

/// The neighbour tables and the limits at which the kernel throws entries out.
struct Neighbours: Sendable {
  let host: Host

  struct Report: Encodable {
    var limits: [Limits]
    /// Entries per family and state, with those that need no resolution.
    var counts: [Count]
    var neighbours: [NeighbourMessage]
  }

  struct Limits: Encodable {
    var family: String
    var gc_thresh1: Int?
    var gc_thresh2: Int?
    var gc_thresh3: Int?
  }

  struct Count: Encodable {
    var family: String
    var state: String
    var entries: Int
  }

  func output() -> DerivedSource.Output {
    let reader = NetworkReader()
    switch reader.neighbours(names: reader.names()) {
    case .failure(let failure): return .failed(failure)
    case .success(let reading): return report(reading)
    }
  }

  private func report(_ reading: NetworkReader.Reading<NeighbourMessage>) -> DerivedSource.Output {
    var counts: [String: [String: Int]] = [:]
    for neighbour in reading.elements {
      for state in neighbour.state {
        counts[neighbour.family, default: [:]][state, default: 0] += 1
      }
    }
    let rows = counts.sorted { $0.key < $1.key }.flatMap { family, states in
      states.sorted { $0.key < $1.key }.map {
        Count(family: family, state: $0.key, entries: $0.value)
      }
    }
    return .json(
      Report(
        limits: [limits("inet", "ipv4"), limits("inet6", "ipv6")], counts: rows,
        neighbours: reading.elements.filter { !$0.needsNone })
    ).doubted(reading.doubt)
  }

  private func limits(_ family: String, _ folder: String) -> Limits {
    func value(_ number: Int) -> Int? {
      SmallFile(host: host).line("/proc/sys/net/\(folder)/neigh/default/gc_thresh\(number)")
        .flatMap { Int($0) }
    }
    return Limits(
      family: family, gc_thresh1: value(1), gc_thresh2: value(2), gc_thresh3: value(3))
  }
}

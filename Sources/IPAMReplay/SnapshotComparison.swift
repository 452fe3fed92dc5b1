public import IPAMEngine

extension LogReplay {
  /// Replays up to the moment at which introspection was asked, and compares both pools.
  ///
  /// What changed within a moment of it, and pools that lines do not prove, are not compared.
  public mutating func compare(with snapshot: PoolSnapshot) -> [Divergence] {
    guard let timeUs = snapshot.timeUs, let last = epochs.last, let start = last.startUs,
      timeUs >= start
    else { return [] }
    run(until: timeUs)
    guard isProved, hasReached(last) else { return [] }
    let replayed = engine.datastores.flatMap(\.snapshot)
    var found: [Divergence] = []
    func report(_ said: String, _ own: String) {
      found.append(divergence(timeUs, said, own))
    }
    let shownCIDRs = Set(snapshot.enis.flatMap(\.cidrs))
    let ownCIDRs = Set(replayed.flatMap(\.cidrs))
    if shownCIDRs != ownCIDRs {
      report(
        "\(shownCIDRs.count) addresses and prefixes", "\(ownCIDRs.count), others among them")
    }
    let shown = Set(snapshot.enis.flatMap { $0.holders.map(\.address) })
    let own = Set(replayed.flatMap(\.addresses).filter { $0.owner != nil }.map(\.address))
    let unclear = recentlyChanged(within: Self.momentUs)
    let missing = own.subtracting(shown).subtracting(unclear).sorted()
    let surplus = shown.subtracting(own).subtracting(unclear).sorted()
    if let first = missing.first {
      report("\(first) is free", "a pod has it, and \(missing.count - 1) more like it")
    }
    if let first = surplus.first {
      report("a pod has \(first)", "it is free, and \(surplus.count - 1) more like it")
    }
    return found
  }

  /// Replays to the end and compares the pool with what EC2 has given to the ENIs.
  ///
  /// Addresses that EC2 has given and the pool lacks are ipamd's to take in later; what the pool has
  /// and EC2 has not was taken away by somebody else.
  ///
  /// - Parameter given: addresses and prefixes of each ENI, as the metadata service lists them.
  public mutating func compare(withMetadata given: [ENIID: Set<CIDR>]) -> [Divergence] {
    run(until: .max)
    guard isProved, let last = epochs.last, hasReached(last), let timeUs = lastStatementUs else {
      return []
    }
    return engine.datastores.flatMap(\.snapshot).compactMap { eni in
      guard let known = given[eni.attributes.id] else { return nil }
      let gone = eni.cidrs.filter { !known.contains($0) }
      guard let first = gone.first else { return nil }
      return divergence(
        timeUs, "\(eni.attributes.id) has not \(first)",
        "the pool has it, and \(gone.count - 1) more like it", event: "metadata")
    }
  }

  /// How long a question may take.
  private static let momentUs: Int64 = 2_000_000
}

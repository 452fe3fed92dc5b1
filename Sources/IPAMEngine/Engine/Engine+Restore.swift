extension Engine {
  /// Restores the allocations of every card's checkpoint.
  mutating func restoreCheckpoint(
    store: Int, then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    guard store < datastores.count else { return next(&self) }
    return .waiting(.readCheckpoint(card: datastores[store].networkCard)) { engine, reply in
      guard case .checkpoint(let read) = reply else { return engine.fail(.checkpointUnreadable) }
      if let failure = engine.restore(read, store: store) { return engine.fail(failure) }
      return engine.restoreCheckpoint(store: store + 1, then: next)
    }
  }

  private mutating func restore(_ read: CheckpointRead, store: Int) -> StartFailure? {
    guard case .contents(let version, let entries) = read else {
      return read == .unreadable ? .checkpointUnreadable : nil
    }
    guard version == CheckpointRead.version else { return .checkpointVersion(version) }
    for entry in entries {
      if isStale(entry) {
        note(.checkpointEntryDropped(entry.key, .noHostLink))
        continue
      }
      let result = datastores[store].restore(
        entry.key, metadata: entry.metadata, address: entry.address, assignedAt: entry.allocatedAt)
      switch result {
      case .restored: break
      case .duplicate: return .duplicateAddress(entry.address)
      case .unknownAddress: note(.checkpointEntryDropped(entry.key, .unknownAddress))
      }
    }
    if profile.rewritesCheckpointAfterRestore {
      outbox.append(.checkpointWritten(card: datastores[store].networkCard))
    }
    return nil
  }

  /// Whether the pod's veth is gone; entries without the pod's name are never stale.
  private func isStale(_ entry: CheckpointEntry) -> Bool {
    profile.vethCheckOnRestore && !entry.metadata.namespace.isEmpty
      && !entry.metadata.name.isEmpty && !entry.hasHostLink
  }

  /// What the checkpoint file of a card holds now, in ascending order of the addresses.
  ///
  /// Walks the pool: for writing the file or comparing it, not for every event.
  public func checkpoint(card: Int) -> [CheckpointEntry] {
    guard let store = storeIndex(card: card) else { return [] }
    return datastores[store].checkpoint
  }
}

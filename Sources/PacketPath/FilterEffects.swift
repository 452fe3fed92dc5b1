/// What a chain can do to packets, with everything that it leads to.
struct FilterEffects: OptionSet {
  let rawValue: Int

  /// It ends packets without a word.
  static let drops = FilterEffects(rawValue: 1)
  /// It ends packets and says so.
  static let rejects = FilterEffects(rawValue: 2)
  /// It changes marks or addresses, or stops following a flow.
  static let changes = FilterEffects(rawValue: 4)
  /// It looks at what others may change.
  static let asks = FilterEffects(rawValue: 8)
}

extension PacketFilter {
  /// Whether the order of chains of one priority can change what becomes of packets.
  func orderMatters(_ chains: [Int]) -> Bool {
    let all = chains.map { baseEffects[$0] ?? [] }
    let changing = all.filter { $0.contains(.changes) }.count
    let others = all.filter { !$0.isEmpty }.count
    if changing > 0, others > 1 { return true }
    return all.contains { $0.contains(.drops) } && all.contains { $0.contains(.rejects) }
      && others > 1
  }

  func effects(of chain: Int) -> FilterEffects {
    var effects: FilterEffects = chains[chain].policy == false ? .drops : []
    var seen: Set<Int> = []
    var open = [chain]
    while let next = open.popLast() {
      guard seen.insert(next).inserted else { continue }
      for rule in chains[next].rules {
        if rule.matches.contains(where: \.asksForChanges) { effects.insert(.asks) }
        switch rule.target {
        case .drop: effects.insert(.drops)
        case .reject: effects.insert(.rejects)
        case .none, .accept, .return: break
        case .chain(let other, _): open.append(other)
        case .byState: effects.formUnion([.drops, .asks])
        case .jump, .unknown: effects.formUnion([.drops, .rejects, .changes])
        default: effects.insert(.changes)
        }
      }
    }
    return effects
  }
}

extension FilterMatch {
  /// Whether it is about a mark or an address that another chain may change.
  var asksForChanges: Bool {
    switch self {
    case .mark, .connectionMark, .source, .destination, .state, .addressType, .set: true
    default: false
    }
  }
}

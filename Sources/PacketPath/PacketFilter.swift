/// The packet filters of one family: chains of both backends of iptables, and those that nft keeps
/// besides.
public struct PacketFilter: Sendable {
  /// Chains that packets enter at a hook.
  public private(set) var bases: [Hook: [BaseChain]] = [:]
  /// All chains.
  private(set) var chains: [Chain]
  private var places: [ChainName: Int] = [:]
  /// What the chains at hooks can do, by their places.
  private(set) var baseEffects: [Int: FilterEffects] = [:]

  /// No chains.
  public init() {
    chains = []
  }

  /// Adds a chain; one that is there already stays.
  public mutating func add(_ chain: Chain) {
    guard places[chain.name] == nil else { return }
    places[chain.name] = chains.count
    chains.append(chain)
    if let base = chain.base {
      bases[base.hook, default: []].append(
        BaseChain(
          chain: chains.count - 1, kind: base.kind, priority: base.priority,
          backend: chain.name.backend))
    }
  }

  /// Puts chains of a hook in the order of their priorities and jumps to their places.
  public mutating func link() {
    for hook in bases.keys { bases[hook]?.sort { $0.priority < $1.priority } }
    for chain in chains.indices {
      for rule in chains[chain].rules.indices {
        guard case .jump(let name, let isGoto) = chains[chain].rules[rule].target else { continue }
        var target = chains[chain].name
        target.chain = name
        if let place = places[target] {
          chains[chain].rules[rule].target = .chain(place, isGoto: isGoto)
        }
      }
    }
    for base in bases.values.joined() { baseEffects[base.chain] = effects(of: base.chain) }
  }

  /// The chain of a name in the table of another one.
  func place(of name: String, beside chain: Int) -> Int? {
    var wanted = chains[chain].name
    wanted.chain = name
    return places[wanted]
  }
}

/// Where the kernel shows packets to filters.
public enum Hook: String, Sendable, Hashable, CaseIterable {
  /// Everything that comes in.
  case prerouting = "PREROUTING"
  /// What is for the host.
  case input = "INPUT"
  /// What goes through the host.
  case forward = "FORWARD"
  /// What the host sends.
  case output = "OUTPUT"
  /// Everything that goes out.
  case postrouting = "POSTROUTING"
}

/// Who holds a chain.
public enum FilterBackend: String, Sendable, Hashable {
  /// iptables over nf_tables.
  case nft
  /// iptables over the kernel's old tables.
  case legacy
  /// Tables that nft keeps itself.
  case native
}

/// A chain by its backend, table and name.
public struct ChainName: Hashable, Sendable {
  /// Who holds it.
  public var backend: FilterBackend
  /// Its table.
  public var table: String
  /// Its name.
  public var chain: String

  /// A chain's full name.
  public init(_ backend: FilterBackend, table: String, chain: String) {
    self.backend = backend
    self.table = table
    self.chain = chain
  }

  /// `nat/POSTROUTING (nft)`.
  public var text: String { "\(table)/\(chain) (\(backend.rawValue))" }
}

/// A chain of rules.
public struct Chain: Sendable {
  /// Its name.
  public var name: ChainName
  /// The hook it is entered at; nil for a chain that only others lead to.
  public var base: (hook: Hook, kind: FilterKind, priority: Int)?
  /// What becomes of packets at its end; nil for a chain without a hook.
  public var policy: Bool?
  /// Its rules.
  public var rules: [FilterRule] = []
  /// Whether rules may be missing.
  public var isComplete = true
  /// Where it or its policy stands.
  public var evidence: Evidence

  /// A chain without rules.
  public init(_ name: ChainName, evidence: Evidence) {
    self.name = name
    self.evidence = evidence
  }
}

/// What a chain is for, which says when packets see it.
public enum FilterKind: String, Sendable, Hashable {
  /// Every packet.
  case filter
  /// The first packet of a flow.
  case nat
  /// Every packet; a changed mark or address changes the route.
  case route
}

/// A chain at a hook.
public struct BaseChain: Sendable, Hashable {
  /// Place of the chain.
  var chain: Int
  /// What it is for.
  var kind: FilterKind
  /// The smallest comes first.
  var priority: Int
  /// Who holds it.
  var backend: FilterBackend
}

/// Priorities and tables of iptables: linux, `include/uapi/linux/netfilter_ipv4.h`.
extension FilterKind {
  /// The hooks of a table of iptables with their priorities; nil for unknown tables and chains.
  public static func base(
    table: String, chain: String
  ) -> (hook: Hook, kind: FilterKind, priority: Int)? {
    guard let hook = Hook(rawValue: chain) else { return nil }
    switch table {
    case "raw": return hook == .prerouting || hook == .output ? (hook, .filter, -300) : nil
    case "mangle": return (hook, hook == .output ? .route : .filter, -150)
    case "nat":
      guard hook != .forward else { return nil }
      return (hook, .nat, hook == .prerouting || hook == .output ? -100 : 100)
    case "filter":
      return hook == .prerouting || hook == .postrouting ? nil : (hook, .filter, 0)
    case "security":
      return hook == .prerouting || hook == .postrouting ? nil : (hook, .filter, 50)
    default: return nil
    }
  }
}

/// A rule of a chain.
public struct FilterRule: Sendable {
  /// All of them must hold.
  public var matches: [FilterMatch] = []
  /// What becomes of the packet.
  public var target: FilterTarget
  /// The rule's text.
  public var text: String
  /// Where it stands.
  public var evidence: Evidence

  /// A rule that matches everything.
  public init(target: FilterTarget, text: String, evidence: Evidence) {
    self.target = target
    self.text = text
    self.evidence = evidence
  }
}

/// What a rule does.
public enum FilterTarget: Sendable {
  /// Nothing, such as counting or logging.
  case none
  /// The packet goes on behind this chain's hook.
  case accept
  /// The packet ends.
  case drop
  /// The packet ends, and its sender hears of it.
  case reject(String)
  /// Back to the rule behind the jump, or to the policy.
  case `return`
  /// Another chain, by its name.
  case jump(String, isGoto: Bool)
  /// Another chain, by its place.
  case chain(Int, isGoto: Bool)
  /// Another mark: the bits of the mask are taken away, then those of the value turned.
  case mark(value: UInt32, mask: UInt32)
  /// The same for the flow's mark.
  case connectionMark(value: UInt32, mask: UInt32)
  /// Takes bits of the packet's mark over into the flow's.
  case saveMark(connectionMask: UInt32, packetMask: UInt32)
  /// Takes bits of the flow's mark over into the packet's.
  case restoreMark(packetMask: UInt32, connectionMask: UInt32)
  /// The flow is not followed.
  case notrack
  /// Another sender.
  case sourceNAT(NATRange)
  /// Another receiver.
  case destinationNAT(NATRange)
  /// The sender is the interface that it goes out through.
  case masquerade
  /// The receiver is the host itself.
  case redirect(port: ClosedRange<Int>?)
  /// Chain by the flow's state, as `vmap` of nft has it.
  case byState([String: FilterVerdict])
  /// Something that can't be followed.
  case unknown(String)
}

/// A verdict of a map.
public enum FilterVerdict: Sendable {
  /// The packet goes on.
  case accept
  /// It ends.
  case drop
  /// A chain.
  case jump(String)
}

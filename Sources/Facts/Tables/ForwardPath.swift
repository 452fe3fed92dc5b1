import BundleModel

/// What becomes of forwarded pod traffic in one backend: the policy of filter/FORWARD, and whether
/// a rule accepts pods before it.
public struct ForwardPath: FactTable {
  var backend: String
  var family: String
  var policy: String
  var packets: Int64?
  var hasCoveringAccept: Bool?
  var isCoveredOnlyByCalico = false
  var acceptPosition: Int?
  var blockPosition: Int?

  /// The declaration of `forward_path`.
  public static let schema = Schema<Self>(
    "forward_path", "The fate of forwarded pod traffic, by backend and family.",
    from: .iptablesDumps,
    columns: [
      Column(
        "backend", \.backend, "Kernel interface that holds the chain: nft, legacy or default."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("policy", \.policy, "Policy of filter/FORWARD: ACCEPT or DROP."),
      Column("packets", \.packets, "Packets that fell through to the policy; NULL if not printed."),
      Column(
        "has_covering_accept", \.hasCoveringAccept,
        "1 if a rule without matches, or a pair for -i eni+ and -o eni+, accepts pods first; NULL if the listing hides interfaces."
      ),
      Column(
        "covered_only_by_calico", \.isCoveredOnlyByCalico,
        "1 if nothing covers pods but Calico's rule for packets that it has marked."),
      Column("accept_position", \.acceptPosition, "Place of the rule that completes the cover."),
      Column(
        "block_position", \.blockPosition,
        "Place of the first rule that ends pod traffic; NULL without one."),
    ])

  /// Follows the rules of filter/FORWARD. Evidence is the line of the policy.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var dump = IptablesDump(input)
    var open: (path: Self, walk: Walk, line: Int)?
    while let entry = try dump.next(&input) {
      switch entry.item {
      case .table:
        flush(&open, &rows)
      case .chain(let chain):
        guard chain.table == "filter", chain.name == "FORWARD", let policy = chain.policy else {
          continue
        }
        flush(&open, &rows)
        open = (
          Self(
            backend: dump.backend, family: dump.family, policy: policy,
            packets: chain.counters?.packets),
          Walk(hidesInterfaces: dump.spelling == .plainList), entry.line
        )
      case .rule(let rule) where rule.table == "filter" && rule.chain == "FORWARD":
        guard let match = rule.match else { continue }
        open?.walk.pass(match, at: rule.position)
      default: break
      }
    }
    flush(&open, &rows)
  }

  private static func flush(
    _ open: inout (path: Self, walk: Walk, line: Int)?, _ rows: inout RowSink<Self>
  ) {
    guard let (first, walk, line) = open else { return }
    var path = first
    path.hasCoveringAccept = walk.isUncertain ? nil : walk.acceptPosition != nil
    path.acceptPosition = walk.isUncertain ? nil : walk.acceptPosition
    path.blockPosition = walk.isUncertain ? nil : walk.blockPosition
    path.isCoveredOnlyByCalico = walk.acceptPosition == nil && walk.hasCalico
    rows.append(path, line: line)
    open = nil
  }

  /// The state of a packet's walk through the chain.
  private struct Walk {
    let hidesInterfaces: Bool
    /// Whether what decides may be restricted to interfaces that the listing does not show.
    var isUncertain = false
    var acceptPosition: Int?
    var blockPosition: Int?
    var hasCalico = false
    private var acceptsIn = false
    private var acceptsOut = false

    init(hidesInterfaces: Bool) {
      self.hidesInterfaces = hidesInterfaces
    }

    mutating func pass(_ match: IptablesRuleText, at position: Int) {
      guard acceptPosition == nil, blockPosition == nil, !match.isGoto else { return }
      switch match.target {
      case "ACCEPT":
        let isPlain =
          match.source == nil && match.destination == nil && match.proto == nil
          && match.ctState == nil && match.markMatch == nil && match.otherMatch == nil
        if isPlain {
          acceptsIn = acceptsIn || Self.coversPods(match.inInterface, match.outInterface)
          acceptsOut = acceptsOut || Self.coversPods(match.outInterface, match.inInterface)
        }
        if acceptsIn, acceptsOut { acceptPosition = position }
        if hidesInterfaces, isPlain { isUncertain = true }
        if match.markMatch != nil, match.comment?.hasPrefix("cali:") == true { hasCalico = true }
      case "DROP", "REJECT":
        if Self.blocksPods(match) { blockPosition = position }
        if hidesInterfaces, blockPosition != nil { isUncertain = true }
      default: break
      }
    }

    /// One direction is covered if the interface of that direction takes in every pod's and the
    /// other one is free. Without any interface both directions are.
    private static func coversPods(_ own: String?, _ other: String?) -> Bool {
      (own == nil || own == "eni+" || own == "+") && (other == nil || other == "+")
        || own == "eni+" && other == nil
    }

    /// Whether the rule can end a pod's ordinary packet. Rules for one protocol or port, for marked
    /// or invalid packets, for link-local destinations and for bridges of other software take away
    /// a part of the traffic that a policy rule is not about.
    private static func blocksPods(_ match: IptablesRuleText) -> Bool {
      guard match.proto == nil, match.markMatch == nil, match.otherMatch == nil else {
        return false
      }
      if let state = match.ctState, !state.utf8Contains("NEW") { return false }
      if let destination = match.destination, destination.hasPrefix("169.254.") { return false }
      // The CNI's own rule against traffic from addresses that never leave the node.
      if let source = match.source, source.hasPrefix("169.254.") || source.hasPrefix("fd00::ac:") {
        return false
      }
      let foreign = ["docker", "br-", "virbr", "lo", "tun", "wg", "lxc", "podman", "cni-podman"]
      for interface in [match.inInterface, match.outInterface].compactMap({ $0 })
      where foreign.contains(where: { interface.hasPrefix($0) }) {
        return false
      }
      return true
    }
  }
}

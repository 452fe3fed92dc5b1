import IPAMEngine
import PacketPath

extension PolicyRule {
  /// A rule of the table `ip_rule`.
  init(_ row: FactRowValues, _ family: IPAddress.Family) {
    let action: Action =
      switch row.text(10) ?? "lookup" {
      case "lookup": .lookup(row.text(9) ?? "main")
      case "goto": row.number(11).map { .goto(Int64($0)) } ?? .nop
      case "nop": .nop
      case let how: .refuse(how)
      }
    var words = ["\(row.number(1) ?? 0):"]
    if row.number(4) == 1 { words.append("not") }
    words += ["from", row.text(2) ?? "all"]
    if let to = row.text(3), to != "all" { words += ["to", to] }
    for (name, index) in [("fwmark", 7), ("iif", 5), ("oif", 6)] {
      guard let value = row.text(index) else { continue }
      let mask = name == "fwmark" ? row.text(8).map { "/\($0)" } ?? "" : ""
      words += [name, value + mask]
    }
    if case .lookup(let table) = action { words += ["lookup", table] }
    if case .refuse(let how) = action { words.append(how) }
    self.init(
      priority: Int64(row.number(1) ?? 0), action: action, text: words.joined(separator: " "),
      evidence: row.evidence(15))
    isNegated = row.number(4) == 1
    readAddresses(row)
    inInterface = row.text(5)
    outInterface = row.text(6)
    suppressedLength = row.number(12)
    // A rule for an interface that is gone applies to nothing.
    if row.number(14) == 1, inInterface == nil, outInterface == nil { unknown = text }
    readMark(row)
    readOthers(row.text(13) ?? "")
  }

  private mutating func readAddresses(_ row: FactRowValues) {
    if let text = row.text(2), text != "all" {
      source = CIDR(text)
      if source == nil { unknown = text }
    }
    if let text = row.text(3), text != "all" {
      destination = CIDR(text)
      if destination == nil { unknown = text }
    }
  }

  private mutating func readMark(_ row: FactRowValues) {
    guard let text = row.text(7) else { return }
    func number(_ text: String) -> UInt32? {
      text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
    }
    guard let value = number(text) else { return unknown = text }
    mark = (value, row.text(8).flatMap { number($0) } ?? .max)
  }

  /// Selectors that few rules have.
  private mutating func readOthers(_ text: String) {
    var words = text.split(separator: " ").map { String($0) }[...]
    while let word = words.popFirst() {
      switch word {
      case "proto", "goto", "suppress_prefixlength": _ = words.popFirst()
      case "ipproto":
        transport = words.popFirst().flatMap { TransportProtocol($0) }
        if transport == nil { unknown = text }
      case "sport", "dport":
        let ends = (words.popFirst() ?? "").split(separator: "-").compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last, first <= last else {
          unknown = text
          continue
        }
        if word == "sport" { sourcePorts = first...last } else { destinationPorts = first...last }
      default:
        unknown = text
        _ = words.popFirst()
      }
    }
  }
}

extension Route {
  /// A route of the table `ip_route`.
  init?(_ row: FactRowValues) {
    let family = row.family(0)
    guard let text = row.text(3),
      let destination = CIDR(text == "default" ? Self.all(family) : text)
    else { return nil }
    let kind = row.text(2) ?? "unicast"
    var words = kind == "unicast" ? [] : [kind]
    words.append(destination.length == 0 ? "default" : "\(destination)")
    for (name, index) in [("via", 4), ("dev", 5), ("proto", 12), ("scope", 13)] {
      if let value = row.text(index) { words += [name, value] }
    }
    if let table = row.text(1), table != "main" { words += ["table", table] }
    self.init(
      kind: kind, destination: destination, device: row.text(5), metric: Int64(row.number(7) ?? 0),
      text: words.joined(separator: " "), evidence: row.evidence(10))
    gateway = row.text(4).flatMap { IPAddress($0) }
    preferredSource = row.text(6).flatMap { IPAddress($0) }
    let flags = row.text(8) ?? ""
    isDead = flags.split(separator: ",").contains("dead")
    isLinkDown = flags.split(separator: ",").contains("linkdown")
    fromSource = row.text(9).flatMap { CIDR($0) }
  }

  private static func all(_ family: IPAddress.Family) -> String {
    family == .v4 ? "0.0.0.0/0" : "::/0"
  }
}

extension ChainName {
  /// The chain of a row with backend, table and chain behind its family.
  init?(_ row: FactRowValues) {
    guard let table = row.text(2), let chain = row.text(3) else { return nil }
    self.init(row.text(1) == "legacy" ? .legacy : .nft, table: table, chain: chain)
  }
}

extension Chain {
  /// A chain of the table `iptables_chain`.
  init?(_ row: FactRowValues) {
    guard let name = ChainName(row) else { return nil }
    self.init(name, evidence: row.evidence(5))
    if let policy = row.text(4) {
      self.policy = policy != "DROP"
      base = FilterKind.base(table: name.table, chain: name.chain)
    }
    isComplete = row.number(7) != 0
  }

  /// A chain of the table `nft_chain`.
  init(native row: FactRowValues, _ table: String, _ chain: String) {
    self.init(ChainName(.native, table: table, chain: chain), evidence: row.evidence(7))
    guard let hook = row.text(4).flatMap({ Hook(rawValue: $0.uppercased()) }) else { return }
    policy = row.text(6) != "drop"
    let kind = row.text(3).flatMap { FilterKind(rawValue: $0) } ?? .filter
    base = (hook, kind, row.number(5) ?? 0)
  }
}

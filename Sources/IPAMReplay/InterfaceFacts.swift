import Facts
import IPAMEngine

/// What lines told about the instance's interfaces before they enter the pool.
struct InterfaceFacts {
  private var devices: [ENIID: Int] = [:]
  private var cards: [ENIID: Int] = [:]
  private var types: [ENIID: String] = [:]
  private var subnets: [ENIID: String] = [:]
  var primary: ENIID?
  var trunk: ENIID?
  /// Subnet of the ENI that is made.
  var newSubnet = ""
  /// Interfaces set aside in the run that lists them.
  private(set) var primaryAddresses: [ENIID: IPAddress] = [:]

  mutating func setDevice(_ device: Int, of eni: ENIID) { devices[eni] = device }
  mutating func setCard(_ card: Int, of eni: ENIID) { cards[eni] = card }
  mutating func setType(_ type: String, of eni: ENIID) { types[eni] = type }
  mutating func setSubnet(_ subnet: String, of eni: ENIID) { subnets[eni] = subnet }
  mutating func setPrimaryAddress(_ address: IPAddress, of eni: ENIID) {
    primaryAddresses[eni] = address
  }

  func card(of eni: ENIID) -> Int { cards[eni] ?? 0 }
  func isTrunk(_ eni: ENIID) -> Bool { trunk == eni || types[eni] == "trunk" }
  func isEFA(_ eni: ENIID) -> Bool { types[eni]?.hasPrefix("efa") == true }

  /// Everything that is known of an ENI.
  func attributes(of eni: ENIID) -> ENIAttributes {
    ENIAttributes(
      id: eni, isPrimary: primary == eni, isTrunk: isTrunk(eni), isEFA: isEFA(eni),
      device: devices[eni] ?? 0, subnet: subnets[eni] ?? "")
  }
}

extension ReplayState {
  /// Takes in what a line says about an interface or its role.
  mutating func applyRole(_ statement: IPAMDStatement) {
    if statement.kind == .createTry {
      interfaces.newSubnet = text(statement.text)
      return applyPass(statement)
    }
    if statement.kind == .room {
      if let unmanaged = statement[.cooling] { setUnmanaged(unmanaged, Int(statement.card ?? 0)) }
      return applyPass(statement)
    }
    guard let eni = eni(statement.eni) else { return }
    switch statement.kind {
    case .interfaceFound:
      if let device = statement.number { interfaces.setDevice(device, of: eni) }
    case .interfaceIsPrimary: interfaces.primary = eni
    case .interfaceCard:
      if let card = statement.card { interfaces.setCard(Int(card), of: eni) }
    case .interfaceType:
      interfaces.setType(text(statement.text), of: eni)
      refreshRole(eni)
    case .trunkFound:
      interfaces.trunk = eni
      refreshRole(eni)
    case .eniSkipped: countUnmanaged(statement, eni)
    case .eniExcluded:
      let isExcluded = !text(statement.text).hasPrefix("available for")
      observe(.eniExcluded(eni, isExcluded))
      if isExcluded { hasExcludedENI = true }
    case .eniPrimaryAddress:
      if let address = address(statement) { interfaces.setPrimaryAddress(address, of: eni) }
    case .created:
      interfaces.setSubnet(interfaces.newSubnet, of: eni)
      applyPass(statement)
    default: break
    }
  }

  private mutating func refreshRole(_ eni: ENIID) {
    observe(
      .eniRole(eni, isTrunk: interfaces.isTrunk(eni), isEFA: interfaces.isEFA(eni)))
  }

  private mutating func countUnmanaged(_ statement: IPAMDStatement, _ eni: ENIID) {
    let card = interfaces.card(of: eni)
    guard engine.unmanagedCount.indices.contains(card) else { return }
    let isOfCard = text(statement.text).contains("unmanaged network card")
    guard !isOfCard || engine.profile.countsENIsOfUnmanagedCards else { return }
    setUnmanaged(engine.unmanagedCount[card] + 1, card)
  }
}

public import IPAMEngine

extension SimulatedCloud {
  static func api(of call: Call) -> String {
    switch call {
    case .describeInterfaces: "DescribeNetworkInterfaces"
    case .describeSubnets: "DescribeSubnets"
    case .describeInstance: "DescribeInstances"
    case .createTags: "CreateTags"
    case .createInterface: "CreateNetworkInterface"
    case .attachInterface: "AttachNetworkInterface"
    case .setDeleteOnTermination, .setSecurityGroups: "ModifyNetworkInterfaceAttribute"
    case .assign(_, .prefixV6, _): "AssignIpv6Addresses"
    case .assign: "AssignPrivateIpAddresses"
    case .unassign: "UnassignPrivateIpAddresses"
    case .detachInterface: "DetachNetworkInterface"
    case .deleteInterface: "DeleteNetworkInterface"
    case .listInterfaces, .configureLink, .wait, .readCheckpoint: ""
    }
  }

  static func action(of call: Call, _ api: String) -> Action? {
    switch call {
    case .createInterface(let subnet, let kind, let count, _):
      Action(api: api, subnet: subnet, requested: count, kind: kind)
    case .attachInterface(let eni, let device, _): Action(api: api, eni: eni, device: device)
    case .assign(let eni, let kind, let count):
      Action(api: api, eni: eni, requested: count, kind: kind)
    case .unassign(let eni, let kind, let cidrs):
      Action(api: api, eni: eni, requested: cidrs.count, kind: kind)
    case .detachInterface(let eni), .deleteInterface(let eni): Action(api: api, eni: eni)
    default: nil
    }
  }

  mutating func perform(_ call: Call, _ action: inout Action?) -> Reply {
    switch call {
    case .describeInterfaces(let ids): return describe(ids)
    case .describeSubnets: return .subnets(subnets.map(\.described))
    case .describeInstance(let card):
      return .devices(attached.filter { $0.networkCard == card }.compactMap(\.device))
    case .createTags(let id, let tags):
      return change(id) { eni in
        eni.tags.removeAll { tag in tags.contains { $0.key == tag.key } }
        eni.tags += tags
      }
    case .setDeleteOnTermination(let id), .setSecurityGroups(let id): return change(id) { _ in }
    case .createInterface(let subnet, let kind, let count, let tags):
      return create(subnet, kind, count, tags, &action)
    case .attachInterface(let id, let device, let card):
      guard attached.count < eniLimit else { return .refused("AttachmentLimitExceeded") }
      return change(id) { eni in
        eni.device = device
        eni.networkCard = card
      }
    case .assign(let id, let kind, let count): return assign(id, kind, count, &action)
    case .unassign(let id, _, let cidrs): return unassign(id, cidrs, &action)
    case .detachInterface(let id): return change(id) { $0.device = nil }
    case .deleteInterface(let id):
      guard let eni = remove(id) else { return .absent(id) }
      action?.released = eni.cidrs
      return .done
    default: return .done
    }
  }

  private func describe(_ ids: [ENIID]) -> Reply {
    var described: [DescribedInterface] = []
    for id in ids {
      guard let eni = interfaces.first(where: { $0.id == id }) else { return .absent(id) }
      described.append(eni.described)
    }
    return .described(described)
  }

  private mutating func change(
    _ id: ENIID, _ body: (inout SimulatedInterface) -> Void
  ) -> Reply {
    guard let index = interfaces.firstIndex(where: { $0.id == id }) else { return .absent(id) }
    body(&interfaces[index])
    return .done
  }

  // MARK: Addresses

  private mutating func create(
    _ id: String?, _ kind: AddressKind, _ count: Int, _ tags: [ENITag], _ action: inout Action?
  ) -> Reply {
    let wanted = id ?? subnets[0].id
    guard let index = subnets.firstIndex(where: { $0.id == wanted }) else {
      return .refused("InvalidSubnetID.NotFound")
    }
    guard kind == .prefixV6 || 1 + count <= addressesPerENI else {
      return .refused(CloudError.addressLimitExceeded)
    }
    let addresses = 1 + (kind == .single ? count : kind == .prefix ? 16 * count : 0)
    guard subnets[index].has(addresses: addresses) else {
      return .refused(CloudError.insufficientFreeAddresses)
    }
    if kind == .prefix, !subnets[index].has(prefixes: count) {
      subnets[index].skipAddress()
      return .refused(CloudError.insufficientCIDRBlocks)
    }
    let eni = makeENI(
      subnet: index, addresses: kind == .single ? count : 0, prefixes: kind == .prefix ? count : 0,
      prefixesV6: kind == .prefixV6 ? count : 0, tags: tags)
    interfaces.append(eni)
    action?.eni = eni.id
    action?.granted = eni.cidrs
    return .created(eni.id)
  }

  private mutating func assign(
    _ id: ENIID, _ kind: AddressKind, _ count: Int, _ action: inout Action?
  ) -> Reply {
    guard let index = interfaces.firstIndex(where: { $0.id == id }),
      let subnet = subnetIndex(of: interfaces[index])
    else { return .absent(id) }
    if kind != .prefixV6, interfaces[index].slots + count > addressesPerENI {
      return .refused(CloudError.addressLimitExceeded)
    }
    if kind == .single, !subnets[subnet].has(addresses: count) {
      return .refused(CloudError.insufficientFreeAddresses)
    }
    if kind == .prefix, !subnets[subnet].has(prefixes: count) {
      return .refused(CloudError.insufficientCIDRBlocks)
    }
    let granted = give(count, kind, to: index, subnet: subnet)
    action?.granted = granted
    return .granted(granted)
  }

  private mutating func give(
    _ count: Int, _ kind: AddressKind, to eni: Int, subnet: Int
  ) -> [CIDR] {
    var granted: [CIDR] = []
    for _ in 0..<count {
      switch kind {
      case .single:
        let address = subnets[subnet].takeAddress()
        interfaces[eni].addresses.append(address)
        granted.append(CIDR(address))
      case .prefix:
        let prefix = subnets[subnet].takePrefix()
        interfaces[eni].prefixes.append(prefix)
        granted.append(prefix)
      case .prefixV6:
        guard let prefix = subnets[subnet].takePrefixV6() else { continue }
        interfaces[eni].prefixesV6.append(prefix)
        granted.append(prefix)
      }
    }
    return granted
  }

  private mutating func unassign(
    _ id: ENIID, _ cidrs: [CIDR], _ action: inout Action?
  ) -> Reply {
    guard interfaces.contains(where: { $0.id == id }) else { return .absent(id) }
    for cidr in cidrs { take(cidr, from: id) }
    // EC2 does not tell which of them the ENI had.
    action?.released = cidrs
    return .done
  }

  private mutating func take(_ cidr: CIDR, from id: ENIID) {
    guard let index = interfaces.firstIndex(where: { $0.id == id }),
      interfaces[index].cidrs.contains(cidr)
    else { return }
    interfaces[index].addresses.removeAll { CIDR($0) == cidr }
    interfaces[index].prefixes.removeAll { $0 == cidr }
    interfaces[index].prefixesV6.removeAll { $0 == cidr }
    guard let subnet = subnetIndex(of: interfaces[index]) else { return }
    let kind = AddressKind(cidr)
    subnets[subnet].giveBack(
      addresses: kind == .single ? 1 : 0, prefixes: kind == .prefix ? 1 : 0)
  }

  private func subnetIndex(of eni: SimulatedInterface) -> Int? {
    subnets.firstIndex { $0.id == eni.subnet }
  }

  private mutating func remove(_ id: ENIID) -> SimulatedInterface? {
    guard let index = interfaces.firstIndex(where: { $0.id == id }) else { return nil }
    let eni = interfaces.remove(at: index)
    if let subnet = subnetIndex(of: eni) {
      subnets[subnet].giveBack(
        addresses: 1 + eni.addresses.count, prefixes: eni.prefixes.count)
    }
    return eni
  }

  mutating func makeENI(
    subnet: Int, addresses: Int, prefixes: Int, prefixesV6: Int = 0, tags: [ENITag],
    kind: DescribedInterface.Kind = .interface
  ) -> SimulatedInterface {
    let digits = String(nextNumber, radix: 16)
    let id = ENIID("eni-" + String(repeating: "0", count: 17 - digits.count) + digits)
    nextNumber += 1
    var eni = SimulatedInterface(
      id: id, subnet: subnets[subnet].id, kind: kind,
      primaryAddress: subnets[subnet].takeAddress(), tags: tags)
    eni.prefixes = (0..<prefixes).map { _ in subnets[subnet].takePrefix() }
    eni.prefixesV6 = (0..<prefixesV6).compactMap { _ in subnets[subnet].takePrefixV6() }
    eni.addresses = (0..<addresses).map { _ in subnets[subnet].takeAddress() }
    return eni
  }
}

// MARK: - Somebody else

extension SimulatedCloud {
  /// Somebody else detaches and deletes an ENI; nothing if it is not attached.
  public mutating func detachOutside(_ id: ENIID, at now: Instant) {
    guard attached.contains(where: { $0.id == id }) else { return }
    _ = remove(id)
    record(at: now)
  }

  /// Somebody else attaches a new ENI in the node's subnet; nothing if the instance is full.
  public mutating func attachOutside(
    secondaryAddresses: Int = 0, prefixes: Int = 0, tags: [ENITag] = [],
    kind: DescribedInterface.Kind = .interface, at now: Instant
  ) {
    guard attached.count < eniLimit else { return }
    var eni = makeENI(
      subnet: 0, addresses: secondaryAddresses, prefixes: prefixes, tags: tags, kind: kind)
    let used = attached.compactMap(\.device)
    eni.device = (0...used.count).first { !used.contains($0) }
    interfaces.append(eni)
    record(at: now)
  }

  /// Somebody else gives an ENI addresses or prefixes, beyond its limit too; nothing if the subnet
  /// has too few.
  public mutating func assignOutside(
    _ id: ENIID, kind: AddressKind, count: Int, at now: Instant
  ) {
    guard let index = interfaces.firstIndex(where: { $0.id == id }),
      let subnet = subnetIndex(of: interfaces[index]),
      kind == .prefix ? subnets[subnet].has(prefixes: count) : subnets[subnet].has(addresses: count)
    else { return }
    _ = give(count, kind, to: index, subnet: subnet)
    record(at: now)
  }

  /// Somebody else takes a CIDR from an ENI.
  public mutating func unassignOutside(_ id: ENIID, _ cidr: CIDR, at now: Instant) {
    take(cidr, from: id)
    record(at: now)
  }
}

extension Reply {
  static func refused(_ code: String) -> Reply { .failed(CloudError(code: code)) }

  static func absent(_ id: ENIID) -> Reply {
    .failed(CloudError(code: CloudError.interfaceNotFound, interface: id))
  }
}

import BundleModel

/// Reads the network state of the namespace that the calling thread is in. Blocks.
struct NetworkReader: Sendable {
  typealias Failure = NetlinkSource.Failure

  /// A list of parsed entries, and why it may not be whole.
  struct Reading<Element: Sendable>: Sendable {
    var elements: [Element]
    var extent: NetlinkSource.Extent

    /// Why the list is not whole.
    var doubt: String? {
      if case .partial(let reason) = extent { return reason }
      return nil
    }
  }

  var source = NetlinkSource()

  /// Every link, with names in the place of indexes.
  func links() -> Result<Reading<LinkMessage>, Failure> {
    read(LinkMessage.request) { LinkMessage($0) }.map { reading in
      Reading(elements: LinkMessage.named(reading.elements), extent: reading.extent)
    }
  }

  /// Every link with its addresses.
  func addressedLinks() -> Result<Reading<LinkMessage>, Failure> {
    links().flatMap { links in
      read(AddressMessage.request) { AddressMessage($0) }.map { addresses in
        let byLink = Dictionary(grouping: addresses.elements) { $0.index }
        let elements = links.elements.map { original in
          var link = original
          link.addr_info = byLink[original.ifindex] ?? []
          return link
        }
        return Reading(
          elements: elements,
          extent: links.extent == .complete ? addresses.extent : links.extent)
      }
    }
  }

  /// Routes of every table.
  func routes(family: UInt8, names: [Int: String]) -> Result<Reading<RouteMessage>, Failure> {
    read(RouteMessage.request(family: family)) { RouteMessage($0, names: names) }
  }

  /// Policy rules in the order of their priority.
  func rules(family: UInt8) -> Result<Reading<RuleMessage>, Failure> {
    read(RuleMessage.request(family: family)) { RuleMessage($0) }
  }

  /// Neighbours of both families.
  func neighbours(names: [Int: String]) -> Result<Reading<NeighbourMessage>, Failure> {
    read(NeighbourMessage.request) { NeighbourMessage($0, names: names) }
  }

  /// The names of links by index; empty where they can't be read.
  func names() -> [Int: String] {
    guard case .success(let reading) = links() else { return [:] }
    return Dictionary(reading.elements.map { ($0.ifindex, $0.ifname) }) { first, _ in first }
  }

  private func read<Element>(
    _ request: NetlinkSource.Request, _ parse: (NetlinkMessage) -> Element?
  ) -> Result<Reading<Element>, Failure> {
    source.list(request).map { list in
      Reading(elements: list.messages.compactMap(parse), extent: list.extent)
    }
  }
}

extension NetworkReader.Reading {
  /// The elements as a JSON list, or as partial where the list is not whole.
  func json() -> DerivedSource.Output where Element: Encodable {
    .json(elements).doubted(doubt)
  }
}

extension DerivedSource.Output {
  /// The end of an item that the kernel refused.
  static func failed(_ failure: NetlinkSource.Failure) -> Self {
    .none(failure.status, failure.reason)
  }

  /// The same output, marked as partial for a reason.
  func doubted(_ reason: String?) -> Self {
    guard let reason, case .bytes(let bytes) = self else { return self }
    return .part(bytes, reason)
  }
}

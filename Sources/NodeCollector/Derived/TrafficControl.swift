import BundleModel

/// Queueing disciplines, and the programs that see a packet before the rest of the kernel does.
struct TrafficControl: Sendable {
  /// Interfaces with more filters than this are not a node's.
  private static let limit = 5000

  struct Programs: Encodable {
    var xdp: [Attached]
    var filters: [FilterMessage]
  }

  struct Attached: Encodable {
    var dev: String
    var ifindex: Int
    var mode: Int
    var program_id: Int
  }

  /// Disciplines of every interface, and the classes of those that have classes.
  func disciplines() -> DerivedSource.Output {
    let reader = NetworkReader()
    let names = reader.names()
    switch reader.source.list(QueueMessage.disciplines) {
    case .failure(let failure): return .failed(failure)
    case .success(let list):
      var queues = list.messages.compactMap { QueueMessage($0, names: names) }
      let classful: Set<String> = ["htb", "hfsc", "drr", "qfq", "prio", "mq", "ets"]
      let owners = Set(queues.filter { classful.contains($0.kind) }.map(\.ifindex))
      for index in owners.sorted() {
        guard case .success(let classes) = reader.source.list(QueueMessage.classes(of: index))
        else { continue }
        queues += classes.messages.compactMap { QueueMessage($0, names: names) }
      }
      var doubt: String?
      if case .partial(let reason) = list.extent { doubt = reason }
      return .json(queues).doubted(doubt)
    }
  }

  /// XDP programs of every link, and the filters of those with a place for filters.
  func programs() -> DerivedSource.Output {
    let reader = NetworkReader()
    guard case .success(let disciplines) = reader.source.list(QueueMessage.disciplines) else {
      return .none(.error, "the queueing disciplines cannot be listed")
    }
    switch reader.links() {
    case .failure(let failure): return .failed(failure)
    case .success(let links):
      let names = Dictionary(links.elements.map { ($0.ifindex, $0.ifname) }) { first, _ in first }
      let places = Set(
        disciplines.messages.compactMap { QueueMessage($0, names: names) }
          .filter { ["clsact", "ingress"].contains($0.kind) }.map(\.ifindex))
      var filters: [FilterMessage] = []
      var doubt = links.doubt
      for index in places.sorted() {
        guard filters.count < Self.limit else {
          doubt = "cut at \(Self.limit) filters"
          break
        }
        filters += self.filters(of: index, names: names, reader)
      }
      let attached = links.elements.compactMap { link in
        link.xdp.map {
          Attached(
            dev: link.ifname, ifindex: link.ifindex, mode: $0.mode, program_id: $0.prog.id)
        }
      }
      return .json(Programs(xdp: attached, filters: filters)).doubted(doubt)
    }
  }

  private func filters(
    of index: Int, names: [Int: String], _ reader: NetworkReader
  ) -> [FilterMessage] {
    FilterMessage.hooks.flatMap { hook -> [FilterMessage] in
      let request = FilterMessage.request(index: index, parent: hook.parent)
      // An interface that vanished meanwhile has no filters.
      guard case .success(let list) = reader.source.list(request) else { return [] }
      return list.messages.compactMap { FilterMessage($0, hook: hook.name, names: names) }
    }
  }
}

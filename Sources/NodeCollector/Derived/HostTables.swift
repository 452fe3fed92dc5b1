import BundleModel

/// The host's links, addresses, rules and routes straight from the kernel, for nodes that have no
/// `ip`: in the form that `ip` would have printed.
enum HostTables {
  /// `ip -json -details -statistics link show`.
  static func links() -> DerivedSource.Output { output(NetworkReader().links()) { $0.json() } }

  /// `ip -json -details address show`.
  static func addresses() -> DerivedSource.Output {
    output(NetworkReader().addressedLinks()) { $0.json() }
  }

  /// `ip rule show` of one address family.
  static func rules(family: UInt8) -> DerivedSource.Output {
    output(NetworkReader().rules(family: family)) { reading in
      lines(reading.elements.map(\.text)).doubted(reading.doubt)
    }
  }

  /// `ip route show table all` of one address family.
  static func routes(family: UInt8) -> DerivedSource.Output {
    let reader = NetworkReader()
    return output(reader.routes(family: family, names: reader.names())) { reading in
      lines(reading.elements.map(\.text)).doubted(reading.doubt)
    }
  }

  private static func output<Element>(
    _ result: Result<NetworkReader.Reading<Element>, NetlinkSource.Failure>,
    _ shape: (NetworkReader.Reading<Element>) -> DerivedSource.Output
  ) -> DerivedSource.Output {
    switch result {
    case .failure(let failure): .failed(failure)
    case .success(let reading): shape(reading)
    }
  }

  private static func lines(_ lines: [String]) -> DerivedSource.Output {
    .bytes(Array(lines.map { $0 + "\n" }.joined().utf8))
  }
}

import BundleModel

/// What the device tree says about an interface.
public struct InterfaceDevice: FactTable {
  var value: JSONValue

  private func number(_ key: String) -> Int64? { value[key]?.integer }

  /// The declaration of `interface_device`.
  public static let schema = Schema<Self>(
    "interface_device", "Which hardware and which driver stand behind each interface.",
    from: [.interfaceFiles],
    columns: [
      Column("ifname", { $0.value["ifname"]?.string }, "Name of the interface."),
      Column("ifindex", { $0.number("ifindex") }, "Index of the interface."),
      Column(
        "iflink", { $0.number("iflink") }, "Index of what it stands on; its own for hardware."),
      Column("mac", { $0.value["address"]?.filledString }, "MAC address."),
      Column("mtu", { $0.number("mtu") }, "Largest packet in bytes."),
      Column("operstate", { $0.value["operstate"]?.filledString }, "up, down, unknown and so on."),
      Column(
        "carrier", { $0.number("carrier") }, "1 if the line is connected, 0 if not; else NULL."),
      Column(
        "driver", { $0.value["driver"]?.filledString }, "Name of the driver; NULL if virtual."),
      Column(
        "device", { $0.value["device"]?.filledString }, "Address on the bus; NULL if virtual."),
      Column(
        "numa_node", { $0.number("numa_node") }, "Memory node of the device; -1 if it has none."),
    ])

  /// Reads the collector's list.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for interface in document.array ?? [] where interface["ifname"]?.string != nil {
      rows.append(Self(value: interface), line: interface.object?.line)
    }
  }
}

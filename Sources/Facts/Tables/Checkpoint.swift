import BundleModel

/// The file from which ipamd restores its allocations.
public struct Checkpoint: FactTable {
  var version: String?
  var allocations: Int
  var networkCard: Int64
  var isTemporary: Bool

  /// The declaration of `checkpoint`.
  public static let schema = Schema<Self>(
    "checkpoint", "Files from which the address manager restores its allocations.",
    from: [.checkpoint, .cardCheckpoints],
    columns: [
      Column("version", \.version, "Format of the file."),
      Column("allocations", \.allocations, "Number of allocations."),
      Column("network_card", \.networkCard, "Index of the network card, from the file's name."),
      Column(
        "is_temporary", \.isTemporary,
        "1 for a file that was left behind while it was written; ipamd does not read it; else 0."),
    ])

  /// Reads one file; its name tells the network card.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let card = networkCard(input.fileName)
    guard let document = try input.readJSON(&rows) else { return }
    guard document.object != nil else { return rows.unreadable("not a JSON object", line: nil) }
    rows.append(
      Self(
        version: document["version"]?.string,
        allocations: document["allocations"]?.array?.count ?? 0, networkCard: card,
        isTemporary: isTemporary(input.fileName)), line: nil)
  }

  /// `ipam.json` is card 0, `ipam-nic-1.json` card 1.
  static func networkCard(_ name: String) -> Int64 {
    guard name.hasPrefix("ipam-nic-") else { return 0 }
    return Int64(name.dropFirst(9).prefix { $0.isASCII && $0.isNumber }) ?? 0
  }

  /// `ipam.json.tmp1234` is written first and then renamed.
  static func isTemporary(_ name: String) -> Bool {
    Array(name.utf8)[...].contains(".json.tmp")
  }
}

/// An allocation that ipamd restores when it starts.
public struct CheckpointAllocation: FactTable {
  var network: String?
  var containerID: String?
  var ifname: String?
  var address: String?
  var family: String?
  var namespace: String?
  var pod: String?
  var allocatedUs: Int64?
  var networkCard: Int64
  var vethSuffix: String?
  var isMigrated: Bool
  var interfaces: Int64?

  /// The declaration of `checkpoint_allocation`.
  public static let schema = Schema<Self>(
    "checkpoint_allocation", "Allocations that the address manager restores when it starts.",
    from: [.checkpoint, .cardCheckpoints],
    columns: [
      Column("network", \.network, "Name of the network; _migrated-from-cri for restored ones."),
      Column("container_id", \.containerID, "Sandbox that holds the address."),
      Column("ifname", \.ifname, "Interface inside the pod."),
      Column("address", \.address, "Address of the pod; NULL if it is missing."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("namespace", \.namespace, "Namespace of the pod; NULL in entries of old releases."),
      Column("pod", \.pod, "Name of the pod; NULL in entries of old releases."),
      Column(
        "allocated_us", \.allocatedUs,
        "When it was allocated, in microseconds since 1970 UTC; NULL in entries of old releases."),
      Column("network_card", \.networkCard, "Index of the network card, from the file's name."),
      Column(
        "veth_suffix", \.vethSuffix,
        "What the pod's host interface is called behind its prefix, 11 hexadecimal digits."),
      Column(
        "is_migrated", \.isMigrated,
        "1 if it was rebuilt from the container runtime, as 1.7 to 1.11 did; else 0."),
      Column(
        "interfaces", \.interfaces, "Interfaces that the pod asked for; NULL before 1.20."),
    ])

  /// Reads the allocations of one file.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let card = Checkpoint.networkCard(input.fileName)
    // What a crash left behind is no allocation: the whole file stands beside it.
    guard !Checkpoint.isTemporary(input.fileName), let document = try input.readJSON(&rows) else {
      return
    }
    for entry in document["allocations"]?.array ?? [] {
      guard entry.object != nil else {
        rows.unreadable("an allocation is not an object", line: nil)
        continue
      }
      let ipv4 = entry["ipv4"]?.filledString
      let ipv6 = entry["ipv6"]?.filledString
      let nanoseconds = entry["allocationTimestamp"]?.integer ?? 0
      let namespace = entry["metadata"]?["k8sPodNamespace"]?.filledString
      let pod = entry["metadata"]?["k8sPodName"]?.filledString
      let network = entry["networkName"]?.filledString
      rows.append(
        Self(
          network: network,
          containerID: entry["containerID"]?.filledString,
          ifname: entry["ifName"]?.filledString, address: ipv4 ?? ipv6,
          family: ipv4 != nil ? "ipv4" : ipv6 != nil ? "ipv6" : nil, namespace: namespace,
          pod: pod, allocatedUs: nanoseconds > 0 ? nanoseconds / 1000 : nil, networkCard: card,
          vethSuffix: SHA1.vethSuffix(namespace: namespace, pod: pod),
          isMigrated: network == "_migrated-from-cri",
          interfaces: entry["metadata"]?["interfacesCount"]?.integer), line: nil)
    }
  }
}

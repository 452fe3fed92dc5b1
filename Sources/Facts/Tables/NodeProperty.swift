import BundleModel

/// A property of the node.
public struct NodeProperty: FactTable {
  var name: String
  var value: String

  /// The declaration of `node_property`.
  public static let schema = Schema<Self>(
    "node_property", "Properties of the node by name; several items may tell one and the same.",
    from: [
      .hostIdentity, .osRelease, .imageRelease, .kernelCommandLine, .packages, .hardware,
      .securityModules, .clock, .policyMode, .metadataIdentity, .metadataBasic,
      .metadataProfile, .metadataRole, .foreignUname, .foreignProcStat, .foreignPackages,
      .foreignPackageStatus, .foreignBottlerocketPackages, .foreignSELinux,
      .foreignInstanceID, .foreignRegion, .foreignZone,
    ],
    columns: [
      Column(
        "name", \.name,
        "hostname, kernel, machine, boot_id, btime_us, os_id, os_version, os_name, ami_release,"
          + " kubelet_version (as v1.31.2), containerd_version, systemd_version,"
          + " kernel_command_line, selinux (enforcing, permissive or disabled), security_modules,"
          + " lockdown, vendor, product, timezone, network_policy_mode, instance_id,"
          + " instance_type, region, zone, zone_id, account, ami_id, architecture, private_ip,"
          + " private_name, mac, life_cycle, instance_profile, node_role, collected_at_us."),
      Column("value", \.value, "Value as text; times are microseconds since 1970 UTC."),
    ])

  /// Reads what an item tells about the node as a whole, in our spelling or another collector's.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    switch input.artifact {
    case .osRelease: try readRelease(&input, &rows)
    case .imageRelease: try readImage(&input, &rows)
    case .packages, .foreignPackages, .foreignPackageStatus, .foreignBottlerocketPackages:
      try readPackages(&input, &rows)
    case .metadataRole: try readLine("node_role", &input, &rows)
    case .kernelCommandLine: try readLine("kernel_command_line", &input, &rows)
    case .foreignInstanceID: try readWord("instance_id", &input, &rows)
    case .foreignRegion: try readWord("region", &input, &rows)
    case .foreignZone: try readWord("zone", &input, &rows)
    case .foreignUname: try readKernelName(&input, &rows)
    case .foreignProcStat: try readBootTime(&input, &rows)
    case .foreignSELinux: try readSELinux(&input, &rows)
    default: try readDocument(&input, &rows)
    }
  }

  private static func readDocument(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    // What chrony prints says nothing of the node but its clock.
    if input.artifact == .clock, try !input.startsWithObject() { return }
    guard let document = try input.readJSON(&rows) else { return }
    switch input.artifact {
    case .metadataIdentity:
      guard let inner = answer(document, to: "instance-identity/document") else {
        return rows.unreadable("the identity document was not answered", line: nil)
      }
      add(instanceNames, from: inner, &rows)
    case .metadataBasic:
      for request in IMDSRequest.requests(document) where request.status == 200 {
        guard let leaf = basicNames.first(where: { request.path.hasSuffix("/" + $0.0) }),
          let body = request.body
        else { continue }
        let text = String(Array(body.utf8)[...].trimmed)
        if !text.isEmpty { rows.append(Self(name: leaf.1, value: text), line: nil) }
      }
    case .metadataProfile:
      guard let inner = answer(document, to: "iam/info") else { return }
      add([("InstanceProfileArn", "instance_profile")], from: inner, &rows)
    case .hardware:
      let dmi = document["dmi"] ?? .null
      add([("sys_vendor", "vendor"), ("product_name", "product")], from: dmi, &rows)
    case .clock: add([("Timezone", "timezone")], from: document["timedatectl"] ?? .null, &rows)
    case .securityModules:
      let modules = document["values"] ?? .null
      if let word = modules["/sys/fs/selinux/enforce"]?.filledString {
        let mode = word == "1" ? "enforcing" : "permissive"
        rows.append(Self(name: "selinux", value: mode), line: modules.object?.line)
      }
      add([("/sys/kernel/security/lsm", "security_modules")], from: modules, &rows)
      add([("/sys/kernel/security/lockdown", "lockdown")], from: modules, &rows)
    case .policyMode: add([("mode", "network_policy_mode")], from: document, &rows)
    default: add(hostNames, from: document, &rows)
    }
  }

  /// The JSON that the metadata service answered; the document itself where it was saved alone.
  private static func answer(_ document: JSONValue, to path: String) -> JSONValue? {
    guard document["requests"] != nil else { return document }
    let request = IMDSRequest.requests(document).first { $0.path.hasSuffix(path) }
    guard let request, request.status == 200, let body = request.body else { return nil }
    return JSONReader.documents(Array(body.utf8)[...]).values.last
  }

  private static func add(
    _ names: [(String, String)], from document: JSONValue, _ rows: inout RowSink<Self>
  ) {
    for (key, name) in names {
      guard let text = document[key]?.scalarText, !text.isEmpty else { continue }
      let value: String? =
        switch name {
        case "btime_us": document[key]?.integer.flatMap { microseconds($0) }
        case "collected_at_us": Timestamp.whole(text).map { String($0) }
        default: text
        }
      if let value {
        rows.append(Self(name: name, value: value), line: nil)
      } else {
        rows.unreadable("\(key) is not a time", line: nil)
      }
    }
  }

  private static func microseconds(_ seconds: Int64) -> String? {
    let (us, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? nil : String(us)
  }

  private static let hostNames = [
    ("hostname", "hostname"), ("kernel", "kernel"), ("kernel_version", "kernel_version"),
    ("machine", "machine"), ("boot_id", "boot_id"), ("btime", "btime_us"),
    ("collected_at", "collected_at_us"),
  ]

  private static let instanceNames = [
    ("instanceId", "instance_id"), ("instanceType", "instance_type"), ("region", "region"),
    ("availabilityZone", "zone"), ("accountId", "account"), ("imageId", "ami_id"),
    ("architecture", "architecture"), ("privateIp", "private_ip"),
  ]

  private static let basicNames = [
    ("instance-id", "instance_id"), ("instance-type", "instance_type"), ("ami-id", "ami_id"),
    ("local-hostname", "private_name"), ("local-ipv4", "private_ip"), ("mac", "mac"),
    ("instance-life-cycle", "life_cycle"), ("placement/availability-zone", "zone"),
    ("placement/availability-zone-id", "zone_id"), ("placement/region", "region"),
  ]
}

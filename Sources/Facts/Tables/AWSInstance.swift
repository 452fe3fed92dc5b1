import BundleModel

/// An instance as EC2 describes it.
public struct AWSInstance: FactTable {
  var value: JSONValue

  private func metadata(_ key: String) -> JSONValue? { value.at("MetadataOptions", key) }

  /// The declaration of `aws_instance`.
  public static let schema = Schema<Self>(
    "aws_instance", "Instances as EC2 describes them.", from: [.awsInstances],
    columns: [
      Column("id", { $0.value["InstanceId"]?.string ?? "" }, "Id of the instance."),
      Column("type", { $0.value["InstanceType"]?.filledString }, "Type of the instance."),
      Column("state", { $0.value.at("State", "Name")?.filledString }, "running and so on."),
      Column("zone", { $0.value.at("Placement", "AvailabilityZone")?.filledString }, "Zone."),
      Column("subnet", { $0.value["SubnetId"]?.filledString }, "Subnet of the primary ENI."),
      Column("vpc", { $0.value["VpcId"]?.filledString }, "VPC."),
      Column(
        "private_ip", { $0.value["PrivateIpAddress"]?.filledString }, "Address of the primary ENI."),
      Column("image", { $0.value["ImageId"]?.filledString }, "Machine image."),
      Column(
        "profile_arn", { $0.value.at("IamInstanceProfile", "Arn")?.filledString },
        "Instance profile; NULL without one."),
      Column(
        "http_endpoint", { $0.metadata("HttpEndpoint")?.filledString }, "enabled or disabled."),
      Column(
        "http_tokens", { $0.metadata("HttpTokens")?.filledString },
        "required (IMDSv2 only) or optional."),
      Column(
        "hop_limit", { $0.metadata("HttpPutResponseHopLimit")?.integer },
        "Hops that a token's answer may take; more than 1 lets pods have it."),
      Column(
        "http_ipv6", { $0.metadata("HttpProtocolIpv6")?.filledString }, "enabled or disabled."),
      Column(
        "source_dest_check", { $0.value["SourceDestCheck"]?.bool }, "1 if EC2 checks addresses."),
      Column(
        "launched_us", { Timestamp.whole($0.value["LaunchTime"]?.string) },
        "When it was launched, in microseconds since 1970 UTC."),
    ])

  /// Reads `aws ec2 describe-instances`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for document in try input.readJSONSequence(&rows) {
      let reservations = document["Reservations"]?.items ?? []
      for value in reservations.flatMap({ $0["Instances"]?.items ?? [] })
      where value["InstanceId"]?.filledString != nil {
        rows.append(Self(value: value), line: value.object?.line)
      }
    }
  }
}

/// A network interface as EC2 describes it.
public struct AWSInterface: FactTable {
  var value: JSONValue

  private func attachment(_ key: String) -> JSONValue? { value.at("Attachment", key) }

  private func count(_ key: String) -> Int64 { Int64(value[key]?.items.count ?? 0) }

  /// The declaration of `aws_interface`.
  public static let schema = Schema<Self>(
    "aws_interface", "Network interfaces as EC2 describes them.", from: [.awsInterfaces],
    columns: [
      Column("eni", { $0.value["NetworkInterfaceId"]?.string ?? "" }, "Id of the ENI."),
      Column("instance", { $0.attachment("InstanceId")?.filledString }, "Instance that has it."),
      Column("device_number", { $0.attachment("DeviceIndex")?.integer }, "Device number."),
      Column("network_card", { $0.attachment("NetworkCardIndex")?.integer }, "Network card."),
      Column("type", { $0.value["InterfaceType"]?.filledString }, "interface, trunk or branch."),
      Column("status", { $0.value["Status"]?.filledString }, "in-use or available."),
      Column("subnet", { $0.value["SubnetId"]?.filledString }, "Subnet."),
      Column("zone", { $0.value["AvailabilityZone"]?.filledString }, "Zone."),
      Column("mac", { $0.value["MacAddress"]?.filledString }, "MAC address."),
      Column("address", { $0.value["PrivateIpAddress"]?.filledString }, "The ENI's own address."),
      Column(
        "address_count", { $0.count("PrivateIpAddresses") }, "IPv4 addresses with its own."),
      Column("prefix_count", { $0.count("Ipv4Prefixes") }, "IPv4 prefixes of 16 addresses."),
      Column("address6_count", { $0.count("Ipv6Addresses") }, "IPv6 addresses."),
      Column("prefix6_count", { $0.count("Ipv6Prefixes") }, "IPv6 prefixes."),
      Column(
        "security_groups",
        { row in
          let groups = (row.value["Groups"]?.items ?? []).compactMap { $0["GroupId"] }
          return JSONValue.array(groups).json
        }, "Ids as a JSON array."),
      Column("description", { $0.value["Description"]?.filledString }, "What its maker wrote."),
      Column("requester", { $0.value["RequesterId"]?.filledString }, "Who made it."),
    ])

  /// Reads `aws ec2 describe-network-interfaces`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for value in try all(&input, &rows) {
      rows.append(Self(value: value), line: value.object?.line)
    }
  }

  static func all<Row>(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Row>
  ) throws(ParseError) -> [JSONValue] {
    try input.readJSONSequence(&rows).flatMap { $0["NetworkInterfaces"]?.items ?? [] }
      .filter { $0["NetworkInterfaceId"]?.filledString != nil }
  }
}

/// An address or prefix of a network interface as EC2 knows it.
public struct AWSInterfaceAddress: FactTable {
  var eni: String
  var kind: String
  var address: String
  var isPrimary: Bool

  /// The declaration of `aws_interface_address`.
  public static let schema = Schema<Self>(
    "aws_interface_address", "Addresses and prefixes of network interfaces as EC2 knows them.",
    from: [.awsInterfaces],
    columns: [
      Column("eni", \.eni, "Id of the ENI."),
      Column("kind", \.kind, "ipv4, ipv4_prefix, ipv6 or ipv6_prefix."),
      Column("address", \.address, "The address or prefix."),
      Column("is_primary", \.isPrimary, "1 for the ENI's own IPv4 address; else 0."),
    ])

  private static let fields = [
    ("PrivateIpAddresses", "PrivateIpAddress", "ipv4"),
    ("Ipv4Prefixes", "Ipv4Prefix", "ipv4_prefix"),
    ("Ipv6Addresses", "Ipv6Address", "ipv6"), ("Ipv6Prefixes", "Ipv6Prefix", "ipv6_prefix"),
  ]

  /// Reads `aws ec2 describe-network-interfaces`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for value in try AWSInterface.all(&input, &rows) {
      for (list, key, kind) in fields {
        for entry in value[list]?.items ?? [] {
          guard let address = entry[key]?.filledString else { continue }
          rows.append(
            Self(
              eni: value["NetworkInterfaceId"]?.string ?? "", kind: kind, address: address,
              isPrimary: entry["Primary"]?.bool ?? false), line: entry.object?.line)
        }
      }
    }
  }
}

/// A subnet as EC2 describes it.
public struct AWSSubnet: FactTable {
  var value: JSONValue

  private func tag(_ key: String) -> String? {
    (value["Tags"]?.items ?? []).first { $0["Key"]?.string == key }?["Value"]?.string
  }

  /// The declaration of `aws_subnet`.
  public static let schema = Schema<Self>(
    "aws_subnet", "Subnets as EC2 describes them.", from: [.awsSubnets],
    columns: [
      Column("id", { $0.value["SubnetId"]?.string ?? "" }, "Id of the subnet."),
      Column("vpc", { $0.value["VpcId"]?.filledString }, "VPC."),
      Column("zone", { $0.value["AvailabilityZone"]?.filledString }, "Zone."),
      Column("cidr", { $0.value["CidrBlock"]?.filledString }, "IPv4 block."),
      Column(
        "cidr6",
        { row in
          (row.value["Ipv6CidrBlockAssociationSet"]?.items ?? []).first?["Ipv6CidrBlock"]?
            .filledString
        }, "IPv6 block; NULL without one."),
      Column(
        "free_addresses", { $0.value["AvailableIpAddressCount"]?.integer },
        "Addresses that EC2 can still give."),
      Column("state", { $0.value["State"]?.filledString }, "available or pending."),
      Column("cni_tag", { $0.tag("kubernetes.io/role/cni") }, "Tag kubernetes.io/role/cni."),
      Column("name", { $0.tag("Name") }, "Tag Name."),
    ])

  /// Reads `aws ec2 describe-subnets`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for value in try input.readJSONSequence(&rows).flatMap({ $0["Subnets"]?.items ?? [] })
    where value["SubnetId"]?.filledString != nil {
      rows.append(Self(value: value), line: value.object?.line)
    }
  }
}

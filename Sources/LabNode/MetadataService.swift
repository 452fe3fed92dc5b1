/// The instance metadata service, version 2: without a token from a PUT nothing is told.
public struct MetadataService: HTTPService {
  private let token: String
  private let leaves: [String: String]

  /// Creates the service of a node.
  public init(_ node: NodeModel) {
    token = "AQAEA" + SHA1.hex("token \(node.now.microseconds)") + "lab=="
    leaves = Self.leaves(of: node)
  }

  /// The answer to one request.
  public func respond(to request: HTTPRequest) -> HTTPResponse {
    if request.path == "/latest/api/token" { return newToken(request) }
    guard request.headers["x-aws-ec2-metadata-token"] == token else {
      return failure(401, "Unauthorized")
    }
    guard request.method == "GET" else { return failure(405, "Method Not Allowed") }
    guard let path = relative(request.path) else { return failure(404, "Not Found") }
    if let value = leaves[path] { return HTTPResponse(value, type: "text/plain") }
    let children = children(of: path)
    return children.isEmpty
      ? failure(404, "Not Found")
      : HTTPResponse(children.joined(separator: "\n"), type: "text/plain")
  }

  private func newToken(_ request: HTTPRequest) -> HTTPResponse {
    guard request.method == "PUT" else { return failure(405, "Method Not Allowed") }
    guard let lifetime = request.headers["x-aws-ec2-metadata-token-ttl-seconds"],
      let seconds = Int(lifetime), (1...21_600).contains(seconds)
    else { return failure(400, "Bad Request") }
    var response = HTTPResponse(token, type: "text/plain")
    response.headers = [("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", lifetime)]
    return response
  }

  private func relative(_ path: String) -> String? {
    guard path.hasPrefix("/latest/") else { return nil }
    var rest = path.dropFirst("/latest/".count)
    while rest.hasSuffix("/") { rest = rest.dropLast() }
    return String(rest)
  }

  private func children(of path: String) -> [String] {
    let prefix = path.isEmpty ? "" : path + "/"
    var names: Set<String> = []
    for leaf in leaves.keys where leaf.hasPrefix(prefix) {
      let rest = leaf.dropFirst(prefix.count)
      if let slash = rest.firstIndex(of: "/") {
        names.insert(String(rest[...slash]))
      } else {
        names.insert(String(rest))
      }
    }
    return names.sorted()
  }

  private func failure(_ status: Int, _ title: String) -> HTTPResponse {
    HTTPResponse(
      """
      <?xml version="1.0" encoding="iso-8859-1"?>
      <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
      \t"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
      <html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
       <head>
        <title>\(status) - \(title)</title>
       </head>
       <body>
        <h1>\(status) - \(title)</h1>
       </body>
      </html>

      """, status: status, type: "text/html")
  }

  private static func leaves(of node: NodeModel) -> [String: String] {
    let instance = node.instance
    let primary = instance.enis[0]
    var leaves = [
      "meta-data/ami-id": instance.image,
      "meta-data/instance-id": instance.id,
      "meta-data/instance-type": instance.type,
      "meta-data/instance-life-cycle": "on-demand",
      "meta-data/local-hostname": instance.name,
      "meta-data/hostname": instance.name,
      "meta-data/local-ipv4": primary.primary,
      "meta-data/mac": primary.mac,
      "meta-data/placement/availability-zone": instance.zone,
      "meta-data/placement/availability-zone-id": "euc1-az3",
      "meta-data/events/maintenance/scheduled": "[]",
      "meta-data/iam/info": role(node),
      "meta-data/iam/security-credentials/\(instance.cluster)-node": "{\"Code\" : \"Success\"}",
      "user-data": "MIME-Version: 1.0\n",
      "meta-data/placement/region": instance.region,
      "meta-data/services/domain": "amazonaws.com",
      "meta-data/services/partition": "aws",
      "dynamic/instance-identity/document": identity(node),
    ]
    for pool in node.history.pools {
      let base = "meta-data/network/interfaces/macs/\(pool.eni.mac)/"
      leaves[base + "device-number"] = String(pool.eni.device)
      leaves[base + "interface-id"] = pool.eni.id
      leaves[base + "local-hostname"] = instance.name
      leaves[base + "local-ipv4s"] =
        ([pool.eni.primary] + pool.addresses).joined(separator: "\n")
      leaves[base + "mac"] = pool.eni.mac
      leaves[base + "network-card"] = "0"
      leaves[base + "owner-id"] = instance.account
      leaves[base + "security-group-ids"] = instance.securityGroup
      leaves[base + "security-groups"] = "\(instance.cluster)-nodes"
      leaves[base + "subnet-id"] = instance.subnet
      leaves[base + "subnet-ipv4-cidr-block"] = instance.subnetCIDR
      leaves[base + "vpc-id"] = instance.vpc
      leaves[base + "vpc-ipv4-cidr-block"] = instance.vpcCIDR
      leaves[base + "vpc-ipv4-cidr-blocks"] = instance.vpcCIDR
    }
    return leaves
  }

  private static func role(_ node: NodeModel) -> String {
    let instance = node.instance
    let document: JSON = [
      "Code": "Success", "LastUpdated": .string((node.now - 900).zulu),
      "InstanceProfileArn":
        .string("arn:aws:iam::\(instance.account):instance-profile/\(instance.cluster)-node"),
      "InstanceProfileId": "AIPAEXAMPLEEXAMPLE01",
    ]
    return document.indented()
  }

  private static func identity(_ node: NodeModel) -> String {
    let instance = node.instance
    let document: JSON = [
      "accountId": .string(instance.account), "architecture": "x86_64",
      "availabilityZone": .string(instance.zone), "billingProducts": nil,
      "devpayProductCodes": nil, "marketplaceProductCodes": nil,
      "imageId": .string(instance.image), "instanceId": .string(instance.id),
      "instanceType": .string(instance.type), "kernelId": nil,
      "pendingTime": .string((node.booted - 21).zulu),
      "privateIp": .string(instance.enis[0].primary), "ramdiskId": nil,
      "region": .string(instance.region), "version": "2017-09-30",
    ]
    return document.indented()
  }
}

/// The invented EC2 instance of every lab node. A lab node is a world of its own, so all of them may
/// have the same identity.
struct Instance: Sendable {
  let id = "i-0c7d5e21f9a83b604"
  private(set) var type = "m6i.large"
  let region = "eu-central-1"
  let zone = "eu-central-1b"
  let account = "111122223333"
  let image = "ami-0d1f2a3b4c5d6e7f8"
  let vpc = "vpc-0b5e7a9c1d3f24680"
  let vpcCIDR = "10.20.0.0/16"
  let subnet = "subnet-06a4c2e8f0b1d3579"
  let subnetCIDR = "10.20.32.0/20"
  let subnetPrefixLength = 20
  let gateway = "10.20.32.1"
  let securityGroup = "sg-03b2a1908f7e6d5c4"
  var name = "ip-10-20-37-142.eu-central-1.compute.internal"
  let cluster = "harbour"
  let apiServer = "10.20.33.250"
  /// The name of the API server's endpoint.
  let apiServerName = "5E1B7A90C3D24F68.gr7.eu-central-1.eks.amazonaws.com"
  /// The resolver of the VPC: two above the base of its range.
  let resolver = "10.20.0.2"
  let timeServer = "169.254.169.123"
  let podIdentityAgent = "169.254.170.23"
  let clusterDNS = "10.100.0.10"
  let kubernetesService = "10.100.0.1"
  let machineID = "ec2a7c1f5b3d49e08f6b2d914c7a5e30"
  let kubeletVersion = "v1.33.4-eks-3abbec1"
  let cniVersion = "v1.23.1"
  /// Of the instance type: ENIs, and usable addresses on each (the ENI's own is not handed out).
  private(set) var eniLimit = 3
  private(set) var slotsPerENI = 9
  /// eniLimit * slotsPerENI + 2, which EKS computes for this type.
  private(set) var maxPods = 29

  /// The machine of a node that was made from this image.
  init(_ image: NodeImage = .al2023, pods: Int = 0) {
    if pods > 20 { enlarge() }
    switch image {
    case .hybrid: name = "mi-0f3c9a7d51e2b8460"
    case .bare: name = "workbench"
    default: break
    }
  }

  // A type with more ENIs, and more addresses on each.
  private mutating func enlarge() {
    (type, eniLimit, slotsPerENI, maxPods) = ("m6i.4xlarge", 8, 29, 234)
    enis += (3..<8).map { device in
      ENI(
        id: "eni-0" + SHA1.hex("eni \(device)").prefix(16), device: device,
        interface: "ens\(5 + device)", mac: "06:3b:91:5e:c3:0\(device)",
        primary: "10.20.47.\(10 + device)")
    }
  }

  private(set) var enis = [
    ENI(
      id: "eni-0d41c6a7b8e2f9531", device: 0, interface: "ens5", mac: "06:3b:91:5e:c2:01",
      primary: "10.20.37.142"),
    ENI(
      id: "eni-07f2b9d4e6a1c8350", device: 1, interface: "ens6", mac: "06:3b:91:5e:c2:17",
      primary: "10.20.41.8"),
    ENI(
      id: "eni-0a93e5c1d7b2f4468", device: 2, interface: "ens7", mac: "06:3b:91:5e:c2:2d",
      primary: "10.20.44.201"),
  ]

  var cniImage: String {
    "602401143452.dkr.ecr.\(region).amazonaws.com/amazon-k8s-cni:\(cniVersion)-eksbuild.1"
  }
}

/// A network interface of the instance.
struct ENI: Hashable, Sendable {
  let id: String
  let device: Int
  let interface: String
  let mac: String
  /// The address that belongs to the ENI itself and is never a pod's.
  let primary: String

  var isPrimary: Bool { device == 0 }
  /// The route table: main for the primary ENI.
  var table: Int { device == 0 ? 254 : device + 1 }

  /// The secondary addresses that EC2 gives to this ENI, in the order in which it lists them.
  func secondaries(_ count: Int) -> [String] {
    // Of the subnet's 4096 addresses; a block per ENI keeps them distinct.
    (0..<count).map { index in
      if count > 9 {
        // Evenly, for as many as the largest type has.
        let offset = 300 + 15 * (device * count + index)
        return "10.20.\(32 + offset / 256).\(max(4, offset % 256))"
      }
      let scatter = Invented.number("\(id) \(index)", below: 97)
      let offset = 256 * (3 + 4 * device) + 17 + 110 * index + scatter
      return "10.20.\(32 + offset / 256).\(max(4, offset % 256))"
    }
  }
}

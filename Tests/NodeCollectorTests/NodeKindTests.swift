import BundleArchive
import BundleModel
import Foundation
import Testing

@testable import NodeCollector

@Suite("What kind of node it is")
struct NodeKindTests {
  /// A node's files, and what they say.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    var release = ["ID": "amzn", "VERSION_ID": "2023"]
    var files: [String: String] = [:]
    var isInstance = true
    let family: NodeKind.Family
    let membership: NodeKind.Membership
    var has: Set<NodeTrait> = []
    var lacks: Set<NodeTrait> = []
    var testDescription: String { name }
  }

  static let kubelet = ["/etc/eks/release": "", "/usr/bin/kubelet": ""]

  static let cases = [
    Case(
      name: "Amazon Linux 2023", files: kubelet, family: .al2023, membership: .yes,
      has: [.nodeadm, .instanceMetadata, .cniDaemonSet, .packageDatabase],
      lacks: [.autoMode, .kubeletSnap]),
    Case(
      name: "Amazon Linux 2", release: ["ID": "amzn", "VERSION_ID": "2"], files: kubelet,
      family: .al2, membership: .yes, lacks: [.nodeadm]),
    Case(
      name: "Bottlerocket", release: ["ID": "bottlerocket"],
      files: ["/usr/bin/kubelet": "", "/etc/cni/net.d/10-aws.conflist": "{}"],
      family: .bottlerocket, membership: .yes, lacks: [.packageDatabase]),
    Case(
      name: "Ubuntu with the kubelet as a snap", release: ["ID": "ubuntu", "VERSION_ID": "22.04"],
      files: ["/snap/kubelet-eks/current/x": ""], family: .ubuntu, membership: .yes,
      has: [.kubeletSnap]),
    Case(
      name: "hybrid",
      files: [
        "/usr/bin/kubelet": "",
        "/etc/eks/kubelet/environment":
          "NODEADM_KUBELET_ARGS=--node-labels=eks.amazonaws.com/compute-type=hybrid",
      ], isInstance: false, family: .al2023, membership: .hybrid, has: [.nodeadm],
      lacks: [.instanceMetadata]),
    Case(
      name: "Auto Mode", release: ["ID": "bottlerocket"],
      files: ["/etc/systemd/system/eks-healthchecker.service": "[Unit]"], family: .bottlerocket,
      membership: .auto, has: [.autoMode], lacks: [.cniDaemonSet]),
    Case(
      name: "a Kubernetes node elsewhere", release: ["ID": "debian"],
      files: ["/usr/bin/kubelet": ""], isInstance: false, family: .debian, membership: .unknown),
    Case(
      name: "no node at all", release: ["ID": "alpine"], isInstance: false, family: .other,
      membership: .no),
  ]

  @Test("its files tell", arguments: cases)
  func kinds(_ test: Case) throws {
    let node = try FakeNode()
    for (path, text) in test.files { try node.file(path, text) }
    let kind = NodeKind(host: node.host, release: test.release, isInstance: test.isInstance)
    #expect(kind.family == test.family)
    #expect(kind.membership == test.membership)
    #expect(test.has.isSubset(of: kind.traits))
    #expect(kind.traits.isDisjoint(with: test.lacks))
  }

  @Test("what a kind of node lacks is unsupported there")
  func traits() async throws {
    let node = try FakeNode()
    try node.file("/x", "1")
    var host = node.host
    host.traits.remove(.nodeadm)
    let runner = ItemRunner(
      context: RunContext(
        host: host, limits: .test, spoolFolder: node.root.appending(path: "out").path))
    let members = await runner.run(.test(.file(["/x"]), needs: [.trait(.nodeadm)]))
    #expect(members.map(\.item.status) == [.unsupported])
  }

  @Test("capabilities decide, not the user id")
  func privileges() {
    #expect(Privilege(bits: 0).missing == ["dac_read_search", "net_admin", "sys_admin"])
    #expect(Privilege(bits: .max).missing == [])
    let container = Privilege(bits: 1 << 1 | 1 << 12)
    #expect(container.missing == ["sys_admin"])
    #expect(container.capabilities == ["dac_override", "net_admin"])
  }

  @Test(
    "only numbers of sudo make an owner, and only root can give files away",
    arguments: [
      (["SUDO_UID": "1000", "SUDO_GID": "1000", "SUDO_USER": "ec2-user"], 0, "ec2-user"),
      (["SUDO_UID": "1000", "SUDO_GID": "1000", "SUDO_USER": "a\u{1B}[2J"], 0, "user 1000"),
      (["SUDO_UID": "1000", "SUDO_GID": "1000"], 1000, nil),
      (["SUDO_UID": "-1", "SUDO_GID": "0"], 0, nil),
      (["SUDO_UID": "4294967295", "SUDO_GID": "0"], 0, nil),
      (["SUDO_UID": "1000"], 0, nil),
      ([:], 0, nil),
    ] as [([String: String], UInt32, String?)])
  func owners(_ environment: [String: String], _ user: UInt32, _ name: String?) {
    #expect(BundleOwner(environment: environment, effectiveUserID: user)?.name == name)
  }

  @Test("the pressure of ten seconds decides how hard gzip works")
  func load() throws {
    let node = try FakeNode()
    #expect(!ProcessorLoad(host: node.host).isBusy)
    try node.file("/proc/pressure/cpu", "some avg10=12.50 avg60=0.10 avg300=0.00 total=1\n")
    #expect(!ProcessorLoad(host: node.host).isBusy)
    try node.file("/proc/pressure/cpu", "some avg10=71.02 avg60=0.10 avg300=0.00 total=1\n")
    #expect(ProcessorLoad(host: node.host).isBusy)
    #expect(BundleFormat.gzip.compression(isBusy: true) == .gzip(level: 1))
    #expect(BundleFormat.gzip.compression(isBusy: false) == .gzip(level: 6))
  }
}

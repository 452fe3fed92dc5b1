import Foundation
import Testing

@testable import LabNode

let kinds = ["al2", "al2023", "ubuntu", "bottlerocket", "auto-mode", "hybrid", "bare"]

@Suite("Kinds of nodes")
struct ImageTests {
  @Test(
    "each kind has the files by which it is known",
    arguments: [
      ("al2", ["/etc/eks/eni-max-pods.txt", "/etc/kubernetes/kubelet/kubelet-config.json"]),
      ("al2023", ["/etc/eks/kubelet/environment", "/etc/kubernetes/kubelet/config.json"]),
      ("ubuntu", ["/etc/netplan/50-cloud-init.yaml", "/var/log/syslog"]),
      ("bottlerocket", ["/etc/bottlerocket-release", "/etc/kubernetes/kubelet/config"]),
      ("hybrid", ["/etc/eks/kubelet/environment"]),
      ("bare", ["/etc/network/interfaces"]),
    ])
  func files(_ name: String, _ paths: [String]) throws {
    let files = try nodeFiles(name)
    for path in paths { #expect(files[path] != nil, "\(path)") }
  }

  @Test("what a kind lacks leaves no trace", arguments: kinds)
  func absences(_ name: String) throws {
    let node = try node(name)
    let image = node.variant.image
    let files = try nodeFiles(name)
    let units = UnitState.all(node).map(\.id)
    #expect(files.keys.contains { $0.contains("kubelet") } == image.hasKubelet)
    #expect(files.keys.contains { $0.contains("aws-routed-eni") } == image.hasCNI)
    #expect((files["/etc/cni/net.d/10-aws.conflist"] != nil) == image.hasCNI)
    #expect(units.contains(image.kubeletUnit) == image.hasKubelet)
    #expect(units.contains("nodeadm-run.service") == image.hasNodeadm)
    #expect(units.contains("eks-healthchecker.service") == (name == "auto-mode"))
    #expect(Firewall(node: node).ipv4.contains("AWS") == image.hasCNI)
    let pods = KubernetesObjects(node: node).pods.map(\.text).joined()
    #expect(pods.contains("aws-node") == (image.hasCNI && image.hasSystemPods))
  }

  @Test("a hybrid node is named and says so as nodeadm does")
  func hybrid() throws {
    let node = try node("hybrid")
    #expect(node.instance.name.hasPrefix("mi-"))
    let text = KubeletUnit(node: node).files.values.joined()
    #expect(text.contains("eks-hybrid:///"))
    #expect(text.contains("eks.amazonaws.com/compute-type=hybrid"))
  }

  @Test("a large node has as many pods as were asked for, each with an address of its own")
  func large() throws {
    var inputs = NodeInputs(
      variant: "healthy", now: Moment(microseconds: 1_932_887_761_206_514),
      bootID: "0123456789abcdef0123456789abcdef")
    inputs.pods = 110
    let node = try #require(NodeModel(inputs))
    #expect(node.runningPods.count == 110)
    let own = node.instance.enis.map(\.primary) + [node.instance.apiServer]
    let all = node.history.pools.flatMap(\.addresses) + own
    #expect(Set(all).count == all.count)
    #expect(Set(node.pods.map(\.hostVeth)).count == node.pods.count)
  }
}

/// Whether a node that is up has the release, kubelet and metadata of its kind.
func checkKind(_ name: String, _ inside: Inside) async throws {
  let image = try node(name).variant.image
  let release = await inside("cat \(image.root)/etc/os-release")
  #expect(release.output + "\n" == image.release)
  let kubelet = await inside("pgrep -c kubelet")
  #expect(kubelet.output == (image.hasKubelet ? "1" : "0"))
  // Where nobody answers, waiting for longer tells no more.
  let seconds = image.isInstance ? 30 : 2
  let metadata = await inside(
    "timeout \(seconds) bash -c \"exec 3<>/dev/tcp/169.254.169.254/80\"")
  #expect(metadata.succeeded == image.isInstance)
  let socket = await inside("test -S \(image.root)/run/aws-node/ipamd.sock")
  #expect(socket.succeeded == image.hasCNI)
  if name == "bottlerocket" {
    #expect(await !inside("test -e /etc/kubernetes/kubelet/config").succeeded)
    #expect(await !inside("test -e /mnt/host/usr/bin/bash").succeeded)
  }
}

@Suite(
  "Long logs (need root, namespaces and the built cnitriage-lab)",
  .enabled("not root, no namespaces, or cnitriage-lab is not built") {
    guard builtLab() != nil else { return false }
    return await LabHost.isCapable()
  }, .serialized)
struct LabImageTests {
  @Test("logs of the asked length lie on disk, rise in time, and go when the node goes")
  func longLogs() async throws {
    let lab = Lab(program: try #require(builtLab()))
    let name = "test-long-\(Int.random(in: 0..<1_000_000))"
    try await lab.up(name, variant: #require(Variant.named("healthy")), logMiB: 20)
    let log = Lab.logFolder(name) + "/aws-routed-eni/ipamd.log"
    let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0
    let unordered = await LabHost.shell(
      "grep -o '\"ts\":\"[^\"]*' '\(log)' | LC_ALL=C sort -c && echo ordered")
    #expect(await lab.down(name))
    #expect((15 << 20..<18 << 20).contains(size), "\(size)")
    #expect(unordered.output == "ordered")
    #expect(!FileManager.default.fileExists(atPath: Lab.logFolder(name)))
  }
}

import Foundation
import Synchronization
import Testing

@testable import LabNode

private let now = Moment(microseconds: 1_932_887_761_206_514)

/// A model that was just made.
private func newNode(_ name: String) throws -> NodeModel {
  let variant = try #require(Variant.named(name))
  return NodeModel(
    variant: variant, now: now, bootID: "0123456789abcdef0123456789abcdef")
}

private let models = Mutex<[String: NodeModel]>([:])
private let files = Mutex<[String: [String: String]]>([:])

/// The model of a variant; it is a value, and making it once takes long enough.
func node(_ name: String) throws -> NodeModel {
  if let known = models.withLock({ $0[name] }) { return known }
  let made = try newNode(name)
  models.withLock { $0[name] = made }
  return made
}

/// The files of a variant.
func nodeFiles(_ name: String) throws -> [String: String] {
  if let known = files.withLock({ $0[name] }) { return known }
  let made = NodeFiles(node: try node(name)).all
  files.withLock { $0[name] = made }
  return made
}

private let names = Variant.all.map(\.name)
/// The variants on which the CNI runs and logs.
private let namesWithCNI = names.filter { !["hybrid", "bare"].contains($0) }

private func records(_ text: String) throws -> [[String: String]] {
  try text.split(separator: "\n").map { line in
    try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
  }
}

@Suite("The node model")
struct ModelTests {
  @Test("the same inputs give the same files", arguments: names)
  func isDeterministic(_ name: String) throws {
    let again = try newNode(name)
    #expect(try nodeFiles(name) == NodeFiles(node: again).all)
    #expect(try NodeJournal(node: node(name)).export == NodeJournal(node: again).export)
  }

  @Test("addresses are distinct, lie in the subnet, and no pod has an ENI's own", arguments: names)
  func addresses(_ name: String) throws {
    let node = try node(name)
    let pool = node.history.pools.flatMap(\.addresses)
    let own = node.instance.enis.map(\.primary) + [node.instance.gateway, node.instance.apiServer]
    #expect(Set(pool + own).count == pool.count + own.count)
    for address in pool {
      let parts = address.split(separator: ".").compactMap { Int($0) }
      #expect(parts[0] == 10 && parts[1] == 20 && (32...47).contains(parts[2]))
    }
    #expect(Set(node.history.allocations.map(\.address)).isSubset(of: pool))
  }

  @Test(
    "checkpoint, introspection, metrics and log tell of the same addresses", arguments: namesWithCNI
  )
  func poolAgrees(_ name: String) throws {
    let node = try node(name)
    let texts = PoolTexts(node: node)
    let files = try nodeFiles(name)
    let log = try records(#require(files["/var/log/aws-routed-eni/ipamd.log"]))
    let plugin = try #require(files["/var/log/aws-routed-eni/plugin.log"])
    let messages = log.compactMap { $0["msg"] }
    for held in node.history.allocations {
      #expect(texts.checkpoint.contains("\"ipv4\":\"\(held.address)\""))
      #expect(texts.checkpoint.contains("\"containerID\":\"\(held.sandboxID)\""))
      #expect(texts.enis.contains("\"Address\":\"\(held.address)\""))
      let assigned = "Assign IP \(held.address) to sandbox aws-cni/\(held.sandboxID)/eth0"
      #expect(messages.count { $0.contains(assigned) } == 1)
      #expect(plugin.contains("IPv4Addr:\\\"\(held.address)\\\""))
    }
    let assigned = node.history.allocations.count
    #expect(texts.metrics.contains("\nawscni_assigned_ip_addresses \(assigned)\n"))
    #expect(texts.enis.contains("\"AssignedIPs\":\(assigned)"))
    #expect(
      messages.last { $0.hasPrefix("IP stats for Network Card 0") }
        == "IP stats for Network Card 0 - total IPs: \(node.history.total), assigned IPs: "
        + "\(assigned), cooldown IPs: 0")
  }

  @Test("logs are ordered by time, and end before now", arguments: namesWithCNI)
  func logsAreOrdered(_ name: String) throws {
    let files = try nodeFiles(name)
    for file in ["ipamd", "plugin", "network-policy-agent"] {
      let text = try #require(files["/var/log/aws-routed-eni/\(file).log"])
      let times = try records(text).compactMap { $0["ts"] }
      #expect(times == times.sorted())
      #expect(try #require(times.last) <= now.milliseconds)
    }
  }

  @Test(
    "every running pod has its veth, route and rules, and is a running pod object",
    arguments: names)
  func kernelAgrees(_ name: String) throws {
    let node = try node(name)
    let plan = KernelPlan(node: node)
    let objects = JSON.array(KubernetesObjects(node: node).pods).text
    for (pod, held) in node.runningPods {
      #expect(plan.pods.contains("route add \(held.address) dev \(pod.hostVeth) scope link"))
      #expect(plan.pods.contains("rule add to \(held.address) lookup main priority 512"))
      let isRouted = plan.pods.contains(
        "rule add from \(held.address) lookup \(held.eni.table) priority 1536")
      #expect(isRouted != held.eni.isPrimary)
      #expect(objects.contains("\"podIP\":\"\(held.address)\""))
      #expect(held.at > pod.created && held.at < now)
    }
    #expect(node.runningPods.count == node.variant.runningPods)
    #expect(Set(plan.podNetworks.map(\.hostVeth)).count == node.variant.runningPods)
  }

  @Test("a node has files only where the lab covers the host's", arguments: names)
  func filesStayInside(_ name: String) throws {
    for path in try nodeFiles(name).keys {
      #expect(NodeFiles.folders.contains { path.hasPrefix($0) }, "\(path)")
      #expect(!path.contains(".."))
    }
  }

  @Test(
    "a variant differs from the healthy node only in what is broken",
    arguments: [
      ("forward-drop", ["/etc/systemd/system/kubelet.service"]),
      ("no-own-role", []),
      (
        "forward-drop-legacy",
        [
          "/etc/sysconfig/iptables", "/usr/lib/cnitriage-lab/units/iptables.service",
          "/usr/lib/systemd/system/iptables.service",
        ]
      ),
      (
        "leaked-ip",
        [
          "/run/aws-node/ipam.json", "/var/log/aws-routed-eni/ipamd.log",
          "/var/log/aws-routed-eni/plugin.log",
        ]
      ),
    ] as [(String, [String])])
  func variantsDiffer(_ name: String, _ expected: [String]) throws {
    let healthy = try nodeFiles("healthy")
    let broken = try nodeFiles(name)
    let paths = Set(healthy.keys).union(broken.keys)
    #expect(paths.filter { healthy[$0] != broken[$0] }.sorted() == expected)
  }

  @Test("the FORWARD policy is DROP in the variants named so, and nowhere else", arguments: names)
  func forwardPolicy(_ name: String) throws {
    let node = try node(name)
    let drops = Firewall(node: node).ipv4.contains(":FORWARD DROP ")
    #expect(drops == name.hasPrefix("forward-drop"))
    let unit = KubeletUnit(node: node).text
    #expect(unit.contains("-P FORWARD ACCEPT") == (name != "forward-drop"))
  }

  @Test("only no-own-role lacks credentials of its own", arguments: names)
  func ownRole(_ name: String) throws {
    let variables = try Set(node(name).agentEnvironment.map(\.name))
    let own: Set<String> = ["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"]
    #expect(variables.isDisjoint(with: own) == (name == "no-own-role"))
    #expect(variables.isSuperset(of: own) == (name != "no-own-role"))
  }

  @Test("the exhausted node's pool is full, EC2 refuses, and the last failure is recent")
  func exhausted() throws {
    let node = try node("subnet-exhausted")
    #expect(node.history.assigned == node.history.total)
    #expect(node.history.total < node.instance.maxPods)
    let text = try #require(nodeFiles("subnet-exhausted")["/var/log/aws-routed-eni/ipamd.log"])
    let log = try records(text)
    for pattern in [
      "Failed to CreateNetworkInterface", "DataStore has no available IP/Prefix addresses",
      "Recently we had InsufficientCidr error",
    ] {
      let last = try #require(log.last { $0["msg"]?.hasPrefix(pattern) == true })
      #expect(try #require(last["ts"]) > (now - 180).milliseconds, "\(pattern)")
    }
    let entries = KubeletJournal(node: node).entries
    let failures = entries.filter { $0.message.contains("FailedCreatePodSandBox") }
    #expect(failures.count == node.history.refusals.count)
    #expect(try #require(failures.last).at > now - 60)
  }

  @Test("leaked addresses belong to pods without a veth, and are older than two minutes")
  func leaked() throws {
    let node = try node("leaked-ip")
    let veths = Set(KernelPlan(node: node).podNetworks.map(\.hostVeth))
    let leaked = node.pods.filter { $0.deletion?.reachedIPAMD == false }
    #expect(leaked.count >= 3)
    for pod in leaked {
      let held = try #require(node.history.allocation(of: pod))
      #expect(held.at < now - 120)
      #expect(!veths.contains(pod.hostVeth))
      #expect(!KernelPlan(node: node).pods.contains { $0.contains(held.address) })
    }
    #expect(node.history.assigned == node.runningPods.count + leaked.count)
  }

  @Test("time that passes after the start adds lines, and loses or repeats none")
  func goesOn() throws {
    var early = try node("subnet-exhausted").history
    var late = early
    let first = early.log.drain(upTo: now)
    early.advance(to: now + 31)
    early.advance(to: now + 300)
    late.advance(to: now + 300)
    #expect(first + early.log.drain(upTo: now + 300) == late.log.drain(upTo: now + 300))
  }
}

@Suite("Names and texts")
struct TextTests {
  @Test(
    "a veth is named after namespace and pod as the CNI does it",
    arguments: [
      ("shop", "cart-6d8f7c9b5d-x2k4q", "eni39d9ca4a246"),
      ("shop", "cart-6d8f7c9b5d-9wq7t", "eni33d55e3a30c"),
      ("kube-system", "coredns-7f4c8d6b9-lm2vd", "eni0db7f4ab39c"),
    ])
  func veths(_ namespace: String, _ name: String, _ veth: String) {
    let pod = Pod(namespace: namespace, name: name, serviceAccount: "default", created: now)
    #expect(pod.hostVeth == veth)
  }

  @Test(
    "SHA-1 of the standard's examples",
    arguments: [
      ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
      ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
      ),
    ])
  func hashes(_ text: String, _ digest: String) {
    #expect(SHA1.hex(text) == digest)
  }

  @Test("moments in every format")
  func moments() {
    let leap = Moment(microseconds: 1_709_164_800_000_000)
    #expect(leap.zulu == "2024-02-29T00:00:00Z")
    #expect(leap.systemd == "Thu 2024-02-29 00:00:00 UTC")
    #expect((leap + 0.5).goTime == "2024-02-29T00:00:00.500000Z")
    #expect((leap - 1).klog == "0228 23:59:59.000000")
    #expect(Moment(microseconds: 0).milliseconds == "1970-01-01T00:00:00.000Z")
  }

  @Test("JSON texts are JSON")
  func json() throws {
    let value: JSON = ["a": [1, true, nil, "x\"\\\n\t"], "b": .object([]), "c": .array([])]
    for text in [value.text, value.indented()] {
      #expect(throws: Never.self) {
        try JSONSerialization.jsonObject(with: Data(text.utf8))
      }
    }
  }

  @Test(
    "a fault names a kind and a plain command",
    arguments: [
      ("hanging:iptables-save", true), ("missing:ip", true), ("flooding:", false),
      ("sleeping:ip", false), ("failing:../../bin/sh", false), ("failing:a b", false),
      ("ip", false),
    ])
  func faults(_ text: String, _ isGood: Bool) {
    #expect((ToolFault(text) != nil) == isGood)
  }
}

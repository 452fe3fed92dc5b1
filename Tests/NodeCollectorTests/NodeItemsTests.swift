import BundleModel
import Foundation
import SystemPackage
import Testing

@testable import NodeCollector

/// What an item gives on a node that has it.
struct PresentItem: CustomTestStringConvertible, Sendable {
  let id: ArtifactID
  /// Files of the node with their contents.
  var files: [String: String] = [:]
  /// Programs of the node with their scripts.
  var programs: [String: String] = [:]
  /// Path of a member in the bundle, and texts that it holds.
  let path: String
  let holds: [String]
  var lacks: [String] = []

  var testDescription: String { id.rawValue }
}

@Suite("Every item of host, system, kubelet, CNI, logs and sysctl")
struct NodeItemsTests {
  private static let categories: Set<String> = [
    "host", "system", "kubelet", "cni", "logs", "sysctl", "ipamd",
  ]

  /// Items that others gather, with tests of their own.
  private static let others: Set<String> = ["kubelet.configz", "kubelet.metrics_probes"]

  private static let items = Catalog.all.filter {
    categories.contains($0.id.category) && !others.contains($0.id.rawValue)
  }

  /// What the running kernel answers on any node.
  private static let everywhere: Set<ArtifactID> = [
    .hostIdentity, .clock, .clockAgain, .hardware,
  ]

  @Test("what a node has comes into the bundle", arguments: PresentItem.all)
  func present(_ expected: PresentItem) async throws {
    let node = try FakeNode()
    for (path, text) in expected.files { try node.file(path, text) }
    for (name, script) in expected.programs { try node.program(name, script) }
    let artifact = try #require(Catalog.artifact(expected.id))
    let results = try await node.items(artifact)
    let result = try #require(
      results.first { $0.item.path == expected.path },
      "\(results.map { ($0.item.path, $0.item.status, $0.item.reason) })")
    #expect(result.item.status == .ok, "\(result.item.reason ?? "")")
    let text = try #require(result.text)
    for part in expected.holds { #expect(text.contains(part), "\(part) in \(text)") }
    for part in expected.lacks { #expect(!text.contains(part), "\(part) in \(text)") }
  }

  @Test("what a node lacks is missing, not failed", arguments: items)
  func missing(_ artifact: Artifact) async throws {
    let results = try await FakeNode().items(artifact)
    #expect(!results.isEmpty)
    for result in results where !Self.everywhere.contains(artifact.id) {
      let isAbsent = [.missing, .unsupported, .skipped].contains(result.item.status)
      #expect(isAbsent, "\(artifact.id): \(result.item.status) \(result.item.reason ?? "")")
      #expect(result.item.reason?.isEmpty == false, "\(artifact.id)")
      #expect(result.item.path == nil, "\(artifact.id)")
    }
  }

  @Test("what needs root is denied to others before anything is read", arguments: items)
  func denied(_ artifact: Artifact) async throws {
    var host = try FakeNode().host
    host.effectiveUserID = 1000
    host.isPrivileged = false
    let runner = ItemRunner(context: RunContext(host: host, limits: .test, spoolFolder: "/tmp"))
    let members = await runner.run(artifact)
    for member in members where artifact.needsRoot {
      #expect(member.item.status == .denied, "\(artifact.id)")
    }
    #expect(members.allSatisfy { $0.item.status != .failed && $0.item.status != .error })
  }

  @Test("a node of another kind has no such thing, which is no failure")
  func traits() async throws {
    var host = try FakeNode().host
    host.traits = []
    let runner = ItemRunner(context: RunContext(host: host, limits: .test, spoolFolder: "/tmp"))
    let ids: [ArtifactID] = [
      .packages, .units, .unitStates, .warnings, .nodeadm, .kubeletJournal, .kubeletSnap,
      .networkJournals, .autoModeJournals,
    ]
    for id in ids {
      let artifact = try #require(Catalog.artifact(id))
      #expect(await runner.run(artifact)[0].item.status == .unsupported, "\(id)")
    }
  }

  @Test("every item that others read twice has its second reading in the last stage")
  func secondReadings() throws {
    let pairs: [(ArtifactID, ArtifactID)] = [
      (.clock, .clockAgain), (.load, .loadAgain), (.pressure, .pressureAgain),
      (.controlGroups, .controlGroupsAgain), (.cniLogListing, .cniLogListingAgain),
      (.ipamdENIs, .ipamdENIsAgain), (.ipamdMetrics, .ipamdMetricsAgain),
    ]
    for (first, second) in pairs {
      let one = try #require(Catalog.artifact(first))
      let two = try #require(Catalog.artifact(second))
      #expect(two.stage == .again && one.stage < .again)
      #expect(one.source == two.source && one.path != two.path)
    }
    #expect(Catalog.artifact(.ipamdENIsAgain)?.path == "ipamd/enis.b.json")
    #expect(Catalog.artifact(.ipamdMetricsAgain)?.path == "ipamd/metrics.b.prom")
  }

  @Test("a program that fails makes the item fail, with the reason")
  func failing() async throws {
    let node = try FakeNode()
    try node.program("rpm", "echo 'rpmdb is locked' >&2; exit 3")
    try node.program("journalctl", "echo 'no journal files' >&2; exit 1")
    for id: ArtifactID in [.packages, .networkJournals, .nodeadm, .kubeletJournal] {
      let item = try await node.run(try #require(Catalog.artifact(id)))[0].item
      #expect(item.status == .failed, "\(id)")
      #expect(item.reason?.isEmpty == false)
    }
  }

  @Test("unless asked for, neither user data nor other pods' logs are read")
  func onRequest() async throws {
    let node = try FakeNode()
    try node.file("/var/log/user-data.log", "password=hunter2secret\n")
    try node.file("/var/log/pods/shop_cart-1_u1/app/0.log", "hello\n")
    try node.file("/var/log/pods/shop_other-1_u2/app/0.log", "other\n")
    for id: ArtifactID in [.userData, .requestedPodLogs] {
      let item = try await node.run(try #require(Catalog.artifact(id)))[0].item
      #expect(item.status == .skipped, "\(id)")
      #expect(item.reason?.hasPrefix("left out") == true)
    }
    let settings = CollectSettings(podLogs: ["shop/cart-*"], includesUserData: true)
    let logs = try await node.items(.requestedPodLogs, settings: settings)
    #expect(logs.map(\.item.path) == ["logs/pods/shop_cart-1_u1/app/0.log"])
    let data = try await node.items(.userData, settings: settings)
    #expect(data[0].item.status == .ok)
    #expect(data[0].text?.contains("hunter2secret") == false)
  }
}

extension CollectLimits {
  /// For tests of what items give, not of how fast: many run side by side on a busy machine.
  static let patient = CollectLimits(
    runSeconds: 120, spoolMemoryBytes: 4096, graceSeconds: 0.3, timeoutScale: 20)
}

extension FakeNode {
  /// The members of an item of the catalogue under a user's settings, with their texts.
  func items(
    _ id: ArtifactID, settings: CollectSettings = CollectSettings(), mountInfo: String? = nil,
    limits: CollectLimits = .patient
  ) async throws -> [(item: ManifestItem, text: String?)] {
    let artifact = try #require(Catalog.artifact(id))
    return try await items(artifact, settings: settings, mountInfo: mountInfo, limits: limits)
  }

  /// The members of an item, with their texts.
  func items(
    _ artifact: Artifact, settings: CollectSettings = CollectSettings(),
    mountInfo: String? = nil, limits: CollectLimits = .patient
  ) async throws -> [(item: ManifestItem, text: String?)] {
    var host = host
    if let mountInfo {
      try file("/mountinfo", mountInfo)
      host.mountInfo = .init(root.appending(path: "mountinfo").path)
    }
    let context = RunContext(
      host: host, limits: limits, settings: settings,
      spoolFolder: root.appending(path: "out").path)
    return try await ItemRunner(context: context).run(artifact).map { member in
      (member.item, try member.spool.map { String(decoding: try $0.contents(), as: UTF8.self) })
    }
  }
}

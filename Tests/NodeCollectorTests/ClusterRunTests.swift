import BundleModel
import Foundation
import Testing

@testable import NodeCollector

@Suite("Asking a cluster")
struct ClusterRunTests {
  private func statuses(_ evidence: ClusterEvidence) -> [ArtifactID: ItemStatus] {
    Dictionary(evidence.items.map { ($0.id, $0.status) }) { first, _ in first }
  }

  private func text(_ evidence: ClusterEvidence, _ path: String) throws -> String {
    let member = try #require(evidence.members.first { $0.item.path == path }, "\(path)")
    let spool = try #require(member.spool)
    return String(decoding: try spool.read(0..<spool.offered), as: UTF8.self)
  }

  @Test("the DaemonSet comes with the owners of its fields; secrets and applied copies stay out")
  func daemonSet() async throws {
    let cluster = try await FakeCluster()
    let evidence = await cluster.gather()
    try await cluster.server.stop()
    let text = try text(evidence, "kube/ds-aws-node.json")
    #expect(text.contains(#""manager":"eks""#) && text.contains(#""manager":"kubectl-set""#))
    #expect(text.contains(#""f:spec""#))
    #expect(text.contains(#"{"name":"WARM_IP_TARGET","value":"5"}"#))
    #expect(text.contains("PROXY_AUTH") && !text.contains(FakeCluster.secret))
    // That there is one is a fact; what stands in it is a copy of the object.
    #expect(text.contains("last-applied-configuration") && !text.contains("applied-by-hand"))
    #expect(evidence.context.cluster == "shop")
    #expect(evidence.context.region == "eu-west-2")
  }

  @Test("each item has the status of its answer")
  func itemStatuses() async throws {
    let cluster = try await FakeCluster()
    let evidence = await cluster.gather()
    try await cluster.server.stop()
    let found = statuses(evidence)
    let expected: [ArtifactID: ItemStatus] = [
      .clusterVersion: .ok, .agentDaemonSet: .ok, .proxyDaemonSet: .ok, .proxyConfiguration: .ok,
      .agentServiceAccount: .ok, .agentConfigMap: .ok, .eniConfigs: .ok, .coreDNS: .ok,
      .namedNodes: .ok, .cniNodes: .missing, .securityGroupPolicies: .missing,
      .systemEvents: .denied, .clusterNodes: .skipped, .networkPolicies: .skipped,
      .policyEndpoints: .skipped, .awsCaller: .ok, .awsCluster: .ok, .awsAddon: .ok,
      .awsAddonVersions: .ok, .awsPodIdentities: .ok, .awsPodIdentityDetails: .ok,
      .awsInstances: .ok, .awsInterfaces: .ok, .awsSubnets: .ok, .awsInstanceProfiles: .ok,
      .awsRoles: .ok, .awsRolePolicies: .ok, .awsInlinePolicies: .denied,
    ]
    for artifact in Catalog.cluster {
      let reason = evidence.items.first { $0.id == artifact.id }?.reason ?? ""
      #expect(found[artifact.id] == expected[artifact.id], "\(artifact.id): \(reason)")
    }
  }

  @Test("later commands are filled with what earlier answers told, and nothing else is asked")
  func chain() async throws {
    let cluster = try await FakeCluster()
    let evidence = await cluster.gather()
    try await cluster.server.stop()
    let query =
      "addons[].addonVersions[].{addonVersion:addonVersion,"
      + "clusterVersions:compatibilities[].clusterVersion,"
      + "defaultFor:compatibilities[?defaultVersion].clusterVersion}"
    let roles = ["cni", "cni-pod", "node-role"]
    let expected =
      [
        "sts get-caller-identity", "eks describe-cluster --name shop",
        "eks describe-addon --cluster-name shop --addon-name vpc-cni",
        "eks describe-addon-versions --addon-name vpc-cni --query \(query)",
        "eks list-pod-identity-associations --cluster-name shop --namespace kube-system "
          + "--service-account aws-node",
        "eks describe-pod-identity-association --cluster-name shop --association-id a-1x",
        "ec2 describe-instances --filters Name=instance-id,Values=i-0a1b2c3d4e5f60718",
        "ec2 describe-network-interfaces --filters "
          + "Name=attachment.instance-id,Values=i-0a1b2c3d4e5f60718",
        "iam get-instance-profile --instance-profile-name eks-nodes",
      ]
      + roles.flatMap { role in
        ["get-role", "list-attached-role-policies", "list-role-policies"].map {
          "iam \($0) --role-name \(role)"
        }
      }
    let calls = try cluster.calls
    let subnets = calls.filter { $0.hasPrefix("ec2 describe-subnets") }
    #expect(calls.filter { !$0.hasPrefix("ec2 describe-subnets") } == expected.sorted())
    #expect(subnets.count == 1)
    // In whichever order the answers came.
    let ids = subnets.first?.split(separator: "=").last?.split(separator: ",").map(String.init)
    #expect(Set(ids ?? []) == ["subnet-0pods", "subnet-0a", "subnet-0b", "subnet-0branch"])
    #expect(try text(evidence, "aws/role_policies/node-role.json").contains("AttachedPolicies"))
    #expect(cluster.server.requests.allSatisfy { $0.hasPrefix("GET ") })
  }

  @Test("the programs get the user's environment, without a pager")
  func environment() async throws {
    let cluster = try await FakeCluster()
    _ = await cluster.gather(Plan(Catalog.cluster, only: ["aws.caller"]))
    try await cluster.server.stop()
    let lines = try String(
      contentsOf: cluster.root.appending(path: "aws.env"), encoding: .utf8
    ).split(separator: "\n").map(String.init)
    for line in ["HOME=\(cluster.root.path)", "AWS_PROFILE=ops", "AWS_PAGER="] {
      #expect(lines.contains(line), "\(line)")
    }
  }

  @Test("without a program all of its items are missing, and the other's are there")
  func missingProgram() async throws {
    for name in ["kubectl", "aws"] {
      let cluster = try await FakeCluster()
      try cluster.remove(name)
      let found = statuses(await cluster.gather(nodes: []))
      try await cluster.server.stop()
      let isKubectlGone = name == "kubectl"
      #expect(found[.agentDaemonSet] == (isKubectlGone ? .missing : .ok))
      #expect(found[.awsCaller] == (isKubectlGone ? .ok : .missing))
      // kubectl's configuration names the cluster.
      #expect(found[.awsAddon] == (isKubectlGone ? .skipped : .missing))
    }
  }

  @Test("a silent API server costs one time limit, not one for each item")
  func hangingServer() async throws {
    let cluster = try await FakeCluster(hangs: true)
    let start = ContinuousClock.now
    let limits = CollectLimits(runSeconds: 60, graceSeconds: 0.3, timeoutScale: 0.02)
    let evidence = await cluster.gather(
      Plan(Catalog.cluster, only: ["kube"]), limits: limits)
    #expect(ContinuousClock.now - start < .seconds(30))
    try await cluster.server.stop()
    for item in evidence.items where item.status != .skipped {
      #expect(item.status == .timeout, "\(item.id)")
    }
    #expect(cluster.server.requests.allSatisfy { $0 == "GET /version" })
  }

  @Test("without an identity AWS is asked once; a single refusal costs its own item only")
  func refusedIdentity() async throws {
    let cluster = try await FakeCluster()
    try cluster.program(
      "aws",
      "echo x >> '\(cluster.root.path)/aws.log'; echo 'Unable to locate credentials' >&2; exit 253")
    let found = statuses(await cluster.gather())
    try await cluster.server.stop()
    #expect(found[.awsCaller] == .denied && found[.awsAddon] == .denied)
    #expect(found[.agentDaemonSet] == .ok)
    #expect(try cluster.calls.count == 1)
  }

  @Test("a hanging aws is stopped at its time limit, and nothing waits for it twice")
  func hangingProgram() async throws {
    let cluster = try await FakeCluster()
    try cluster.program("aws", "exec sleep 600")
    let limits = CollectLimits(runSeconds: 60, graceSeconds: 0.3, timeoutScale: 0.02)
    let found = statuses(await cluster.gather(Plan(Catalog.cluster, only: ["aws"]), limits: limits))
    try await cluster.server.stop()
    #expect(found[.awsCaller] == .timeout && found[.awsAddon] == .timeout)
  }

  @Test("an interruption keeps what is there and says what is not")
  func interruption() async throws {
    let cluster = try await FakeCluster()
    try cluster.program("aws", "echo x > '\(cluster.root.path)/started'; exec sleep 600")
    let (stream, continuation) = AsyncStream.makeStream(of: Collector.Interruption.self)
    let started = cluster.root.appending(path: "started").path
    Task {
      while !FileManager.default.fileExists(atPath: started) {
        try await Task.sleep(for: .milliseconds(20))
      }
      continuation.yield(.interrupt)
    }
    let evidence = await cluster.gather(
      Plan(Catalog.cluster, only: ["aws.caller", "aws.addon"]), interruptions: stream)
    try await cluster.server.stop()
    #expect(evidence.endReason == .sigint)
    #expect(statuses(evidence)[.awsAddon] == .aborted)
  }
}

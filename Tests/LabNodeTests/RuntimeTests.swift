import Foundation
import Testing

@testable import LabNode

@Suite("The containers of a node")
struct ContainerPlanTests {
  @Test("every running pod has containers, and every image of them is on the node")
  func plan() throws {
    let node = try node("containerd")
    let plan = ContainerPlan(node: node)
    let names = Set(plan.pods.map { "\($0.namespace)/\($0.name)" })
    for running in node.runningPods {
      #expect(names.contains("\(running.pod.namespace)/\(running.pod.name)"))
    }
    #expect(names.contains("kube-system/\(node.agentPodName)"))
    let images = plan.images
    #expect(Set(images).count == images.count)
    #expect(Set(plan.pods.flatMap(\.containers).map(\.image)).isSubset(of: images))
    #expect(Set(plan.pods.map(\.uid)).count == plan.pods.count)
  }

  @Test("names that a runtime gave are the names in the node's history")
  func history() throws {
    let variant = try #require(Variant.named("containerd"))
    let pod = try #require(try node("containerd").runningPods.first).pod
    let sandbox = SandboxIdentity(
      id: String(repeating: "ab", count: 32), networkNamespace: "cni-given")
    let told = NodeModel(
      variant: variant, now: Moment(microseconds: 1_932_887_761_206_514),
      bootID: "0123456789abcdef0123456789abcdef",
      sandboxes: ["\(pod.namespace)/\(pod.name)": sandbox])
    let files = NodeFiles(node: told).history
    for path in ["/run/aws-node/ipam.json", "/var/log/aws-routed-eni/ipamd.log"] {
      #expect(files[path]?.contains(sandbox.id) == true, "\(path)")
      #expect(files[path]?.contains(pod.sandboxID) == false, "\(path)")
    }
    #expect(
      told.runningPods.map(\.allocation.address)
        == (try node("containerd")).runningPods.map(\.allocation.address))
    #expect(NodeJournal(node: told).export.contains(sandbox.id))
  }
}

@Suite(
  "A node with a real container runtime (needs root, namespaces, containerd and runc)",
  .enabled("no lab nodes here, or no containerd or runc") {
    guard builtLab() != nil, let variant = Variant.named("containerd") else { return false }
    do {
      try await LabHost.check(variant)
      return true
    } catch { return false }
  }, .serialized)
struct RuntimeTests {
  @Test("the runtime runs the node's pods, and the CNI's state knows the same sandboxes")
  func pods() async throws {
    try await withNode("containerd") { inside in
      let model = try node("containerd")
      let version = await inside("ctr version | grep -c Version:")
      #expect(version.output == "2")
      let expected = ContainerPlan(node: model).pods
      let tasks = await inside("ctr --namespace k8s.io tasks list --quiet | wc -l")
      let containers = expected.reduce(0) { $0 + 1 + $1.containers.count }
      #expect(tasks.output == "\(containers)")
      let states = await inside("ctr --namespace k8s.io tasks list | grep -c RUNNING")
      #expect(states.output == "\(containers)")
      let unknown = await inside(
        """
        ctr --namespace k8s.io containers list --quiet | sort >/run/known
        grep -o "containerID[^,]*" /run/aws-node/ipam.json | grep -o "[0-9a-f]\\{64\\}" | sort |
          comm -23 - /run/known | wc -l
        """)
      #expect(unknown.output == "0")
      for (pod, held) in model.runningPods {
        let routed = await inside("ip -4 route get \(held.address) | head -1")
        #expect(routed.output.contains("dev \(pod.hostVeth) "), "\(pod.name)")
        let stored = await inside("grep -c \"\(held.address)\" /run/aws-node/ipam.json")
        #expect(stored.output == "1")
      }
      let results = await inside("ls /var/lib/cni/results | grep -c ^aws-cni-")
      #expect(results.output == "\(model.runningPods.count)")
      let logs = await inside("ls -d /var/log/pods/kube-system_aws-node-*/aws-node | wc -l")
      #expect(logs.output == "1")
    }
  }

  @Test("the agents run in containers, and a probe inside of one reaches ipamd")
  func probe() async throws {
    try await withNode("containerd") { inside in
      let answer = await inside(
        """
        id=$(ctr --namespace k8s.io containers list | grep "amazon-k8s-cni:" | cut -d" " -f1)
        ctr --namespace k8s.io tasks exec --exec-id probe $id /app/grpc-health-probe \
          -addr=unix:///var/run/aws-node/ipamd.sock
        """)
      #expect(answer.output == "status: SERVING")
      let group = await inside("cat /proc/$(pgrep -x aws-k8s-agent)/cgroup")
      #expect(group.output.contains(":/kubepods/burstable/pod"))
      let cpu = await inside(
        "find /sys/fs/cgroup -path '*kubepods/burstable/pod*' -name cpu.stat | wc -l")
      #expect(Int(cpu.output) ?? 0 > 13)
      let passes = await inside(
        "for pod in /run/netns/cni-*; do nsenter --net=$pod timeout 30 bash -c "
          + "\"exec 3<>/dev/tcp/10.20.33.250/8080\" && echo yes; done | wc -l")
      #expect(passes.output == "11")
    }
  }
}

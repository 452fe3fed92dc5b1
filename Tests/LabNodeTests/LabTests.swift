import Foundation
import Testing

@testable import LabNode

@Suite(
  "Nodes on the real kernel (need root, namespaces and the built cnitriage-lab)",
  .enabled("not root, no namespaces, or cnitriage-lab is not built") {
    guard builtLab() != nil else { return false }
    return await LabHost.isCapable()
  }, .serialized, .sharedNode)
struct LabTests {
  @Test(
    "the kernel of every variant holds what its model says, and each kind has its own files",
    arguments: Variant.all.map(\.name))
  func kernel(_ variant: String) async throws {
    try await withNode(variant) { inside in
      let expected = try node(variant)
      let rules = await inside("ip -4 rule show")
      #expect(
        rules.output.components(separatedBy: "512:\t").count - 1 == expected.variant.runningPods)
      let image = expected.variant.image
      #expect(rules.output.contains("fwmark 0x80/0x80 lookup main") == image.hasCNI)
      let links = await inside("ip -br link")
      for pod in expected.runningPods { #expect(links.output.contains(pod.pod.hostVeth)) }
      let saved = await inside("iptables-save")
      #expect(saved.output.contains("-j AWS-SNAT-CHAIN-0") == image.hasCNI)
      // A machine of no cluster has no filter tables at all.
      let policy = ":FORWARD \(expected.variant.forwardPolicy) ["
      #expect(saved.output.contains(policy) == image.hasKubelet)
      let isNft = expected.variant.backend == .nft && image.hasKubelet
      #expect(saved.output.contains("(nf_tables)") == isNft)
      let legacy = await inside("cat /proc/net/ip_tables_names")
      #expect(legacy.output.isEmpty == (expected.variant.backend == .nft))
      let forwarding = await inside("cat /proc/sys/net/ipv4/ip_forward")
      #expect(forwarding.output == "1")
      if kinds.contains(variant) { try await checkKind(variant, inside) }
    }
  }

  @Test(
    "packets pass between the VPC and every pod unless the FORWARD policy drops them",
    arguments: [("healthy", true), ("forward-drop", false), ("forward-drop-legacy", false)])
  func packets(_ variant: String, _ pass: Bool) async throws {
    let check = { (inside: Inside) in
      let result = await inside(
        """
        for pod in /run/netns/*; do
          (nsenter --net=$pod timeout \(pass ? 30 : 4) bash -c 'exec 3<>/dev/tcp/10.20.33.250/8080' 2>/dev/null \\
            && echo yes || echo no) &
        done | sort | uniq -c | sed 's/^ *//'
        """)
      #expect(result.output == (pass ? "11 yes" : "11 no"))
    }
    if pass { try await withSharedNode(check) } else { try await withNode(variant, check) }
  }

  @Test("metadata answers the node, and no pod")
  func metadata() async throws {
    try await withSharedNode { inside in
      let connect = "bash -c 'exec 3<>/dev/tcp/169.254.169.254/80'"
      #expect(await inside("timeout 30 \(connect)").succeeded)
      #expect(
        await !inside("nsenter --net=$(ls -d /run/netns/* | head -1) timeout 2 \(connect)")
          .succeeded)
    }
  }

  @Test("files, journal and processes are those of a node")
  func surroundings() async throws {
    try await withNode("no-own-role") { inside in
      let journal = await inside("journalctl --unit=kubelet --since=-48h --quiet --utc --no-pager")
      #expect(journal.output.contains("kubelet[1783]: I"))
      let release = await inside("cat /etc/os-release")
      #expect(release.output.contains("ID=\"amzn\""))
      let agent = await inside(
        "tr '\\0' '\\n' </proc/$(pgrep -x aws-k8s-agent)/environ; pgrep -x kubelet >/dev/null")
      #expect(agent.succeeded && agent.output.contains("WARM_ENI_TARGET=1"))
      #expect(!agent.output.contains("AWS_ROLE_ARN"))
      let unit = await inside("systemctl show -p ActiveState kubelet")
      #expect(unit.output == "ActiveState=active")
      let pods = await inside("ls /run/netns | grep -c '^cni-'")
      #expect(pods.output == "11")
    }
  }

  @Test("a command's input, output, exit code and signals are its own")
  func passesThrough() async throws {
    try await withSharedNode { inside in
      #expect(await inside("echo $((6 * 7))").output == "42")
      let enter = inside.enter
      #expect(await LabHost.shell("echo word | \(enter) cat").output == "word")
      #expect(await LabHost.shell("\(enter) sh -c 'exit 7'; echo $?").output == "7")
      #expect(await LabHost.shell("\(enter) /nosuch 2>/dev/null; echo $?").output == "127")
      #expect(await LabHost.shell("\(enter) sh -c 'kill -KILL $$'; echo $?").output == "137")
      #expect(await LabHost.shell("cd /tmp && \(enter) pwd").output == "/tmp")
      // The signal is sent once the trap is set.
      let interrupted = await LabHost.shell(
        """
        out=$(mktemp)
        \(enter) bash -c 'trap "echo interrupted; exit 9" TERM; echo on; sleep 300 & wait' \
          </dev/null >$out &
        for attempt in $(seq 1 1200); do [ ! -s $out ] || break; sleep 0.1; done
        kill -TERM $!; wait $!; code=$?; cat $out; rm $out; echo $code
        """)
      #expect(interrupted.output == "on\ninterrupted\n9")
    }
  }

  @Test("commands misbehave as they are told to")
  func faults() async throws {
    let faults = [
      "hanging:iptables-save", "failing:kubectl", "missing:ip6tables-save", "flooding:ip",
    ]
    try await withNode("healthy", faults: faults) { inside in
      #expect(await inside("timeout 1 iptables-save; echo $?").output == "124")
      #expect(await inside("kubectl 2>/dev/null; echo $?").output == "4")
      #expect(await inside("command -v ip6tables-save || echo none").output == "none")
      #expect(await inside("ip | head -1000 | wc -l").output == "1000")
      #expect(await inside("iptables-nft-save | grep -c :FORWARD").output == "2")
    }
  }

  @Test("a name that is taken is refused with the way out")
  func twice() async throws {
    let lab = Lab(program: try #require(builtLab()))
    let name = "test-twice-\(Int.random(in: 0..<1_000_000))"
    let variant = try #require(Variant.named("healthy"))
    try await lab.up(name, variant: variant)
    let error = await #expect(throws: LabError.self) { try await lab.up(name, variant: variant) }
    #expect(error?.remedy == "scripts/lab down \(name)")
    #expect(await lab.down(name))
    #expect(await !lab.down(name))
  }
}

import ReportModel

/// A report that shows everything renderers must show, with foreign text that tries to break out.
enum SampleReport {
  static let packets: Report.Packets = {
    var question = Report.Question(name: "pod_to_pod", direction: "forward")
    (question.delivered, question.rejected) = (3, 2)
    let steps = [
      Report.WayStep(
        place: "mangle/PREROUTING (nft)", text: "-A PREROUTING -j MARK --set-xmark 0x80/0x80",
        change: "mark 0x80", location: "net/iptables-save.txt:7", isCause: false),
      Report.WayStep(
        place: "filter/FORWARD (nft)", text: "-A FORWARD -s 10.42.0.7/32 -j REJECT", change: nil,
        location: "net/iptables-save.txt:9", isCause: true),
    ]
    let way = Report.Way(
      question: "pod_to_pod", direction: "forward", packets: 2,
      packet: "tcp 10.42.0.7:40000 > 10.42.0.8:80", verdict: "rejected",
      detail: "filter/FORWARD (nft): -A FORWARD -s 10.42.0.7/32 -j REJECT", steps: steps)
    return Report.Packets(questions: [question], ways: [way], omittedWays: 1)
  }()

  static let full = Report.assemble(
    Report.Parts(
      tool: Report.Tool(version: "0.1.0", rules: "2026.10", engine: "none", ruleCount: 6),
      input: input, judgements: judgements, packets: packets,
      notices: ["net/conntrack.txt is not complete (timeout: no answer in 2 s)"],
      errors: [], failOn: .severity(.error), strict: false))

  static let hostile = Report.assemble(
    Report.Parts(
      tool: Report.Tool(version: "0.1.0", rules: "2026.10", engine: "none", ruleCount: 1),
      input: hostileInput,
      judgements: [
        Judgement(
          rule: "x/y", title: attack, confidence: .low, absorbs: [],
          outcome: .fires([
            finding(
              "x/y", .critical, subject: attack, message: attack,
              evidence: [Evidence(path: attack, line: 1, excerpt: attack)], commands: [attack])
          ]))
      ],
      packets: Report.Packets(
        questions: [Report.Question(name: attack, direction: attack)],
        ways: [
          Report.Way(
            question: attack, direction: attack, packets: 1, packet: attack, verdict: attack,
            detail: attack,
            steps: [
              Report.WayStep(
                place: attack, text: attack, change: attack, location: attack, isCause: true)
            ])
        ], omittedWays: 0),
      notices: [attack], errors: [Report.Problem(code: "E1", message: attack)], failOn: .none,
      strict: false))

  /// Markup, a terminal's colour and cursor sequences, and a character that reverses text.
  static let attack =
    "</code><script>alert(1)</script>\" onload='x' \u{1B}[2J\u{1B}]0;t\u{7} \u{202E}end"

  private static var hostileInput: Report.Input {
    var node = Report.Node()
    node.host = attack
    return Report.Input(
      id: "b1", kind: "native", name: attack, sha256: nil, node: node,
      window: Report.Window(from: nil, to: nil), redaction: nil,
      items: [
        Report.Item(
          id: attack, path: attack, status: "failed", reason: attack, bytes: nil,
          milliseconds: nil, droppedBytes: nil)
      ])
  }

  private static var input: Report.Input {
    var node = Report.Node()
    node.id = "i-0a1b2c3d4e5f60718"
    node.type = "m5.large"
    node.host = "ip-10-42-7-19"
    node.zone = "eu-west-2b"
    node.cni = "1.19.2"
    node.kubelet = "1.31.4"
    node.os = "amzn 2023"
    node.kernel = "6.1.127"
    node.iptables = "iptables-nft"
    return Report.Input(
      id: "b1", kind: "native", name: "cnitriage-ip-10-42-7-19.tar.zst", sha256: "3f6e0c2d",
      node: node,
      window: Report.Window(from: "2031-04-02T03:02:10Z", to: "2031-04-02T09:20:11Z"),
      redaction: "secrets",
      items: [
        Report.Item(
          id: "logs.ipamd", path: "logs/aws-routed-eni/ipamd.log", status: "ok", reason: nil,
          bytes: 67_108_864, milliseconds: 1900, droppedBytes: nil),
        Report.Item(
          id: "net.conntrack", path: nil, status: "timeout", reason: "no answer in 2 s",
          bytes: nil, milliseconds: 2000, droppedBytes: nil),
      ])
  }

  private static var judgements: [Judgement] {
    [
      judgement(
        "ipam/pool-exhausted", absorbs: ["subnet/*"],
        .fires([
          finding(
            "ipam/pool-exhausted", .critical, cause: "subnet", subject: "pool", count: 14,
            message: "ipamd had no address for 14 requests in the last 15 minutes; 18 addresses, "
              + "18 assigned, 0 in cooldown.",
            evidence: [
              Evidence(
                path: "logs/aws-routed-eni/ipamd.log", line: 20417,
                excerpt: "Unable to attach IPs/Prefixes for the ENI, subnet doesn't seem to have "
                  + "enough IPs/Prefixes", time: "2031-04-02T09:16:07Z"),
              Evidence(
                path: "ipamd/enis.json", line: nil, pointer: "/0/ENIs",
                excerpt: "18 of 18 assigned"),
            ])
        ])),
      judgement(
        "subnet/no-free-addresses",
        .fires([
          finding(
            "subnet/no-free-addresses", .critical, subject: "subnet-0f3a91c2", count: 12,
            message: "Subnet subnet-0f3a91c2 has no free address.", evidence: [])
        ])),
      judgement(
        "forwarding/policy-drop",
        .fires([
          finding(
            "forwarding/policy-drop", .error, subject: "nft filter/FORWARD",
            message: "The FORWARD chain drops by default and no rule accepts pods → 策略 DROP.",
            evidence: [
              Evidence(path: "net/iptables-save.txt", line: 4, excerpt: ":FORWARD DROP [18233:1]")
            ], commands: ["iptables -P FORWARD ACCEPT"])
        ])),
      judgement(
        "iam/no-own-role",
        .fires([
          finding(
            "iam/no-own-role", .info, subject: "aws-node",
            message: "aws-node has no role of its own and uses the instance role, which every "
              + "pod can reach.", evidence: [])
        ])),
      judgement("forwarding/ip-forward-off", .quiet),
      judgement("sgp/trunk-missing", .notApplicable(why: "security groups for pods are off")),
      judgement(
        "sysctl/conntrack-table-full",
        .unknown(
          MissingFact(
            reason: "item-timeout", item: "net.conntrack",
            text: "net.conntrack timed out: no answer in 2 s"))),
    ]
  }

  private static func judgement(
    _ rule: String, absorbs: [String] = [], _ outcome: Outcome
  ) -> Judgement {
    Judgement(
      rule: rule, title: "Title of \(rule)", confidence: .high,
      absorbs: absorbs.compactMap { AbsorbEdge($0) }, outcome: outcome)
  }

  private static func finding(
    _ rule: String, _ severity: Severity, cause: String? = nil, subject: String, count: Int = 1,
    message: String, evidence: [Evidence], commands: [String] = []
  ) -> Finding {
    Finding(
      rule: rule, title: "Title of \(rule)", cause: cause, severity: severity,
      subject: Finding.Subject(kind: "thing", key: subject), message: message,
      why: "Pods wait until the pool grows.",
      fix: Finding.Fix(text: "Give the nodes another subnet.", commands: commands),
      firstSeen: count > 1 ? "2031-04-02T09:16:07Z" : nil, count: count, isResolved: false,
      references: ["amazon-vpc-cni-k8s#1739"], evidence: evidence)
  }
}

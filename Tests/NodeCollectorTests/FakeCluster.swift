import BundleModel
import Foundation
import SystemPackage
import Testing

@testable import NodeCollector

/// An operator's machine: the real kubectl, an API server, and an `aws` that notes its arguments and
/// answers from files.
final class FakeCluster {
  let root: URL
  let server: APIServer
  private let programs: URL

  init(objects: [String: APIServer.Answer] = FakeCluster.objects, hangs: Bool = false) async throws
  {
    root = FileManager.default.temporaryDirectory.appending(path: "cluster-\(UUID().uuidString)")
    programs = root.appending(path: "bin")
    for folder in ["bin", "answers", "out"] {
      try FileManager.default.createDirectory(
        at: root.appending(path: folder), withIntermediateDirectories: true)
    }
    server = try await APIServer(objects, hangs: hangs)
    try Data(server.kubeconfig.utf8).write(to: root.appending(path: "kubeconfig"))
    try FileManager.default.createSymbolicLink(
      atPath: programs.appending(path: "kubectl").path,
      withDestinationPath: try #require(Kubectl.path))
    try program(
      "aws",
      """
      printf '%s\\n' "$*" >> '\(root.path)/aws.log'
      env > '\(root.path)/aws.env'
      file='\(root.path)/answers/'"$(printf '%s ' "$@" | grep -oE '(sts|eks|ec2|iam) [a-z-]+' | tr ' ' '_')"
      [ -f "$file" ] && cat "$file" && exit 0
      echo >&2
      echo 'An error occurred (AccessDenied) when calling the operation: not authorized' >&2
      exit 254
      """)
    for (call, answer) in Self.answers { try answers(call, answer) }
  }

  deinit {
    try? FileManager.default.removeItem(at: root)
  }

  /// Puts a program in the place of another one.
  func program(_ name: String, _ script: String) throws {
    let url = programs.appending(path: name)
    try? FileManager.default.removeItem(at: url)
    try Data("#!/bin/bash\nPATH=/usr/bin:/bin\n\(script)\n".utf8).write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(at: programs.appending(path: name))
  }

  func answers(_ call: String, _ answer: String) throws {
    try Data(answer.utf8).write(
      to: root.appending(path: "answers/\(call.replacingOccurrences(of: " ", with: "_"))"))
  }

  /// The arguments of every call of `aws`, without the options that all of them have.
  var calls: [String] {
    get throws {
      let text = try String(contentsOf: root.appending(path: "aws.log"), encoding: .utf8)
      return text.split(separator: "\n").map { line in
        line.split(separator: " ").filter {
          !["--output=", "--cli-", "--region="].contains(where: $0.hasPrefix)
        }.joined(separator: " ")
      }.sorted()
    }
  }

  func gather(
    _ plan: Plan = Plan(Catalog.cluster), nodes: [String] = [FakeCluster.node],
    limits: CollectLimits = CollectLimits(runSeconds: 60, graceSeconds: 0.3),
    interruptions: AsyncStream<Collector.Interruption> = AsyncStream { _ in }
  ) async -> ClusterEvidence {
    let collector = ClusterCollector(
      target: ClusterTarget(nodes: nodes),
      environment: [
        "PATH": programs.path, "HOME": root.path,
        "KUBECONFIG": root.appending(path: "kubeconfig").path, "AWS_PROFILE": "ops",
      ], clock: .system, limits: limits, effectiveUserID: 1000)
    return await collector.gather(plan, interruptions: interruptions) { _ in }
  }

  var output: FilePath { FilePath(root.path).appending("out") }

  // MARK: - A healthy cluster

  static let node = "ip-10-0-1-7.eu-west-2.compute.internal"
  static let secret = "Correct-Horse-Battery-42"

  static let objects: [String: APIServer.Answer] = [
    "/version": .init(body: #"{"major":"1","minor":"33","gitVersion":"v1.33.3-eks-1"}"#),
    "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node": .init(body: daemonSet),
    "/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy": .init(
      body: #"{"kind":"DaemonSet","metadata":{"name":"kube-proxy","namespace":"kube-system"}}"#),
    "/api/v1/namespaces/kube-system/configmaps/kube-proxy-config": .init(
      body: #"{"kind":"ConfigMap","data":{"config":"mode: iptables\nclusterCIDR: \"\"\n"}}"#),
    "/api/v1/namespaces/kube-system/serviceaccounts/aws-node": .init(
      body: """
        {"kind":"ServiceAccount","metadata":{"name":"aws-node","namespace":"kube-system",
        "annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::111122223333:role/eks/cni"}}}
        """),
    "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni": .init(
      body: #"{"kind":"ConfigMap","data":{"enable-network-policy-controller":"true"}}"#),
    "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs?limit=500": .init(
      body: #"{"kind":"ENIConfigList","items":[{"spec":{"subnet":"subnet-0pods"}}]}"#),
    "/api/v1/nodes/\(node)": .init(
      body: """
        {"kind":"Node","metadata":{"name":"\(node)"},
        "spec":{"providerID":"aws:///eu-west-2b/i-0a1b2c3d4e5f60718"}}
        """),
    "/api/v1/nodes?limit=500": .init(body: #"{"kind":"NodeList","items":[]}"#),
    "/apis/apps/v1/namespaces/kube-system/deployments/coredns": .init(
      body: #"{"kind":"Deployment","metadata":{"name":"coredns"}}"#),
    "/api/v1/namespaces/kube-system/events?limit=500": .refused("Forbidden", 403),
  ]

  private static let daemonSet = """
    {"kind":"DaemonSet","apiVersion":"apps/v1","metadata":{"name":"aws-node",
    "namespace":"kube-system","annotations":{"kubectl.kubernetes.io/last-applied-configuration":
    "{\\"spec\\":\\"applied-by-hand\\"}"},"managedFields":[{"manager":"eks","operation":"Apply",
    "fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:template":{}}}},
    {"manager":"kubectl-set","operation":"Update"}]},
    "spec":{"template":{"spec":{"containers":[{"name":"aws-node","env":[
    {"name":"WARM_IP_TARGET","value":"5"},{"name":"PROXY_AUTH","value":"\(secret)"}]}]}}}}
    """

  static let answers: [String: String] = [
    "sts get-caller-identity": #"{"Account":"111122223333","Arn":"arn:aws:iam::1:role/ops"}"#,
    "eks describe-cluster":
      #"{"cluster":{"name":"shop","resourcesVpcConfig":{"subnetIds":["subnet-0a","subnet-0b"]}}}"#,
    "eks describe-addon": """
    {"addon":{"addonName":"vpc-cni","addonVersion":"v1.20.1-eksbuild.1",
    "configurationValues":"{\\"env\\":{\\"WARM_IP_TARGET\\":\\"5\\"}}"}}
    """,
    "eks describe-addon-versions": #"[{"addonVersion":"v1.20.1-eksbuild.1"}]"#,
    "eks list-pod-identity-associations":
      #"{"associations":[{"associationId":"a-1x","serviceAccount":"aws-node"}]}"#,
    "eks describe-pod-identity-association":
      #"{"association":{"roleArn":"arn:aws:iam::111122223333:role/cni-pod"}}"#,
    "ec2 describe-instances": """
    {"Reservations":[{"Instances":[{"InstanceId":"i-0a1b2c3d4e5f60718","SubnetId":"subnet-0a",
    "IamInstanceProfile":{"Arn":"arn:aws:iam::111122223333:instance-profile/eks-nodes"},
    "MetadataOptions":{"HttpTokens":"required","HttpPutResponseHopLimit":1}}]}]}
    """,
    "ec2 describe-network-interfaces": #"{"NetworkInterfaces":[{"SubnetId":"subnet-0branch"}]}"#,
    "ec2 describe-subnets": #"{"Subnets":[{"AvailableIpAddressCount":7}]}"#,
    "iam get-instance-profile": #"{"InstanceProfile":{"Roles":[{"RoleName":"node-role"}]}}"#,
    "iam get-role": #"{"Role":{"AssumeRolePolicyDocument":{}}}"#,
    "iam list-attached-role-policies": #"{"AttachedPolicies":[]}"#,
  ]
}

import BundleModel
import Foundation
import Testing

@testable import NodeCollector

@Suite("The commands that ask a cluster")
struct ClusterCommandTests {
  @Test("a dry run shows every command, with the user's options and what is not known yet")
  func preview() {
    let target = ClusterTarget(
      context: "prod admin", kubeconfig: "/home/op/.kube/config", region: "eu-west-2",
      profile: "ops", clusterName: "shop", nodes: ["ip-10-0-1-7", "ip-10-0-1-8"])
    let plan = Plan(
      Catalog.cluster,
      only: [
        "kube.ds_aws_node", "kube.nodes", "kube.named_nodes", "aws.addon", "aws.instances",
        "aws.roles",
      ])
    let kubectl =
      "kubectl --kubeconfig=/home/op/.kube/config '--context=prod admin' --request-timeout=15s "
    let aws =
      "aws --region=eu-west-2 --profile=ops --output=json --cli-connect-timeout=10 "
      + "--cli-read-timeout=30 "
    #expect(
      ClusterCommand.preview(plan, target: target).map(\.line) == [
        kubectl + "config view --minify --output=json",
        kubectl + "get --raw /apis/apps/v1/namespaces/kube-system/daemonsets/aws-node",
        kubectl + "get --raw /api/v1/nodes/ip-10-0-1-7",
        kubectl + "get --raw /api/v1/nodes/ip-10-0-1-8",
        aws + "eks describe-addon --cluster-name shop --addon-name vpc-cni",
        aws + "ec2 describe-instances --filters 'Name=instance-id,Values=<instances>'",
        aws + "iam get-role --role-name '<role>'",
      ])
  }

  @Test("without named nodes the cluster's nodes are listed, and nothing of the user is made up")
  func previewWithoutOptions() {
    let plan = Plan(Catalog.cluster, only: ["kube.nodes", "kube.named_nodes", "aws.cluster"])
    #expect(
      ClusterCommand.preview(plan, target: ClusterTarget()).map(\.argv) == [
        [
          "kubectl", "--request-timeout=15s", "config", "view", "--minify", "--output=json",
        ],
        ["kubectl", "--request-timeout=15s", "get", "--raw", "/api/v1/nodes?limit=500"],
        [
          "aws", "--output=json", "--cli-connect-timeout=10", "--cli-read-timeout=30", "eks",
          "describe-cluster", "--name", "<cluster>",
        ],
      ])
  }

  @Test(
    "no value can become an option, a path or a second command",
    arguments: [
      "-x", "--kubeconfig=/etc/shadow", "a/b", "../x", "a b", "a;b", "$(id)", "a?b", "", "{role}",
      String(repeating: "a", count: 300),
    ])
  func hostileValues(_ value: String) {
    var values = ClusterValues(ClusterTarget(clusterName: value, nodes: [value]))
    for mark in ClusterMark.allCases { values.add([value], to: mark) }
    for mark in ClusterMark.allCases { #expect(values[mark] == [], "\(mark)") }
  }

  /// A configuration and what it says.
  struct View: CustomTestStringConvertible, Sendable {
    let name: String
    let json: String
    let cluster: String?
    let region: String?
    var testDescription: String { name }
  }

  @Test(
    "cluster and region come from what each tool writes into a configuration",
    arguments: [
      View(
        name: "aws eks update-kubeconfig",
        json: """
          {"current-context":"c","clusters":[{"name":"arn:aws-cn:eks:cn-north-1:1:cluster/shop"}],
           "users":[{"user":{"exec":{"command":"aws","args":["--region","cn-north-1","eks",
           "get-token","--cluster-name","shop","--output","json"]}}}]}
          """, cluster: "shop", region: "cn-north-1"),
      View(
        name: "eksctl",
        json: #"{"current-context":"c","clusters":[{"name":"shop.eu-west-2.eksctl.io"}]}"#,
        cluster: "shop", region: "eu-west-2"),
      View(
        name: "aws-iam-authenticator",
        json: """
          {"current-context":"c","clusters":[{"name":"prod","cluster":{"server":
           "https://0AB1.gr7.eu-north-1.eks.amazonaws.com"}}],
           "users":[{"user":{"exec":{"args":["token","-i","shop"]}}}]}
          """, cluster: "shop", region: "eu-north-1"),
      View(
        name: "another provider",
        json: #"{"current-context":"c","clusters":[{"name":"kind-dev","cluster":{"server":"x"}}]}"#,
        cluster: nil, region: nil),
      View(name: "nothing", json: "{}", cluster: nil, region: nil),
    ])
  func context(_ view: View) throws {
    let context = ClusterContext(try #require(JSONTree(Array(view.json.utf8))))
    #expect(context.cluster == view.cluster)
    #expect(context.region == view.region)
  }

  @Test("answers of another form hold no values")
  func foreignAnswers() throws {
    for text in ["[]", "3", "null", "\"x\"", #"{"Reservations":[{"Instances":{"a":1}}]}"#] {
      var values = ClusterValues(ClusterTarget())
      let tree = try #require(JSONTree(Array(text.utf8)), "\(text)")
      for artifact in Catalog.cluster { values.learn(from: tree, to: artifact.id) }
      for mark in ClusterMark.allCases { #expect(values[mark] == []) }
    }
    #expect(JSONTree(Array("not json".utf8)) == nil)
  }

  @Test(
    "what a program says decides between refused, absent and silent",
    arguments: [
      ("kubectl", "Error from server (Forbidden): nodes is forbidden", ItemStatus.denied),
      (
        "kubectl", "error: You must be logged in to the server (Unauthorized)", .denied
      ),
      ("kubectl", "Error from server (NotFound): daemonsets.apps not found", .missing),
      ("kubectl", "Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout", .timeout),
      (
        "kubectl", "Unable to connect to the server: net/http: TLS handshake timeout", .timeout
      ),
      ("kubectl", "The connection to the server 127.0.0.1:1 was refused", .failed),
      (
        "aws",
        "An error occurred (AccessDeniedException) when calling the DescribeCluster operation",
        .denied
      ),
      ("aws", "An error occurred (UnauthorizedOperation) when calling X", .denied),
      ("aws", "An error occurred (ExpiredTokenException) when calling X", .denied),
      ("aws", "Unable to locate credentials. You can configure credentials by …", .denied),
      ("aws", "An error occurred (ResourceNotFoundException) when calling X", .missing),
      ("aws", "An error occurred (NoSuchEntity) when calling the GetRole operation", .missing),
      ("aws", "Connect timeout on endpoint URL: \"https://eks.x\"", .timeout),
      ("aws", "Could not connect to the endpoint URL: \"https://eks.x\"", .failed),
      ("iptables-save", "(Forbidden)", .failed),
    ])
  func refusals(_ program: String, _ words: String, _ status: ItemStatus) {
    #expect(ProgramRefusal.status(of: program, saying: words) == status)
  }
}

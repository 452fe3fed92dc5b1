/// As much of an API server as `kubectl get pods` and `kubectl get nodes` need.
public struct KubernetesAPI: HTTPService {
  private let node: NodeModel

  /// Creates the API server of a node's cluster.
  public init(_ node: NodeModel) {
    self.node = node
  }

  /// The answer to one request.
  public func respond(to request: HTTPRequest) -> HTTPResponse {
    let pods = KubernetesObjects(node: node)
    switch request.path {
    case "/version":
      return .json(
        JSON.object([
          ("major", "1"), ("minor", "33"), ("gitVersion", .string(node.instance.kubeletVersion)),
          ("platform", "linux/amd64"),
        ]).text)
    case "/api":
      let versions: JSON = ["kind": "APIVersions", "versions": ["v1"]]
      return .json(versions.text)
    case "/apis":
      let groups: JSON = ["kind": "APIGroupList", "apiVersion": "v1", "groups": []]
      return .json(groups.text)
    case "/api/v1": return .json(Self.resources.text)
    case "/api/v1/pods":
      return .json(pods.list("PodList", selected(pods.pods, request.query)).text)
    case "/api/v1/nodes": return .json(pods.list("NodeList", [pods.nodeObject]).text)
    case "/api/v1/nodes/\(node.instance.name)": return .json(pods.nodeObject.text)
    case "/livez", "/readyz", "/healthz": return HTTPResponse("ok")
    default:
      let status: JSON = [
        "kind": "Status", "apiVersion": "v1", "metadata": .object([]), "status": "Failure",
        "message": "the server could not find the requested resource", "reason": "NotFound",
        "code": 404,
      ]
      return .json(status.text, status: 404)
    }
  }

  // Every pod of this API server runs on the one node; a selector for another node selects nothing.
  private func selected(_ pods: [JSON], _ query: String) -> [JSON] {
    let wanted = query.split(separator: "&").first { $0.hasPrefix("fieldSelector=") }
    guard let wanted else { return pods }
    return wanted.hasSuffix(node.instance.name) ? pods : []
  }

  private static let resources: JSON = {
    func resource(_ name: String, _ kind: String, _ short: String, _ namespaced: Bool) -> JSON {
      [
        "name": .string(name), "singularName": .string(kind.lowercased()),
        "namespaced": .bool(namespaced), "kind": .string(kind), "verbs": ["get", "list"],
        "shortNames": [.string(short)],
      ]
    }
    return [
      "kind": "APIResourceList", "groupVersion": "v1",
      "resources": [
        resource("pods", "Pod", "po", true), resource("nodes", "Node", "no", false),
      ],
    ]
  }()
}

import BundleModel

/// An object of Kubernetes, from whatever text it was read.
struct KubeObject: Sendable {
  /// Pod, DaemonSet and so on.
  var kind: String
  /// The namespace; empty for objects of the cluster, and for texts that leave it out.
  var namespace: String
  var name: String
  var value: JSONValue
  /// Whether it was read from a description for people, which leaves fields out.
  var isDescribed = false

  init?(_ value: JSONValue, kind: String) {
    guard let name = value.at("metadata", "name")?.filledString else { return nil }
    self.kind = kind
    self.name = name
    self.value = value
    namespace = value.at("metadata", "namespace")?.string ?? ""
  }

  var line: Int? { value.object?.line }

  /// The namespace as the API server understands an object that names none.
  var podNamespace: String { namespace.isEmpty ? "default" : namespace }

  /// The specification of the pods that the object makes, or its own if it is a pod.
  var podSpec: JSONValue? {
    kind == "Pod" ? value["spec"] : value.at("spec", "template", "spec")
  }

  /// The containers of its pods, init containers first.
  var containers: [KubeContainer] {
    let inits = podSpec?["initContainers"]?.items ?? []
    let others = podSpec?["containers"]?.items ?? []
    return inits.compactMap { KubeContainer($0, isInit: true) }
      + others.compactMap { KubeContainer($0, isInit: false) }
  }

  /// Kinds that hold containers and stand in a bundle.
  static let workloads: Set<String> = ["Pod", "DaemonSet", "Deployment"]
}

/// A container of a pod's specification.
struct KubeContainer: Sendable {
  var name: String
  var isInit: Bool
  var value: JSONValue
  /// Whether it was read from a description for people, which leaves fields out.
  var isDescribed = false

  init?(_ value: JSONValue, isInit: Bool) {
    guard let name = value["name"]?.filledString else { return nil }
    self.name = name
    self.isInit = isInit
    self.value = value
  }
}

/// The objects of a member and what was wrong with its text.
struct ReadObjects {
  var objects: [KubeObject] = []
  var problems: [(reason: String, line: Int?)] = []

  mutating func problem(_ reason: String, _ line: Int?) {
    guard problems.count < FactLimits.issuesPerMember else { return }
    problems.append((reason, line))
  }

  /// Takes an object, or the objects of a list, whose items need not name their kind.
  mutating func add(_ document: JSONValue, kind fallback: String) {
    let kind = document["kind"]?.filledString ?? fallback
    guard let items = document["items"]?.array else {
      if let object = KubeObject(document, kind: kind) {
        objects.append(object)
      } else if kind != "Status" {
        problem("an object without a name", document.object?.line)
      } else {
        problem(
          "an answer of the API server instead of an object: "
            + (document["message"]?.string ?? "no message"), document.object?.line)
      }
      return
    }
    let ofItems = kind.hasSuffix("List") && kind != "List" ? String(kind.dropLast(4)) : fallback
    for item in items {
      if let object = KubeObject(item, kind: item["kind"]?.filledString ?? ofItems) {
        objects.append(object)
      } else {
        problem("an object without a name", item.object?.line)
      }
    }
  }
}

extension ArtifactInput {
  /// The objects of Kubernetes in the member: JSON objects and lists one after another, YAML,
  /// `kubectl describe`, or `kubectl cluster-info dump` with logs in between. Damage becomes
  /// issues.
  mutating func readObjects<Row>(
    _ rows: inout RowSink<Row>
  ) throws(ParseError) -> [KubeObject] {
    if objects != nil { return readObjects([], &rows) }
    return readObjects(try readAll(), &rows)
  }

  /// The same from bytes that were read already.
  mutating func readObjects<Row>(
    _ bytes: Bytes, _ rows: inout RowSink<Row>
  ) -> [KubeObject] {
    let read: ReadObjects
    if let known = objects {
      read = known
    } else {
      var new = Self.objects(in: bytes, kind: KubeArtifact.kind(of: artifact))
      if let namespace = KubeArtifact.namespace(of: artifact) {
        for index in new.objects.indices where new.objects[index].namespace.isEmpty {
          new.objects[index].namespace = namespace
        }
      }
      read = new
    }
    objects = read
    for problem in read.problems { rows.unreadable(problem.reason, line: problem.line) }
    return read.objects
  }

  private static func objects(in bytes: Bytes, kind: String) -> ReadObjects {
    var read = ReadObjects()
    switch KubeText(bytes) {
    case .empty: break
    case .json:
      let sequence = JSONSequence.read(bytes)
      for value in sequence.values { read.add(value, kind: kind) }
      for problem in sequence.problems { read.problem(problem.reason, problem.line) }
    case .describe:
      for document in KubectlDescribe.objects(bytes, kind: kind) { read.add(document, kind: kind) }
      for index in read.objects.indices { read.objects[index].isDescribed = true }
    case .yaml:
      let (values, problems) = YAMLReader.documents(bytes)
      for value in values where value.object != nil { read.add(value, kind: kind) }
      for problem in problems { read.problem("not YAML: \(problem.reason)", problem.line) }
    case .table: break
    case .unknown: read.problem("neither JSON nor YAML nor a description", 1)
    }
    return read
  }
}

/// The forms in which objects are printed.
enum KubeText {
  case empty, json, yaml, describe, table, unknown

  init(_ bytes: Bytes) {
    var rest = bytes
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
      let line = rest[..<end]
      rest = end < rest.endIndex ? rest[(end + 1)...] : []
      let text = line.drop { $0 == 0 }.trimmed
      guard let first = text.first else { continue }
      if first == UInt8(ascii: "{") || JSONSequence.isLog(text) {
        self = .json
        return
      }
      if line.starts("Name: ") || line.starts("Events:") || line.starts("  Type ") {
        self = .describe
        return
      }
      if text.starts("LAST SEEN") || text.starts("NAMESPACE ") || text.starts("NAME ")
        || text.starts("LASTSEEN")
      {
        self = .table
        return
      }
      if ShellPrompt.matches(text) { continue }
      if text.starts("---") || text.starts("- ") || YAMLReader.key(text) != nil {
        self = .yaml
        return
      }
      if first == UInt8(ascii: "#") { continue }
      self = .unknown
      return
    }
    self = .empty
  }
}

/// The items of a bundle that hold objects of Kubernetes.
enum KubeArtifact {
  /// Pods of the node, from the API server or from the kubelet's files.
  static let pods: [ArtifactID] = [.nodePods, .staticPods]
  /// Objects whose specification holds containers.
  static let workloads: [ArtifactID] = pods + [.agentDaemonSet, .proxyDaemonSet, .coreDNS]
  /// The node's own object, and those of a cluster.
  static let nodes: [ArtifactID] = [.nodeObject, .clusterNodes, .namedNodes]

  /// The namespace of an object that doesn't name its own, where the item asks for one object.
  static func namespace(of artifact: ArtifactID) -> String? {
    switch artifact {
    case .agentDaemonSet, .proxyDaemonSet, .coreDNS, .agentServiceAccount, .agentConfigMap,
      .proxyConfiguration:
      "kube-system"
    default: nil
    }
  }

  /// The kind of an object that doesn't name its own.
  static func kind(of artifact: ArtifactID) -> String {
    switch artifact {
    case .nodePods, .staticPods: "Pod"
    case .nodeObject, .clusterNodes, .namedNodes: "Node"
    case .agentDaemonSet, .proxyDaemonSet: "DaemonSet"
    case .coreDNS: "Deployment"
    case .nodeEvents, .systemEvents: "Event"
    case .agentServiceAccount: "ServiceAccount"
    case .agentConfigMap, .proxyConfiguration: "ConfigMap"
    case .eniConfigs: "ENIConfig"
    case .cniNodes: "CNINode"
    case .securityGroupPolicies: "SecurityGroupPolicy"
    case .networkPolicies: "NetworkPolicy"
    case .policyEndpoints: "PolicyEndpoint"
    default: ""
    }
  }
}

/// What `kubectl describe` prints about pods, DaemonSets, nodes and service accounts, as the object
/// that it describes. Printed for people: fields that it leaves out are absent.
enum KubectlDescribe {
  /// The objects of a text, one for each `Name:` at the left.
  static func objects(_ bytes: Bytes, kind: String) -> [JSONValue] {
    var objects: [JSONValue] = []
    var open: [IndentTree] = []
    for node in IndentTree.read(bytes) {
      if node.key == "Name", !open.isEmpty {
        objects += object(open, kind: kind).map { [$0] } ?? []
        open = []
      }
      if node.key == "Name" || !open.isEmpty { open.append(node) }
    }
    objects += object(open, kind: kind).map { [$0] } ?? []
    return objects
  }

  private static func object(_ nodes: [IndentTree], kind fallback: String) -> JSONValue? {
    guard let first = nodes.first else { return nil }
    var root = IndentTree(line: first.line, text: "")
    root.children = nodes
    let kind =
      root["Pod Template"] != nil
      ? (fallback == "Deployment" ? fallback : "DaemonSet")
      : root["Allocatable"] != nil ? "Node" : root["Containers"] != nil ? "Pod" : fallback
    let metadata = JSONValue.made(
      line: first.line,
      [
        ("name", .string(first.value)), ("namespace", text(root["Namespace"])),
        ("labels", pairs(root["Labels"], at: "=")),
        ("annotations", pairs(root["Annotations"], at: ":")),
        ("creationTimestamp", root["CreationTimestamp"].flatMap { date($0.value) }),
      ])
    var members: [(String, JSONValue?)] = [("kind", .string(kind)), ("metadata", metadata)]
    switch kind {
    case "Pod":
      members += [("spec", podSpec(root)), ("status", podStatus(root))]
    case "Node": members += node(root)
    case "DaemonSet", "Deployment":
      guard let template = root["Pod Template"] else { break }
      let made = JSONValue.made(line: template.line, [("spec", podSpec(template))])
      members.append(("spec", .made(line: template.line, [("template", made)])))
      let desired = root["Desired Number of Nodes Scheduled"].map { JSONValue.number($0.value) }
      members.append(("status", .made(line: root.line, [("desiredNumberScheduled", desired)])))
    default: break
    }
    return .made(line: first.line, members)
  }

  // MARK: - Pods

  private static func podSpec(_ root: IndentTree) -> JSONValue {
    let parts = root["Node"]?.value.split(separator: "/") ?? []
    let node = parts.first
    // Not printed: but a pod in the host's network has the node's address.
    let isHostNetwork =
      parts.count == 2 ? root["IP"].map { $0.value == String(parts[1]) } : nil
    return .made(
      line: root.line,
      [
        ("nodeName", node.map { .string(String($0)) }),
        ("hostNetwork", isHostNetwork.map { .bool($0) }),
        ("priorityClassName", text(root["Priority Class Name"])),
        ("serviceAccountName", text(root["Service Account"])),
        ("initContainers", containers(root["Init Containers"])),
        ("containers", containers(root["Containers"])),
        ("volumes", (root["Volumes"]?.children).map { .array($0.map(volume)) }),
        ("tolerations", root["Tolerations"].map(tolerations)),
      ])
  }

  private static func containers(_ node: IndentTree?) -> JSONValue? {
    (node?.children).map { .array($0.map(container)) }
  }

  private static func container(_ node: IndentTree) -> JSONValue {
    let requests = node["Requests"].map { quantities($0) }
    let limits = node["Limits"].map { quantities($0) }
    let variables = (node["Environment"]?.children ?? []).map(variable)
    return .made(
      line: node.line,
      [
        ("name", .string(node.key)), ("image", text(node["Image"])),
        ("args", (node["Args"]?.children).map { .array($0.map { .string($0.text) }) }),
        ("command", (node["Command"]?.children).map { .array($0.map { .string($0.text) }) }),
        ("env", variables.isEmpty ? nil : .array(variables)),
        ("livenessProbe", node["Liveness"].flatMap(probe)),
        ("readinessProbe", node["Readiness"].flatMap(probe)),
        ("startupProbe", node["Startup"].flatMap(probe)),
        ("resources", .made(line: node.line, [("requests", requests), ("limits", limits)])),
        ("volumeMounts", (node["Mounts"]?.children).map { .array($0.compactMap(mount)) }),
      ])
  }

  /// `NAME:  value`, `NAME:   (v1:spec.nodeName)` or `NAME:  <set to the key …>`.
  private static func variable(_ node: IndentTree) -> JSONValue {
    let isReference = node.value.hasPrefix("(v1:") || node.value.hasPrefix("<set to the key")
    let source = JSONValue.made(line: node.line, [])
    return .made(
      line: node.line,
      [
        ("name", .string(node.key)), ("value", isReference ? nil : .string(node.value)),
        ("valueFrom", isReference ? source : nil),
      ])
  }

  /// `exec [a b] delay=60s timeout=10s period=10s #success=1 #failure=3`.
  private static func probe(_ node: IndentTree) -> JSONValue? {
    let text = node.value
    guard let space = text.firstIndex(of: " ") else { return nil }
    let kind = String(text[..<space])
    var action: (String, JSONValue?) = (kind, .made(line: node.line, []))
    if kind == "exec", let open = text.firstIndex(of: "["), let close = text.lastIndex(of: "]"),
      open < close
    {
      let words = text[text.index(after: open)..<close].split(separator: " ")
      let command = JSONValue.array(words.map { .string(String($0)) })
      action = ("exec", .made(line: node.line, [("command", command)]))
    } else if kind.hasPrefix("http") {
      action.0 = "httpGet"
    } else if kind.hasPrefix("tcp") {
      action.0 = "tcpSocket"
    }
    var members = [action]
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "=")
      guard parts.count == 2, let name = probeFields[String(parts[0])] else { continue }
      let number = parts[1].hasSuffix("s") ? parts[1].dropLast() : parts[1]
      members.append((name, .number(String(number))))
    }
    return .made(line: node.line, members)
  }

  private static let probeFields = [
    "delay": "initialDelaySeconds", "timeout": "timeoutSeconds", "period": "periodSeconds",
    "#success": "successThreshold", "#failure": "failureThreshold",
  ]

  /// `/host/opt/cni/bin from cni-bin-dir (rw)`.
  private static func mount(_ node: IndentTree) -> JSONValue? {
    let words = node.text.split(separator: " ")
    guard words.count >= 3, words[1] == "from" else { return nil }
    let isReadOnly = words.count > 3 && words[3].hasPrefix("(ro")
    return .made(
      line: node.line,
      [
        ("mountPath", .string(String(words[0]))), ("name", .string(String(words[2]))),
        ("readOnly", .bool(isReadOnly)),
      ])
  }

  private static func volume(_ node: IndentTree) -> JSONValue {
    let kind = node["Type"].map { String($0.value.prefix { $0 != " " }) } ?? ""
    let source = JSONValue.made(
      line: node.line, [("path", text(node["Path"])), ("type", text(node["HostPathType"]))])
    let name = kind.prefix(1).lowercased() + kind.dropFirst()
    return .made(
      line: node.line,
      [("name", .string(node.key)), (name.isEmpty ? "unknown" : name, source)])
  }

  /// `op=Exists`, `key:NoSchedule op=Exists`, `key=value:NoExecute for 300s`.
  private static func toleration(_ text: String, _ line: Int) -> JSONValue {
    var members: [(String, JSONValue?)] = []
    let words = text.split(separator: " ")
    for (index, word) in words.enumerated() {
      if word.hasPrefix("op=") {
        members.append(("operator", .string(String(word.dropFirst(3)))))
      } else if word == "for", index + 1 < words.count, words[index + 1].hasSuffix("s") {
        members.append(("tolerationSeconds", .number(String(words[index + 1].dropLast()))))
      } else if index == 0 {
        let sides = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let pair = sides[0].split(separator: "=", maxSplits: 1)
        if let key = pair.first { members.append(("key", .string(String(key)))) }
        if pair.count > 1 { members.append(("value", .string(String(pair[1])))) }
        if sides.count > 1 { members.append(("effect", .string(String(sides[1])))) }
      }
    }
    return .made(line: line, members)
  }

  private static func tolerations(_ node: IndentTree) -> JSONValue {
    .array(node.values.map { toleration($0, node.line) })
  }

  private static func podStatus(_ root: IndentTree) -> JSONValue {
    let conditions = (root["Conditions"]?.children ?? []).compactMap { node -> JSONValue? in
      let words = node.text.split(separator: " ")
      guard words.count >= 2, words[0] != "Type" else { return nil }
      return .made(
        line: node.line,
        [("type", .string(String(words[0]))), ("status", .string(String(words[1])))])
    }
    return .made(
      line: root.line,
      [
        ("phase", text(root["Status"])), ("podIP", text(root["IP"])),
        ("startTime", root["Start Time"].flatMap { date($0.value) }),
        ("conditions", .array(conditions)),
        ("initContainerStatuses", statuses(root["Init Containers"])),
        ("containerStatuses", statuses(root["Containers"])),
      ])
  }

  private static func statuses(_ node: IndentTree?) -> JSONValue? {
    (node?.children).map { children in
      .array(
        children.filter { $0["State"] != nil }.map { child in
          .made(
            line: child.line,
            [
              ("name", .string(child.key)), ("containerID", text(child["Container ID"])),
              ("imageID", text(child["Image ID"])),
              ("ready", child["Ready"].map { .bool($0.value == "True") }),
              ("restartCount", child["Restart Count"].map { .number($0.value) }),
              ("state", child["State"].map(state)), ("lastState", child["Last State"].map(state)),
            ])
        })
    }
  }

  private static func state(_ node: IndentTree) -> JSONValue {
    .made(
      line: node.line,
      [
        (
          node.value.lowercased(),
          .made(
            line: node.line,
            [
              ("reason", text(node["Reason"])), ("message", text(node["Message"])),
              ("exitCode", node["Exit Code"].map { .number($0.value) }),
              ("signal", node["Signal"].map { .number($0.value) }),
              ("startedAt", node["Started"].flatMap { date($0.value) }),
              ("finishedAt", node["Finished"].flatMap { date($0.value) }),
            ])
        )
      ])
  }

  // MARK: - Nodes

  private static func node(_ root: IndentTree) -> [(String, JSONValue?)] {
    let info = root["System Info"]
    let addresses = (root["Addresses"]?.children ?? []).map { child in
      JSONValue.made(
        line: child.line, [("type", .string(child.key)), ("address", .string(child.value))])
    }
    let nodeInfo = JSONValue.made(
      line: info?.line ?? root.line,
      [
        ("kubeletVersion", text(info?["Kubelet Version"])),
        ("kernelVersion", text(info?["Kernel Version"])), ("osImage", text(info?["OS Image"])),
        ("containerRuntimeVersion", text(info?["Container Runtime Version"])),
        ("bootID", text(info?["Boot ID"])),
      ])
    let spec = JSONValue.made(
      line: root.line,
      [
        ("providerID", text(root["ProviderID"])), ("taints", root["Taints"].map(tolerations)),
        ("unschedulable", root["Unschedulable"].map { .bool($0.value == "true") }),
      ])
    let status = JSONValue.made(
      line: root.line,
      [
        ("capacity", root["Capacity"].map(quantities)),
        ("allocatable", root["Allocatable"].map(quantities)), ("addresses", .array(addresses)),
        ("conditions", nodeConditions(root["Conditions"])), ("nodeInfo", nodeInfo),
      ])
    return [("spec", spec), ("status", status)]
  }

  /// Columns of a table with dates in between: type and status stand first.
  private static func nodeConditions(_ node: IndentTree?) -> JSONValue {
    let rows = (node?.children ?? []).compactMap { child -> JSONValue? in
      let cells = KubectlTable.cells(child.text)
      guard cells.count >= 2, cells[0] != "Type", !cells[0].hasPrefix("--") else { return nil }
      return .made(
        line: child.line,
        [
          ("type", .string(cells[0])), ("status", .string(cells[1])),
          ("lastTransitionTime", cells.count > 3 ? date(cells[3]) : nil),
          ("reason", cells.count > 4 ? .string(cells[4]) : nil),
          ("message", cells.count > 5 ? .string(cells[5]) : nil),
        ])
    }
    return .array(rows)
  }

  // MARK: - Parts

  private static func text(_ node: IndentTree?) -> JSONValue? {
    guard let value = node?.value, !value.isEmpty, !value.hasPrefix("<none>"), value != "<unset>"
    else { return nil }
    return .string(value)
  }

  private static func pairs(_ node: IndentTree?, at separator: Character) -> JSONValue? {
    guard let node else { return nil }
    let members = node.values.compactMap { text -> (String, JSONValue?)? in
      guard let place = text.firstIndex(of: separator) else { return nil }
      let value = text[text.index(after: place)...].drop { $0 == " " }
      return (String(text[..<place]), .string(String(value)))
    }
    return .made(line: node.line, members)
  }

  private static func quantities(_ node: IndentTree) -> JSONValue {
    .made(line: node.line, node.children.map { ($0.key, .string($0.value)) })
  }

  /// `Wed, 02 Apr 2031 09:15:00 +0000` in the form of the API.
  private static func date(_ text: String) -> JSONValue? {
    Timestamp.rfc1123(text).map { .string($0) }
  }
}

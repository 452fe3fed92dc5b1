import BundleModel

/// A container as its runtime describes it: `crictl inspect` and the interface behind it, `ctr
/// container info`, or `docker inspect`.
struct ContainerDocument {
  var id: String
  var name: String?
  var namespace: String?
  var pod: String?
  var sandbox: String?
  var image: String?
  var state: String?
  var attempt: Int64?
  var pid: Int64?
  var exitCode: Int64?
  var reason: String?
  var message: String?
  var createdUs: Int64?
  var startedUs: Int64?
  var finishedUs: Int64?
  var isPrivileged: Bool?
  var capabilities: [String]?
  var environment: [(name: String, value: String?)] = []
  var mounts: [Mount] = []
  var line: Int?

  struct Mount {
    var path: String
    var source: String?
    var isReadOnly: Bool?
  }

  /// The containers of a document, which may be an array, an object, or a list of containers.
  static func all(_ document: JSONValue) -> [Self] {
    let values = document["containers"]?.array ?? document.array ?? [document]
    return values.compactMap { value in
      if value["Spec"] != nil { return Self(ctr: value) }
      if value["Config"] != nil { return Self(docker: value) }
      if value["Names"] != nil, value["ID"] != nil { return Self(dockerList: value) }
      return Self(cri: value)
    }
  }

  private static let prefix = "io.kubernetes."

  init(id: String, line: Int) {
    self.id = id
    self.line = line
  }

  private init?(id: JSONValue?, labels: JSONValue?, _ value: JSONValue) {
    guard let id = id?.filledString else { return nil }
    self.id = id
    line = value.object?.line
    name = labels?[Self.prefix + "container.name"]?.filledString
    namespace = labels?[Self.prefix + "pod.namespace"]?.filledString
    pod = labels?[Self.prefix + "pod.name"]?.filledString
    sandbox = labels?[Self.prefix + "sandbox.id"]?.filledString
  }

  /// A status with or without the runtime's own data, or an entry of the list of containers.
  private init?(cri value: JSONValue) {
    let status = value["status"] ?? value
    self.init(id: status["id"], labels: status["labels"], value)
    guard status.at("metadata", "name") != nil || status["state"] != nil else { return nil }
    name = status.at("metadata", "name")?.filledString ?? name
    attempt = status.at("metadata", "attempt")?.integer
    image =
      status.at("image", "userSpecifiedImage")?.filledString
      ?? status.at("image", "image")?.filledString ?? status["imageRef"]?.filledString
    state = status["state"]?.filledString.map(Self.plainState)
    createdUs = CRITime.us(status["createdAt"])
    startedUs = CRITime.us(status["startedAt"])
    finishedUs = CRITime.us(status["finishedAt"])
    if state == "exited" { exitCode = status["exitCode"]?.integer }
    reason = status["reason"]?.filledString
    message = status["message"]?.filledString
    let info = value["info"]
    sandbox =
      status["podSandboxId"]?.filledString ?? info?["sandboxID"]?.filledString ?? sandbox
    pid = info?["pid"]?.integer.flatMap { $0 > 0 ? $0 : nil }
    readConfiguration(info?["config"])
    readRuntime(info?["runtimeSpec"])
    for mount in status["mounts"]?.items ?? [] {
      guard let path = mount["containerPath"]?.filledString else { continue }
      mounts.append(
        Mount(
          path: path, source: mount["hostPath"]?.filledString,
          isReadOnly: mount["readonly"]?.bool ?? false))
    }
  }

  /// `info.config`: what the kubelet asked for.
  private mutating func readConfiguration(_ configuration: JSONValue?) {
    let security = configuration?.at("linux", "security_context")
    if security != nil { isPrivileged = security?["privileged"]?.bool ?? false }
    capabilities = security?.at("capabilities", "add_capabilities")?.array?.compactMap(\.string)
    for variable in configuration?["envs"]?.items ?? [] {
      guard let name = variable["key"]?.filledString else { continue }
      environment.append((name, variable["value"]?.string ?? ""))
    }
  }

  /// The specification of the low-level runtime: what the process really got.
  private mutating func readRuntime(_ specification: JSONValue?) {
    guard let process = specification?["process"] else { return }
    let known = Set(environment.map(\.name))
    for text in process["env"]?.items ?? [] {
      guard let (name, value) = Self.assignment(text.string), !known.contains(name) else {
        continue
      }
      environment.append((name, value))
    }
    if capabilities == nil {
      capabilities = process.at("capabilities", "bounding")?.array?.compactMap(\.string)
    }
  }

  /// `ctr -n k8s.io container info`.
  private init?(ctr value: JSONValue) {
    self.init(id: value["ID"], labels: value["Labels"], value)
    let specification = value["Spec"]
    let annotations = specification?["annotations"]
    image = value["Image"]?.filledString
    createdUs = Timestamp.whole(value["CreatedAt"]?.string)
    name = annotations?["io.kubernetes.cri.container-name"]?.filledString ?? name
    sandbox = annotations?["io.kubernetes.cri.sandbox-id"]?.filledString ?? sandbox
    pod = annotations?["io.kubernetes.cri.sandbox-name"]?.filledString ?? pod
    namespace = annotations?["io.kubernetes.cri.sandbox-namespace"]?.filledString ?? namespace
    readRuntime(specification)
    for mount in specification?["mounts"]?.items ?? [] {
      guard let path = mount["destination"]?.filledString else { continue }
      let options = (mount["options"]?.items ?? []).compactMap(\.string)
      mounts.append(
        Mount(
          path: path, source: mount["source"]?.filledString,
          isReadOnly: options.contains("ro")))
    }
  }

  /// `docker inspect`.
  private init?(docker value: JSONValue) {
    let configuration = value["Config"]
    self.init(id: value["Id"], labels: configuration?["Labels"], value)
    let status = value["State"]
    name = name ?? value["Name"]?.filledString.map { String($0.drop { $0 == "/" }) }
    image = configuration?["Image"]?.filledString
    state = status?["Status"]?.filledString
    pid = status?["Pid"]?.integer.flatMap { $0 > 0 ? $0 : nil }
    if state == "exited" || state == "dead" { exitCode = status?["ExitCode"]?.integer }
    if status?["OOMKilled"]?.bool == true { reason = "OOMKilled" }
    message = status?["Error"]?.filledString
    createdUs = Timestamp.whole(value["Created"]?.string)
    startedUs = Timestamp.whole(status?["StartedAt"]?.string)
    finishedUs = Timestamp.whole(status?["FinishedAt"]?.string)
    isPrivileged = value.at("HostConfig", "Privileged")?.bool
    capabilities = value.at("HostConfig", "CapAdd")?.array?.compactMap(\.string)
    for text in configuration?["Env"]?.items ?? [] {
      if let (name, content) = Self.assignment(text.string) {
        environment.append((name, content))
      }
    }
    for mount in value["Mounts"]?.items ?? [] {
      guard let path = mount["Destination"]?.filledString else { continue }
      mounts.append(
        Mount(
          path: path, source: mount["Source"]?.filledString,
          isReadOnly: mount["RW"]?.bool.map { !$0 }))
    }
    attempt = Self.dockerName(value["Name"]?.string)?.attempt
  }

  /// A line of `docker ps --format {{json .}}`.
  private init?(dockerList value: JSONValue) {
    self.init(id: value["ID"], labels: nil, value)
    image = value["Image"]?.filledString
    state = value["State"]?.filledString
    name = value["Names"]?.filledString
    readDockerName(name)
  }

  /// Takes the parts of a name that the kubelet gave docker.
  mutating func readDockerName(_ text: String?) {
    guard let names = Self.dockerName(text) else { return }
    (name, pod, namespace, attempt) = (names.name, names.pod, names.namespace, names.attempt)
  }

  /// `k8s_<container>_<pod>_<namespace>_<uid>_<attempt>`, which the kubelet gave docker.
  private static func dockerName(
    _ text: String?
  ) -> (name: String, pod: String, namespace: String, attempt: Int64?)? {
    let parts = (text ?? "").drop { $0 == "/" }.split(separator: "_")
    guard parts.count == 6, parts[0] == "k8s" else { return nil }
    return (String(parts[1]), String(parts[2]), String(parts[3]), Int64(parts[5]))
  }

  private static func assignment(_ text: String?) -> (name: String, value: String)? {
    guard let text, let place = text.firstIndex(of: "="), place > text.startIndex else {
      return nil
    }
    return (String(text[..<place]), String(text[text.index(after: place)...]))
  }

  /// `CONTAINER_RUNNING` is running.
  private static func plainState(_ state: String) -> String {
    (state.hasPrefix("CONTAINER_") ? String(state.dropFirst(10)) : state).lowercased()
  }
}

/// The items that hold containers as their runtime describes them.
enum ContainerArtifact {
  /// Inspections of single containers.
  static let inspected: [ArtifactID] = [
    .systemContainers, .dockerState, .foreignCNIContainers, .foreignDockerCNIContainers,
  ]
}

/// Times of the runtime's interface: nanoseconds since 1970 as text, or a time stamp.
enum CRITime {
  /// Microseconds since 1970; nil for "never".
  static func us(_ value: JSONValue?) -> Int64? {
    if let nanoseconds = value?.integer { return nanoseconds > 0 ? nanoseconds / 1000 : nil }
    return Timestamp.whole(value?.string)
  }
}

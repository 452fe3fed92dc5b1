import BundleModel

/// A pod sandbox of the container runtime.
public struct Sandbox: FactTable {
  var id: String
  var namespace: String?
  var pod: String?
  var uid: String?
  var attempt: Int64?
  var state: String?
  var address: String?
  var addresses: String?
  var netns: String?
  var createdUs: Int64?
  var hostNetwork: Bool?
  var pid: Int64?
  var sample: Int

  /// The declaration of `sandbox`.
  public static let schema = Schema<Self>(
    "sandbox", "Pod sandboxes as the container runtime knows them.",
    from: [.sandboxes, .sandboxesAgain],
    columns: [
      Column("id", \.id, "Id of the sandbox, which the CNI gets as container id."),
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column("uid", \.uid, "Unique id of the pod."),
      Column("attempt", \.attempt, "Number of earlier sandboxes of the pod."),
      Column("state", \.state, "ready or notready."),
      Column("address", \.address, "Address of the pod; NULL without one or if not inspected."),
      Column("addresses", \.addresses, "All addresses as a JSON array; NULL if not inspected."),
      Column("netns", \.netns, "Path of its network namespace; NULL if not inspected."),
      Column("created_us", \.createdUs, "When it was made, in microseconds since 1970 UTC."),
      Column(
        "host_network", \.hostNetwork,
        "1 if it lives in the host's network, 0 if not; NULL if not inspected."),
      Column("pid", \.pid, "Process that holds its namespaces; NULL if not known or gone."),
      Column("sample", \.sample, "1 for the first reading, 2 for the one at the end of the run."),
      Column(
        "veth_suffix",
        { row in
          row.namespace.flatMap { namespace in
            row.pod.map { SHA1.vethSuffix(namespace: namespace, pod: $0) }
          }
        }, "What its host interface is called behind its prefix, 11 hexadecimal digits."),
    ])

  /// Reads the list with the state of each sandbox beside it, or states one after another.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let sample = input.artifact == .sandboxesAgain ? 2 : 1
    var order: [String] = []
    var found: [String: (row: Self, line: Int?)] = [:]
    for document in try input.readJSONSequence(&rows) {
      let entries = document["items"]?.array ?? document.array ?? [document]
      for value in entries + (document["inspect"]?.items ?? []) {
        guard value.object != nil else { continue }
        let status = value["status"] ?? value
        guard let id = status["id"]?.filledString else {
          rows.unreadable("a sandbox without its id", line: value.object?.line)
          continue
        }
        if found[id] == nil { order.append(id) }
        var entry = found[id] ?? (Self(id: id, sample: sample), value.object?.line)
        entry.row.take(status, info: value["info"])
        found[id] = entry
      }
    }
    for id in order {
      if let entry = found[id] { rows.append(entry.row, line: entry.line) }
    }
  }

  private init(id: String, sample: Int) {
    self.id = id
    self.sample = sample
  }

  /// Adds what a list entry or a state says; a state says more.
  private mutating func take(_ status: JSONValue, info: JSONValue?) {
    namespace = status.at("metadata", "namespace")?.filledString ?? namespace
    pod = status.at("metadata", "name")?.filledString ?? pod
    uid = status.at("metadata", "uid")?.filledString ?? uid
    attempt = status.at("metadata", "attempt")?.integer ?? attempt
    if let text = status["state"]?.filledString {
      state = (text.hasPrefix("SANDBOX_") ? String(text.dropFirst(8)) : text).lowercased()
    }
    createdUs = CRITime.us(status["createdAt"]) ?? createdUs
    if let network = status["network"] {
      let first = network["ip"]?.filledString
      let others = (network["additionalIps"]?.items ?? []).compactMap { $0["ip"]?.filledString }
      address = first ?? address
      let all = (first.map { [$0] } ?? []) + others
      addresses = JSONValue.array(all.map { .string($0) }).json
    }
    if let mode = status.at("linux", "namespaces", "options", "network")?.filledString {
      hostNetwork = mode == "NODE"
    }
    pid = info?["pid"]?.integer.flatMap { $0 > 0 ? $0 : nil } ?? pid
    let namespaces = info?.at("runtimeSpec", "linux", "namespaces")?.items ?? []
    netns =
      namespaces.first { $0["type"]?.string == "network" }?["path"]?.filledString
      ?? info?.at("sandboxMetadata", "NetNSPath")?.filledString
      ?? info?.at("sandboxMetadata", "Metadata", "NetNSPath")?.filledString ?? netns
  }
}

/// A container of the runtime.
public struct RuntimeContainer: FactTable {
  var container: ContainerDocument
  var isDetailed: Bool

  /// The declaration of `runtime_container`.
  public static let schema = Schema<Self>(
    "runtime_container", "Containers as the container runtime knows them, also those that ended.",
    from: [.containers, .foreignContainers, .foreignTasks, .foreignDockerContainers]
      + ContainerArtifact.inspected,
    columns: [
      Column("id", \.container.id, "Id of the container."),
      Column("name", \.container.name, "Name of the container in its pod."),
      Column("namespace", \.container.namespace, "Namespace of the pod."),
      Column("pod", \.container.pod, "Name of the pod."),
      Column("sandbox_id", \.container.sandbox, "Sandbox that it runs in."),
      Column("image", \.container.image, "Image as it was asked for."),
      Column("state", \.container.state, "created, running, exited or unknown."),
      Column("restarts", \.container.attempt, "How often it was restarted before."),
      Column("pid", \.container.pid, "Its process on the host; NULL if it has none."),
      Column("exit_code", \.container.exitCode, "Exit code, if it has ended."),
      Column("reason", \.container.reason, "Why it ended, such as OOMKilled."),
      Column("message", \.container.message, "The same in words."),
      Column(
        "created_us", \.container.createdUs, "When it was made, in microseconds since 1970 UTC."),
      Column(
        "started_us", \.container.startedUs, "When it was started, in microseconds since 1970 UTC."),
      Column(
        "finished_us", \.container.finishedUs, "When it ended, in microseconds since 1970 UTC."),
      Column("is_privileged", \.container.isPrivileged, "1 if privileged; NULL if not shown."),
      Column(
        "capabilities",
        { $0.container.capabilities.map { JSONValue.array($0.map { .string($0) }).json } },
        "Capabilities that it was given beside the usual ones, or all of them, as a JSON array; NULL if not shown."
      ),
      Column(
        "is_detailed", \.isDetailed, "1 if it was inspected; 0 for an entry of the list of all."),
    ])

  /// Reads every form of inspection, and lists of containers as JSON or as `ctr` prints them.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    switch input.artifact {
    case .foreignContainers, .foreignTasks, .foreignDockerContainers:
      return try readTable(&input, &rows)
    default: break
    }
    let isDetailed = input.artifact != .containers && input.fileName != "ps.json"
    for document in try input.readJSONSequence(&rows) {
      for container in ContainerDocument.all(document) {
        rows.append(
          Self(container: container, isDetailed: isDetailed), line: container.line)
      }
    }
  }

  /// `ctr containers list`, `ctr tasks list` and `docker ps`: a header, then columns.
  private static func readTable(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    let isTasks = input.artifact == .foreignTasks
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      let words = line.words
      guard let id = words.first, !id.equals("CONTAINER"), !id.equals("TASK"),
        !ShellPrompt.matches(line)
      else { continue }
      guard id.count >= 12, id.allSatisfy({ $0.hexDigit != nil }) else {
        rows.unreadable("not a container's id and what belongs to it", line: input.lineNumber)
        continue
      }
      var container = ContainerDocument(id: String(id), line: input.lineNumber)
      if isTasks {
        container.pid = words.count > 1 ? words[1].integer : nil
        container.state = words.count > 2 ? String(words[2]).lowercased() : nil
      } else if words.count > 1 {
        let image = String(words[1])
        container.image = image == "-" ? nil : image
        container.readDockerName(words.last.map { String($0) })
      }
      rows.append(Self(container: container, isDetailed: false), line: input.lineNumber)
    }
  }
}

import BundleModel

/// A process of the CNI.
public struct AgentProcess: FactTable {
  var object: JSONValue

  private func text(_ key: String) -> String? { object[key]?.filledString }

  private func status(_ key: String) -> String? { object["status"]?[key]?.filledString }

  /// The size in bytes of a field such as `76512 kB`.
  private func bytes(_ key: String) -> Int64? {
    guard let words = status(key)?.split(separator: " "),
      let kib = words.first.flatMap({ Int64($0) })
    else { return nil }
    let (bytes, overflow) = kib.multipliedReportingOverflow(by: 1024)
    return overflow ? nil : bytes
  }

  private var isOnHostNetwork: Bool? {
    guard let own = text("network_namespace"), let host = text("host_network_namespace") else {
      return nil
    }
    return own == host
  }

  /// The declaration of `agent_process`.
  public static let schema = Schema<Self>(
    "agent_process", "Processes of the CNI: the address manager and the network policy agent.",
    from: [.agentProcesses],
    columns: [
      Column("name", { $0.text("name") ?? "" }, "Name of the process, such as aws-k8s-agent."),
      Column("pid", { $0.object["pid"]?.integer }, "Id of the process on the host."),
      Column(
        "started_us", { Timestamp.whole($0.text("started_at")) },
        "When it started, in microseconds since 1970 UTC."),
      Column("program", { $0.text("program") }, "Path of its program, as it sees it."),
      Column("program_sha256", { $0.text("program_sha256") }, "SHA-256 of the program."),
      Column("is_on_host_network", \.isOnHostNetwork, "1 if it shares the host's network; else 0."),
      Column("state", { $0.status("State") }, "State in the kernel's words, such as S (sleeping)."),
      Column("threads", { $0.status("Threads").flatMap { Int64($0) } }, "Number of its threads."),
      Column("resident_bytes", { $0.bytes("VmRSS") }, "Memory that it occupies, in bytes."),
      Column("capabilities", { $0.status("CapEff") }, "Effective capabilities, as a bit mask."),
      Column("cgroup", { $0.text("cgroup") }, "Its control groups, as the kernel prints them."),
    ])

  /// Reads the collector's list.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for process in document["processes"]?.array ?? [] {
      guard process["name"]?.filledString != nil else {
        rows.unreadable("a process without a name", line: process.object?.line)
        continue
      }
      rows.append(Self(object: process), line: process.object?.line)
    }
  }
}

/// A listening port of the CNI, the kubelet or kube-proxy.
public struct AgentPort: FactTable {
  var port: Int64
  var address: String?
  var pid: Int64?
  var process: String?

  /// The declaration of `agent_port`.
  public static let schema = Schema<Self>(
    "agent_port", "Who listens on the TCP ports of CNI, kubelet and kube-proxy.",
    from: [.listeners],
    columns: [
      Column("port", \.port, "Number of the port."),
      Column(
        "address", \.address,
        "Address that is listened on; 0.0.0.0 and :: are all; NULL if nobody listens."),
      Column("pid", \.pid, "Id of the process; NULL where it could not be seen."),
      Column("process", \.process, "Name of the process."),
    ])

  /// Reads the collector's list, free ports included.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for listener in document["listeners"]?.array ?? [] {
      guard let port = listener["port"]?.integer else {
        rows.unreadable("a listener without a port", line: listener.object?.line)
        continue
      }
      rows.append(
        Self(
          port: port, address: listener["address"]?.filledString,
          pid: listener["pid"]?.integer, process: listener["process"]?.filledString),
        line: listener.object?.line)
    }
    for port in document["free_ports"]?.array ?? [] {
      if let number = port.integer { rows.append(Self(port: number), line: nil) }
    }
  }
}

/// What ipamd answers to the health check of gRPC.
public struct IPAMDHealthCheck: FactTable {
  var target: String
  var service: String?
  var status: String?
  var grpcStatus: Int64?
  var durationUs: Int64?

  /// The declaration of `ipamd_health`.
  public static let schema = Schema<Self>(
    "ipamd_health", "What the address manager answers to the health check of gRPC.",
    from: [.ipamdHealth],
    columns: [
      Column("target", \.target, "Where it was asked: a socket or an address with a port."),
      Column("service", \.service, "Service that was asked for."),
      Column("status", \.status, "SERVING, NOT_SERVING, UNKNOWN or SERVICE_UNKNOWN."),
      Column("grpc_status", \.grpcStatus, "Status of the call; 0 means that it was answered."),
      Column("duration_us", \.durationUs, "How long the answer took, in microseconds."),
    ])

  /// Reads the collector's answer.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    guard let target = document["target"]?.string else {
      return rows.unreadable("not the answer of a health check", line: nil)
    }
    rows.append(
      Self(
        target: target, service: document["service"]?.filledString,
        status: document["status"]?.filledString, grpcStatus: document["grpc_status"]?.integer,
        durationUs: document["duration_us"]?.integer), line: document.object?.line)
  }
}

/// A socket or file of ipamd's run folder.
public struct RunFile: FactTable {
  var object: JSONValue

  /// The declaration of `run_file`.
  public static let schema = Schema<Self>(
    "run_file", "Sockets and files of the address manager's run folder.", from: [.runFolder],
    columns: [
      Column("path", { $0.object["path"]?.string ?? "" }, "Path on the node."),
      Column("kind", { $0.object["kind"]?.string }, "file, folder, socket, link or other."),
      Column("size", { $0.object["size"]?.integer }, "Size in bytes."),
      Column("mode", { $0.object["mode"]?.string }, "Permissions, in octal digits."),
      Column("owner", { $0.object["owner"]?.integer }, "Number of the user who owns it."),
      Column(
        "modified_us", { Timestamp.whole($0.object["mtime"]?.string) },
        "When it was written last, microseconds since 1970 UTC."),
    ])

  /// Reads the collector's listing.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for entry in document["entries"]?.array ?? [] where entry["path"]?.filledString != nil {
      rows.append(Self(object: entry), line: entry.object?.line)
    }
  }
}

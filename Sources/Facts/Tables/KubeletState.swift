import BundleModel

/// A certificate of the kubelet or the cluster.
public struct KubeletCertificate: FactTable {
  var path: String
  var value: JSONValue

  /// The declaration of `kubelet_certificate`.
  public static let schema = Schema<Self>(
    "kubelet_certificate", "Certificates of the kubelet and the cluster's CA.",
    from: [.kubeletCertificates],
    columns: [
      Column("path", \.path, "Absolute path of the file on the node."),
      Column("subject", { $0.value["subject"]?.filledString }, "Whom it names."),
      Column("issuer", { $0.value["issuer"]?.filledString }, "Who issued it."),
      Column(
        "not_before_us", { Timestamp.whole($0.value["not_before"]?.string) },
        "From when it is valid, in microseconds since 1970 UTC."),
      Column(
        "not_after_us", { Timestamp.whole($0.value["not_after"]?.string) },
        "Until when it is valid, in microseconds since 1970 UTC."),
    ])

  /// Reads the collector's list.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for file in document["files"]?.items ?? [] {
      guard let path = file["path"]?.filledString else {
        rows.unreadable("a file without its path", line: file.object?.line)
        continue
      }
      for value in file["certificates"]?.items ?? [] where value.object != nil {
        rows.append(Self(path: path, value: value), line: value.object?.line)
      }
    }
  }
}

/// A pod whose folder the kubelet keeps.
public struct PodFolder: FactTable {
  var uid: String
  var value: JSONValue

  /// The declaration of `pod_folder`.
  public static let schema = Schema<Self>(
    "pod_folder", "Pods whose folders the kubelet keeps.", from: [.podFolders],
    columns: [
      Column("uid", \.uid, "Unique id of the pod."),
      Column("address", { $0.value["address"]?.filledString }, "Address in its hosts file."),
      Column(
        "host_network", { $0.value["host_network"]?.bool },
        "1 if its hosts file is that of the host's network, 0 if not; NULL without the file."),
      Column("containers", { $0.value["containers"]?.json }, "Names as a JSON array."),
      Column("volumes", { $0.value["volumes"]?.json }, "Number by plugin, as JSON."),
      Column(
        "changed_us", { Timestamp.whole($0.value["mtime"]?.string) },
        "When the folder changed last, in microseconds since 1970 UTC."),
    ])

  /// Reads the collector's list.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for value in document["pods"]?.items ?? [] {
      guard let uid = value["uid"]?.filledString else {
        rows.unreadable("a pod without its id", line: value.object?.line)
        continue
      }
      rows.append(Self(uid: uid, value: value), line: value.object?.line)
    }
  }
}

/// How the kubelet reaches the API server.
public struct KubeletEndpoint: FactTable {
  var name: String
  var value: String

  /// The declaration of `kubelet_endpoint`.
  public static let schema = Schema<Self>(
    "kubelet_endpoint", "How the kubelet reaches the API server, by its kubeconfig.",
    from: [.kubeletKubeconfig],
    columns: [
      Column(
        "name", \.name,
        "server, certificate_authority, cluster, user, context, exec_command, exec_args."),
      Column("value", \.value, "Value as text, a list as JSON."),
    ])

  /// Reads a kubeconfig in YAML or JSON.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readConfiguration(&rows) else { return }
    let cluster = document["clusters"]?.items.first
    let user = document["users"]?.items.first
    let command = user?.at("user", "exec")
    let values: [(String, JSONValue?)] = [
      ("server", cluster?.at("cluster", "server")),
      ("certificate_authority", cluster?.at("cluster", "certificate-authority")),
      ("cluster", cluster?["name"]), ("user", user?["name"]),
      ("context", document["current-context"]), ("exec_command", command?["command"]),
      ("exec_args", command?["args"]),
    ]
    for case (let name, let value?) in values {
      let text = value.array == nil ? value.scalarText : value.json
      guard let text, !text.isEmpty else { continue }
      rows.append(Self(name: name, value: text), line: document.object?.line)
    }
  }
}

import BundleModel

/// Something that the container runtime says of itself.
public struct RuntimeProperty: FactTable {
  var name: String
  var value: String

  /// The declaration of `runtime_property`.
  public static let schema = Schema<Self>(
    "runtime_property", "What the container runtime says of itself.",
    from: [
      .runtimeVersion, .runtimeDetection, .runtimeStatus, .dockerState, .foreignRuntimeVersion,
      .foreignDockerVersion, .foreignDockerInfo,
    ],
    columns: [
      Column(
        "name", \.name,
        "runtime, runtime_version, api_version, selected_socket, kubelet_endpoint, program.NAME, cni_bin_dir, cni_conf_dir, cni_max_conf, sandbox_image, cgroup_driver, last_cni_error and so on."
      ),
      Column("value", \.value, "Value as text."),
    ])

  private static let names: [(keys: [String], name: String)] = [
    (["runtimeName"], "runtime_name"), (["runtimeVersion"], "runtime_version"),
    (["runtimeApiVersion"], "api_version"), (["runtime"], "runtime"),
    (["selected"], "selected_socket"), (["kubelet_endpoint"], "kubelet_endpoint"),
    (["config", "cni", "binDir"], "cni_bin_dir"), (["config", "cni", "confDir"], "cni_conf_dir"),
    (["config", "cni", "maxConfNum"], "cni_max_conf"),
    (["config", "sandboxImage"], "sandbox_image"),
    (["config", "pinnedImages", "sandbox"], "sandbox_image"),
    (["config", "containerdRootDir"], "root_dir"), (["lastCNILoadStatus"], "last_cni_error"),
    (["lastCNILoadStatus.default"], "last_cni_error_default"), (["golang"], "go_version"),
    (["CgroupDriver"], "cgroup_driver"), (["CgroupVersion"], "cgroup_version"),
    (["ServerVersion"], "runtime_version"), (["Server", "Version"], "runtime_version"),
    (["BridgeNfIptables"], "bridge_nf_iptables"), (["IPv4Forwarding"], "ipv4_forwarding"),
  ]

  /// Reads the answers to Version and Status, the detection, and docker's words.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    switch input.artifact {
    case .foreignRuntimeVersion, .foreignDockerVersion, .foreignDockerInfo:
      return readText(try input.readAll(), &rows)
    default: break
    }
    for document in try input.readJSONSequence(&rows) {
      guard document["Config"] == nil, document["Names"] == nil else { continue }
      for (keys, name) in names {
        var value: JSONValue? = document
        for key in keys { value = value?[key] }
        guard let text = value?.scalarText, !text.isEmpty else { continue }
        rows.append(Self(name: name, value: text), line: document.object?.line)
      }
      for (name, value) in document["programs"]?.object?.members ?? [] {
        guard let text = value.filledString else { continue }
        rows.append(Self(name: "program." + name, value: text), line: document.object?.line)
      }
      for socket in document["sockets"]?.items ?? [] {
        guard let path = socket["path"]?.filledString, socket["exists"]?.bool == true else {
          continue
        }
        rows.append(Self(name: "socket", value: path), line: socket.object?.line)
      }
      for process in document["processes"]?.items ?? [] {
        guard let name = process["name"]?.filledString else { continue }
        rows.append(
          Self(name: "process." + name, value: process["count"]?.scalarText ?? ""),
          line: process.object?.line)
      }
    }
  }
}

extension RuntimeProperty {
  private static let texts: [String: String] = [
    "Server Version": "runtime_version", "Cgroup Driver": "cgroup_driver",
    "Cgroup Version": "cgroup_version", "Storage Driver": "storage_driver",
    "Docker Root Dir": "root_dir",
  ]

  /// `ctr version`, `docker version` and `docker info`: keys and values, the server's below a line
  /// of its own.
  private static func readText(_ bytes: Bytes, _ rows: inout RowSink<Self>) {
    for node in IndentTree.read(bytes) {
      if let name = texts[node.key], !node.value.isEmpty {
        rows.append(Self(name: name, value: node.value), line: node.line)
      }
      guard node.key == "Server" else { continue }
      for child in node.children + node.children.flatMap(\.children) {
        let name = child.key == "Version" ? "runtime_version" : texts[child.key]
        guard let name, !child.value.isEmpty else { continue }
        rows.append(Self(name: name, value: child.value), line: child.line)
      }
    }
  }
}

/// A condition of the container runtime.
public struct RuntimeCondition: FactTable {
  var value: JSONValue

  /// The declaration of `runtime_condition`.
  public static let schema = Schema<Self>(
    "runtime_condition", "Whether the container runtime and its network are ready.",
    from: [.runtimeStatus],
    columns: [
      Column("type", { $0.value["type"]?.string ?? "" }, "RuntimeReady, NetworkReady and so on."),
      Column("is_true", { $0.value["status"]?.bool }, "1 if it holds, 0 if not; else NULL."),
      Column("reason", { $0.value["reason"]?.filledString }, "Reason in one word."),
      Column("message", { $0.value["message"]?.filledString }, "Reason in words."),
    ])

  /// Reads the answer to Status, as `crictl info` prints it.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for document in try input.readJSONSequence(&rows) {
      for value in document.at("status", "conditions")?.items ?? [] where value.object != nil {
        rows.append(Self(value: value), line: value.object?.line)
      }
    }
  }
}

/// A CNI plugin that the container runtime has loaded.
public struct RuntimeNetwork: FactTable {
  var network: String?
  var interface: String?
  var position: Int
  var value: JSONValue

  /// The declaration of `runtime_network`.
  public static let schema = Schema<Self>(
    "runtime_network", "CNI configuration that the container runtime has loaded.",
    from: [.runtimeStatus],
    columns: [
      Column("network", \.network, "Name of the network."),
      Column("interface", \.interface, "Interface that it makes in pods, such as eth0."),
      Column("plugin_position", \.position, "Place of the plugin in the chain, counted from 1."),
      Column(
        "plugin_type", { ($0.value.at("Network", "type") ?? $0.value["type"])?.filledString },
        "Name of the plugin's program."),
    ])

  /// Reads the networks in the runtime's own data.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    for document in try input.readJSONSequence(&rows) {
      for network in document.at("cniconfig", "Networks")?.items ?? [] {
        for (index, plugin) in (network.at("Config", "Plugins")?.items ?? []).enumerated() {
          rows.append(
            Self(
              network: network.at("Config", "Name")?.filledString,
              interface: network["IFName"]?.filledString, position: index + 1, value: plugin),
            line: plugin.object?.line)
        }
      }
    }
  }
}

/// An image of the container runtime.
public struct RuntimeImage: FactTable {
  var id: String
  var tag: String?
  var digest: String?
  var bytes: Int64?
  var isPinned: Bool?

  /// The declaration of `runtime_image`.
  public static let schema = Schema<Self>(
    "runtime_image", "Images of the container runtime, one row for each tag.",
    from: [.images, .dockerState, .foreignImages, .foreignDockerImages],
    columns: [
      Column("id", \.id, "Id of the image."),
      Column("tag", \.tag, "Repository with tag; NULL for an image without one."),
      Column("digest", \.digest, "Repository with digest; NULL if not shown."),
      Column("size_bytes", \.bytes, "Size; NULL where it is only shown rounded."),
      Column("is_pinned", \.isPinned, "1 if it is never collected as garbage; NULL if not shown."),
    ])

  /// Reads the list of images.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    if input.artifact == .foreignImages || input.artifact == .foreignDockerImages {
      return try readTable(&input, &rows)
    }
    for document in try input.readJSONSequence(&rows) {
      if let repository = document["Repository"]?.filledString, let id = document["ID"]?.string {
        let tag = document["Tag"]?.filledString.map { repository + ":" + $0 }
        rows.append(Self(id: id, tag: tag), line: document.object?.line)
      }
      for image in document["images"]?.items ?? [] {
        guard let id = image["id"]?.filledString else {
          rows.unreadable("an image without its id", line: image.object?.line)
          continue
        }
        let tags = (image["repoTags"]?.items ?? []).compactMap(\.filledString)
        for tag in tags.isEmpty ? [nil] : tags.map(Optional.some) {
          rows.append(
            Self(
              id: id, tag: tag, digest: image["repoDigests"]?.items.first?.filledString,
              bytes: image["size"]?.integer, isPinned: image["pinned"]?.bool),
            line: image.object?.line)
        }
      }
    }
  }

  /// `ctr images list` has reference, type and digest; `docker images` repository, tag and id.
  private static func readTable(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let bytes = try input.nextLine() {
      let words = bytes.words
      guard let first = words.first, !first.equals("REF"), !first.equals("REPOSITORY"),
        !ShellPrompt.matches(bytes)
      else { continue }
      guard words.count >= 3 else {
        rows.unreadable("not an image", line: input.lineNumber)
        continue
      }
      let (name, third) = (String(first), String(words[2]))
      if input.artifact == .foreignImages {
        rows.append(Self(id: third, tag: name, digest: third), line: input.lineNumber)
      } else {
        let tag = String(words[1])
        rows.append(
          Self(id: third, tag: tag == "<none>" ? nil : name + ":" + tag), line: input.lineNumber)
      }
    }
  }
}

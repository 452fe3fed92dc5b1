import BundleModel

/// A record of the kubelet's log that the pod network can cause.
public struct KubeletEvent: FactTable {
  var timeUs: Int64?
  var level: String?
  var event: String?
  var message: String
  var namespace: String?
  var pod: String?
  var container: String?
  var failureClass: String?
  var sourceFile: String?

  /// The declaration of `kubelet_event`.
  public static let schema = Schema<Self>(
    "kubelet_event", "Records of the kubelet's log, one row each.", from: [.kubeletJournal],
    columns: [
      Column("time_us", \.timeUs, "When it was written, in microseconds since 1970 UTC."),
      Column("level", \.level, "info, warn, error or fatal; NULL for lines of other programs."),
      Column(
        "event", \.event,
        "sandbox_failed, sandbox_delete_failed, probe_failed or network_not_ready; else NULL."),
      Column("message", \.message, "The message itself, with the lines that belong to it."),
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column("container", \.container, "Name of the container whose probe failed."),
      Column(
        "class", \.failureClass,
        "Why the sandbox failed: ip, ipamd-down, version, branch, policy, conf, setup; else NULL."
      ),
      Column("source_file", \.sourceFile, "Program that wrote the line, such as kubelet."),
    ])

  /// Reads records; values that span several lines are joined to one.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var open: (row: Self, text: [UInt8], line: Int)?
    while let bytes = try input.nextLine() {
      guard let journal = JournalLine(bytes, reference: input.referenceTimeUs)
      else { continue }
      guard journal.message.contains(where: { !$0.isWhitespace }) else { continue }
      // The journal's prefix dates the klog line behind it.
      let klog = KlogLine(
        journal.message, reference: journal.timeUs ?? input.referenceTimeUs)
      if klog == nil, journal.message.first?.isBlank == true, open != nil {
        if let count = open?.text.count, count < FactLimits.lineBytes {
          open?.text.append(0x0a)
          open?.text.append(contentsOf: journal.message)
        }
        continue
      }
      flush(&open, &rows)
      if klog == nil, journal.timeUs == nil, ShellPrompt.matches(journal.message) { continue }
      let row = Self(
        timeUs: journal.timeUs ?? klog?.timeUs, level: klog?.level, message: "",
        sourceFile: journal.identifier.map { String($0) })
      open = (row, Array(klog?.message ?? journal.message), input.lineNumber)
    }
    flush(&open, &rows)
  }

  private static func flush(
    _ open: inout (row: Self, text: [UInt8], line: Int)?, _ rows: inout RowSink<Self>
  ) {
    guard let (first, text, line) = open else { return }
    var row = first
    row.classify(text[...])
    row.message = String(text[...])
    rows.append(row, line: line)
    open = nil
  }

  private mutating func classify(_ text: Bytes) {
    if text.contains("Probe failed") || text.contains("probe for \"") && text.contains(" failed") {
      event = "probe_failed"
    } else if text.contains("KillPodSandbox") || text.contains("StopPodSandbox")
      || text.contains("failed (delete)")
    {
      event = Self.isFailure(text) ? "sandbox_delete_failed" : nil
    } else if text.contains("PodSandbox") || text.contains("pod sandbox")
      || text.contains("sandbox for pod")
    {
      event = Self.isFailure(text) ? "sandbox_failed" : nil
    } else if text.contains("NetworkPluginNotReady") || text.contains("cni plugin not initialized")
      || text.contains("runtime network not ready")
    {
      event = "network_not_ready"
    }
    if event == "sandbox_failed" || event == "sandbox_delete_failed" {
      failureClass = Self.classes.first { text.contains($0.mark) }?.name
    }
    if event != nil { readPod(text) }
  }

  private static func isFailure(_ text: Bytes) -> Bool {
    text.contains("ailed") || text.contains("err=") || text.contains("rror")
  }

  /// `pod="kube-system/a"`, or `"a_kube-system(uid):container"` of old releases.
  private mutating func readPod(_ text: Bytes) {
    container = KlogLine.value("containerName", in: text)
    if let both = KlogLine.value("pod", in: text) {
      let parts = both.split(separator: "/", maxSplits: 1)
      if parts.count == 2 {
        namespace = String(parts[0])
        pod = String(parts[1])
      }
      return
    }
    guard let quote = text.firstIndex(of: UInt8(ascii: "\"")) else { return }
    let name = text[(quote + 1)...]
    let end = name.firstIndex { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: "\"") }
    guard let end, name[end] == UInt8(ascii: "("),
      let (pod, namespace) = name[..<end].cut(at: UInt8(ascii: "_"))
    else { return }
    self.pod = String(pod)
    self.namespace = String(namespace)
    guard let close = name[end...].firstRange(of: Array("):".utf8)) else { return }
    let rest = name[close.upperBound...].prefix { $0 != UInt8(ascii: "\"") }
    if !rest.isEmpty, rest.count < 254 { container = String(rest) }
  }

  private static let classes: [(mark: String, name: String)] = [
    ("failed to assign an IP address to container", "ip"),
    ("wrong client version", "version"),
    ("connection refused", "ipamd-down"),
    ("code = Unavailable", "ipamd-down"),
    ("ipamd.sock: no such file", "ipamd-down"),
    ("failed to get Branch ENI resource", "branch"),
    ("No trunk ENI", "branch"),
    ("failed to setup network policy", "policy"),
    ("invalid character", "conf"),
    ("unsupported CNI", "conf"),
    ("failed to find plugin", "conf"),
    ("failed to setup network", "setup"),
    ("file exists", "setup"),
  ]
}

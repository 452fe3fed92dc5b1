import BundleModel

/// A record of the kubelet's log that the pod network can cause.
public struct KubeletEvent: FactRow {
  var timeUs: Int64?
  var level: String?
  var event: String
  var message: String = ""
  var namespace: String?
  var pod: String?
  var container: String?
  var failureClass: String?
  var sourceFile: String?
  var sandbox: String?
  var probe: String?
  var output: String?
  var isTimeout: Bool?
  var timeoutSeconds: Double?
  var count: Int64

  /// The declaration of `kubelet_event`.
  public static let schema = Schema<Self>(
    "kubelet_event", "Records of the kubelet's log that tell of the pod network or the node.",
    from: [.kubeletJournal, .foreignJournal],
    columns: [
      Column(
        "time_us", \.timeUs,
        "When it was written, in microseconds since 1970; stamps without a zone count as UTC."),
      Column("level", \.level, "info, warn, error or fatal; NULL for lines of other programs."),
      Column(
        "event", \.event,
        "sandbox_failed, sandbox_delete_failed, probe_failed, network_not_ready, cni_config_failed,"
          + " runtime_down, pleg_unhealthy, node_not_ready, node_ready, node_status_failed,"
          + " lease_failed, register_failed, api_watch_failed, container_backoff,"
          + " image_pull_failed, out_of_memory, eviction, pod_rejected, dns_limits,"
          + " iptables_failed, kernel_flag, kubelet_started, kubelet_failed, unit_exited,"
          + " unit_restart or log_gap."),
      Column("message", \.message, "The message itself, with the lines that belong to it."),
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column("container", \.container, "Name of the container whose probe failed."),
      Column(
        "class", \.failureClass,
        "Why the sandbox failed: ip, ipamd-down, version, branch, policy, conf, setup; else NULL."
      ),
      Column("source_file", \.sourceFile, "Program that wrote the line, such as kubelet."),
      Column("container_id", \.sandbox, "Id of the sandbox that failed."),
      Column("probe", \.probe, "liveness, readiness or startup, for a failed probe."),
      Column("output", \.output, "What a failed probe printed, or the error of asking it."),
      Column(
        "is_timeout", \.isTimeout, "1 if a probe failed for it took too long; NULL if no probe."),
      Column("timeout_s", \.timeoutSeconds, "The time limit that a probe's output names, seconds."),
      Column("count", \.count, "How many records the row stands for: messages left out, repeats."),
    ])

  init(_ line: HostLine, _ event: String) {
    timeUs = line.timeUs
    level = line.level?.text
    self.event = event
    sourceFile = line.program.map { String($0) }
    count = line.count
  }

  /// A record whose further lines may follow.
  struct Open {
    private let row: KubeletEvent
    private var text: [UInt8]
    private let line: Int

    init(_ row: KubeletEvent, text: Bytes, line: Int) {
      self.row = row
      self.text = Array(text)
      self.line = line
    }

    mutating func append(_ more: Bytes) {
      guard text.count < FactLimits.lineBytes else { return }
      text.append(0x0a)
      text.append(contentsOf: more)
    }

    func flush(_ rows: inout RowSink<KubeletEvent>) {
      var row = row
      row.read(text[...])
      rows.append(row, line: line)
    }
  }

  private mutating func read(_ text: Bytes) {
    message = String(text)
    readPod(text)
    switch event {
    case "sandbox_failed", "sandbox_delete_failed":
      failureClass = SandboxFailure.reason(text)
      sandbox = SandboxFailure.sandbox(text)
    case "probe_failed": readProbe(text)
    case "log_gap":
      if let found = text.firstRange(of: Array("Suppressed ".utf8)),
        let number = text[found.upperBound...].words.first?.integer, number > 0
      {
        count = number
      }
    default: break
    }
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

  private mutating func readProbe(_ text: Bytes) {
    let kinds = ["liveness", "readiness", "startup"]
    let word = KlogLine.value("probeType", in: text) ?? text.words.first.map { String($0) } ?? ""
    probe = kinds.first { $0 == word.lowercased() }
    output = KlogLine.value("output", in: text) ?? KlogLine.value("err", in: text)
    if output == nil, let found = text.firstRange(of: Array("): ".utf8)) {
      // `Readiness probe for "…" failed (failure): output`.
      output = String(text[found.upperBound...])
    }
    let said = Array((output ?? "").utf8)[...]
    isTimeout = KubeletPatterns.timeouts.mayHoldEvent(said)
    timeoutSeconds = Self.limit(said)
  }

  /// The duration in `within 5s` or `timeout 10s exceeded`.
  private static func limit(_ text: Bytes) -> Double? {
    for mark in ["within ", "timeout "] {
      var from = text.startIndex
      while let found = text.firstRange(of: Array(mark.utf8), from: from) {
        from = found.upperBound
        let word = text[found.upperBound...].prefix { !$0.isWhitespace && $0 != 0x22 && $0 != 0x5c }
        if word.count < 20, let seconds = GoDuration.seconds(String(word)[...]) { return seconds }
      }
    }
    return nil
  }
}

import BundleModel

/// A line of any log of the host, taken apart: who wrote it, when, and what.
struct HostLine {
  var program: Bytes?
  var timeUs: Int64?
  var bootUs: Int64?
  var level: LogLevel?
  var message: Bytes
  var count: Int64 = 1
  var encoding = LogRecord.Encoding.plain
  /// Whether the line goes on with the record before it: programs indent what belongs together.
  var isContinuation = false
  /// Whether it is a part of a record only.
  var isDamaged = false

  /// Reads a line of the given item; nil for remarks of the journal.
  init?(_ line: Bytes, of artifact: ArtifactID, reference: Int64?) {
    switch artifact {
    case .kernelMessages, .foreignKernelMessages, .foreignKernelMessagesByTime:
      message = line
      program = Self.kernel
    case .proxyPodLogs, .dnsPodLogs:
      let wrapped = ContainerLine(line)
      message = wrapped?.text ?? line
      timeUs = wrapped?.timeUs
      program = artifact == .dnsPodLogs ? Self.coredns : Self.kubeProxy
    default:
      guard let journal = JournalLine(line, reference: reference) else { return nil }
      message = journal.message
      timeUs = journal.timeUs
      level = journal.level
      program = journal.identifier
      count = journal.count
    }
    if program?.equals("kernel") == true {
      readKernel()
    } else {
      readLevel(reference)
      // rsyslog writes a tab as `#011`.
      isContinuation =
        encoding == .plain && (message.first?.isBlank == true || message.starts("#011"))
    }
  }

  private static let kernel = Array("kernel".utf8)[...]
  private static let coredns = Array("coredns".utf8)[...]
  private static let kubeProxy = Array("kube-proxy".utf8)[...]

  private mutating func readKernel() {
    let kernel = KernelLine(message)
    message = kernel.message
    bootUs = kernel.bootUs
    timeUs = timeUs ?? kernel.timeUs
    level = kernel.level ?? level
    isDamaged = kernel.isDamaged
  }

  /// The level of klog, of logfmt (`level=error`) or of CoreDNS (`[ERROR]`).
  private mutating func readLevel(_ reference: Int64?) {
    // The journal's prefix dates the klog line behind it.
    if let klog = KlogLine(message, reference: timeUs ?? reference) {
      level = klog.level
      timeUs = timeUs ?? klog.timeUs
      message = klog.message
      encoding = .klog
    } else if message.starts("time=\"") || message.starts("level=") {
      encoding = .logfmt
      if let word = KlogLine.value("level", in: message) {
        level = LogLevel(Array(word.utf8)[...])
      }
      timeUs = KlogLine.value("time", in: message).flatMap { Timestamp.whole($0) } ?? timeUs
    } else if message.first == UInt8(ascii: "["),
      let close = message.prefix(12).firstIndex(of: UInt8(ascii: "]"))
    {
      let word = message[(message.startIndex + 1)..<close]
      let isLevel = ["DEBUG", "INFO", "WARNING", "ERROR", "FATAL"].contains { word.equals($0) }
      if isLevel { level = LogLevel(word) }
    }
  }
}

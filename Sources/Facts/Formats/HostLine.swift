import BundleModel

/// A line of any log of the host, taken apart: who wrote it, when, and what.
struct HostLine {
  var program: Bytes?
  var timeUs: Int64?
  var bootUs: Int64?
  var level: String?
  var message: Bytes
  var count: Int64 = 1
  /// Whether it is a part of a record only.
  var isDamaged = false

  /// Reads a line of the given item; nil for remarks of the journal and lines that go on with others.
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
      guard let journal = JournalLine(line, reference: reference), !journal.isContinuation else {
        return nil
      }
      message = journal.message
      timeUs = journal.timeUs
      level = journal.level
      program = journal.identifier
      count = journal.count
    }
    if program?.equals("kernel") == true { readKernel() } else { readLevel(reference) }
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
    if let klog = KlogLine(message, reference: timeUs ?? reference) {
      level = klog.level
      timeUs = timeUs ?? klog.timeUs
      message = klog.message
    } else if message.starts("time=\"") || message.starts("level=") {
      level = KlogLine.value("level", in: message).map { $0 == "warning" ? "warn" : $0 } ?? level
      timeUs = KlogLine.value("time", in: message).flatMap { Timestamp.whole($0) } ?? timeUs
    } else if message.first == UInt8(ascii: "["),
      let close = message.prefix(12).firstIndex(of: UInt8(ascii: "]"))
    {
      let word = String(message[(message.startIndex + 1)..<close]).lowercased()
      let levels = ["debug": "debug", "info": "info", "warning": "warn", "error": "error"]
      level = levels[word] ?? (word == "fatal" ? "fatal" : level)
    }
  }
}

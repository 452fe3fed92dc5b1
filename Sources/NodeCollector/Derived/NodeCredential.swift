import BundleModel
import FoundationEssentials
import SystemPackage

/// What the running kubelet calls itself and how it reaches the API server. Calls are made with its
/// credential file, which never appears in an argument by content.
struct NodeCredential: Sendable {
  /// The name of the node's object.
  let nodeName: String
  /// The credential file, as this process finds it.
  let file: String

  private static let nodeMark = "{node}"
  private static let fileMark = "{kubeconfig}"
  private static let usualFiles = [
    "/var/lib/kubelet/kubeconfig", "/etc/kubernetes/kubelet/kubeconfig",
    "/etc/kubernetes/kubelet.conf",
  ]

  /// Looks at the running kubelet's arguments, then at the usual places. Reads files, so that it
  /// may block.
  init(host: Host) {
    let table = ProcessTable(host: host)
    let arguments =
      table.processes(named: "kubelet").last.flatMap { table.strings("cmdline", of: $0.pid) } ?? []
    nodeName =
      Self.value(of: "--hostname-override", in: arguments).flatMap(Self.objectName)
      ?? SystemName.current().nodeName
    let named = Self.value(of: "--kubeconfig", in: arguments)
    let found = Self.usualFiles.first {
      FileManager.default.fileExists(atPath: host.path($0).string)
    }
    file = host.path(named ?? found ?? Self.usualFiles[0]).string
  }

  /// The arguments with the node's values in the place of their marks.
  static func filled(_ arguments: [String], host: Host) async -> [String] {
    guard arguments.contains(where: { $0.contains(nodeMark) || $0.contains(fileMark) }) else {
      return arguments
    }
    guard
      let credential = await BlockingThread.run(
        seconds: BlockingThread.lookSeconds, { NodeCredential(host: host) })
    else { return arguments }
    return arguments.map {
      $0.replacing(nodeMark, with: credential.nodeName).replacing(fileMark, with: credential.file)
    }
  }

  /// The value of a flag in either spelling; the last one counts.
  private static func value(of flag: String, in arguments: [String]) -> String? {
    var value: String?
    for (index, argument) in arguments.enumerated() {
      if argument.hasPrefix(flag + "=") {
        value = String(argument.dropFirst(flag.utf8.count + 1))
      } else if argument == flag, index + 1 < arguments.count {
        value = arguments[index + 1]
      }
    }
    return value
  }

  /// A name that fits into a URL as it is, or `nil`: objects have no others.
  private static func objectName(_ text: String) -> String? {
    ObjectName.isValid(text) ? text : nil
  }
}

/// Names of Kubernetes objects: lower-case letters, digits, dashes and dots.
enum ObjectName {
  /// Whether an object can have this name, so that it stands in a URL as it is.
  static func isValid(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      } && text.utf8.first != UInt8(ascii: "-")
  }
}

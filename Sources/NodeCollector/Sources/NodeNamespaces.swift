import CLinux
import FoundationEssentials
import Glibc
public import SystemPackage

/// Brings the whole process into the node's network namespace when the node is only mounted, as in
/// a container without the host's network. Threads can't change together, so the program starts
/// itself again from inside.
///
/// The node's processes need no such step: they are read through the mounted `/proc`.
public enum NodeNamespaces {
  /// Tells the second start how it came about.
  private static let variable = "CNITRIAGE_NAMESPACE_NOTE"

  /// Enters the namespace and starts the program again; returns when there is nothing to enter,
  /// with a note for the manifest.
  public static func enter(root: FilePath) -> String? {
    if let note = ProcessInfo.processInfo.environment[variable] { return note }
    guard root != "/" else { return nil }
    let target = root.appending("proc/1/ns/net").string
    guard let theirs = link(target) else {
      return "the node's network namespace can't be seen below \(root)/proc"
    }
    guard let own = link("/proc/self/ns/net"), own != theirs else { return nil }
    let descriptor = unsafe open(target, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return refusal(errno) }
    let error = cnitriage_enter_network_namespace(descriptor)
    close(descriptor)
    guard error == 0 else { return refusal(error) }
    unsafe setenv(variable, "entered the node's network namespace through \(target)", 1)
    let arguments = CommandLine.arguments
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    _ = unsafe execv("/proc/self/exe", &words)
    return "the program could not be started again inside the node's network namespace"
  }

  private static func refusal(_ error: CInt) -> String {
    "the node's network namespace can't be entered: error \(error); the collector's own was read"
  }

  private static func link(_ path: String) -> String? {
    // Who may not look at the first process can't enter its namespaces either.
    try? FileManager.default.destinationOfSymbolicLink(atPath: path)
  }
}

import CNamespaces
import Foundation
import Glibc
import LabNode
import SystemPackage

/// A process that enters a node and runs one command there.
enum Entrance {
  /// Enters the namespaces of a process, runs the words of the command line from the one at `first`
  /// on, and returns the command's exit code.
  static func run(wordsFrom first: Int, in process: Int32) throws(LabError) -> Int32 {
    guard cnamespaces_keep_words(Int32(first)) > 0 else {
      throw LabError(
        .environment, "cannot read the own command line", why: "/proc is not there",
        try: "mount -t proc proc /proc")
    }
    let isInteractive = isatty(0) == 1
    let here = FileManager.default.currentDirectoryPath
    for (kind, namespace) in try open(process) {
      let reason = cnamespaces_enter(namespace.rawValue)
      guard reason == 0 else {
        throw LabError(
          .failed, "cannot enter the node's \(kind) namespace", why: "\(Errno(rawValue: reason))",
          try: "scripts/lab down --all, then up again")
      }
    }
    // Entering a mount namespace leads to its root; a folder that the node lacks is no reason to stop.
    if !FileManager.default.changeCurrentDirectoryPath(here) {
      _ = FileManager.default.changeCurrentDirectoryPath("/")
    }
    return cnamespaces_run(isInteractive ? 1 : 0)
  }

  // All are opened before the first is entered: afterwards /proc is the node's and shows other
  // processes. That is also why mounts come last.
  private static func open(_ process: Int32) throws(LabError) -> [(String, FileDescriptor)] {
    let kinds = ["time_for_children", "uts", "net", "cgroup", "pid_for_children", "mnt"]
    do {
      return try kinds.compactMap { kind -> (String, FileDescriptor)? in
        let path = "/proc/\(process)/ns/\(kind)"
        // A kernel without time namespaces is no obstacle.
        guard kind != "time_for_children" || FileManager.default.fileExists(atPath: path) else {
          return nil
        }
        return (kind, try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec))
      }
    } catch {
      throw LabError(
        .failed, "cannot open the node's namespaces", why: "\(error)",
        try: "scripts/lab list shows which nodes are up")
    }
  }
}

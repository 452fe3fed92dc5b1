import Foundation
import Glibc
import LabNode

/// Runs one command inside a node.
struct Entrance: Sendable {
  private let process: Int32
  private let command: [String]

  /// Chooses the namespaces of a process that runs in the node.
  init(process: Int32, command: [String]) {
    self.process = process
    self.command = command
  }

  /// Becomes `nsenter`, which becomes the command: a process that has entered a process or time
  /// namespace itself can make no threads any more, which no Swift program survives.
  ///
  /// Returns only when that fails.
  func run() -> LabError {
    let here = FileManager.default.currentDirectoryPath
    // The process that holds the node's namespaces made them for its children.
    // `env` gives the exit codes 126 and 127 that a shell would give.
    let words =
      [
        "nsenter", "--target=\(process)", "--mount", "--net", "--uts",
        "--pid=/proc/\(process)/ns/pid_for_children",
        "--time=/proc/\(process)/ns/time_for_children", "--",
        "/usr/bin/env", "--chdir=\(here)", "--",
      ] + command
    var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
    unsafe execv("/usr/bin/nsenter", &pointers)
    return LabError(
      .failed, "\(command.first ?? "nsenter") could not be started",
      why: unsafe String(cString: strerror(errno)), try: "apt-get install util-linux")
  }
}

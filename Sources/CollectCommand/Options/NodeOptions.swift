import ArgumentParser

/// What kind of node it is and how strictly the result is judged.
struct NodeOptions: ParsableArguments {
  @Option(
    name: [.customLong("host-root"), .customLong("root")],
    help: ArgumentHelp(
      "Where the node's file system is mounted, such as /host in a container.",
      valueName: "folder"))
  var hostRoot: String = "/"

  @Flag(help: "Go on without root; what needs it is marked as denied.")
  var unprivileged = false

  @Flag(help: "Exit 4 if any item is lost, not only a minimum one.")
  var strict = false

  @Flag(help: "Exit 3 if this is not an EKS node; nothing is gathered then.")
  var strictEks = false

  func validate() throws {
    guard hostRoot.hasPrefix("/") else {
      throw ValidationError("--host-root must be an absolute path.")
    }
  }
}

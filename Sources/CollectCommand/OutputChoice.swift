import FoundationEssentials
import NodeCollector
import SystemPackage

/// Decides from the argument of `--output` where the bundle goes.
struct OutputChoice {
  let argument: String?
  let format: BundleFormat

  private static let standardFolders = ["/var/log/cnitriage", "/var/tmp"]

  /// The output for a bundle of this name.
  func resolve(_ name: String) throws(CollectError) -> BundleOutput {
    let file = "\(name).\(format.fileExtension)"
    guard let argument else { return .file(try standardFolder().appending(file)) }
    if argument == "-" { return .standardOutput }
    var isFolder = false
    if FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder), isFolder {
      return .file(FilePath(argument).appending(file))
    }
    guard !argument.hasSuffix("/") else {
      throw CollectError(
        code: "E203", kind: .environment, what: "no such folder: \(argument)",
        why: "the bundle's folder is not made, so that a typing error doesn't become one",
        remedy: "mkdir -p \(argument)")
    }
    return .file(FilePath(argument))
  }

  /// The log folder, where the kubelet's log proxy can serve the bundle too.
  private func standardFolder() throws(CollectError) -> FilePath {
    for folder in Self.standardFolders {
      if !FileManager.default.fileExists(atPath: folder) {
        // A folder that can't be made is not writable either, and the next one is tried.
        try? FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
        // The bundles' owner must find them there; only their names can be seen by others.
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o755]
        try? FileManager.default.setAttributes(attributes, ofItemAtPath: folder)
      }
      if FileManager.default.isWritableFile(atPath: folder) { return FilePath(folder) }
    }
    throw CollectError(
      code: "E203", kind: .environment,
      what: "cannot write to \(Self.standardFolders.joined(separator: " or "))",
      why: "the file systems are read-only or full, or this user may not write there",
      remedy: "-o with another folder, or -o - to stream the bundle")
  }
}

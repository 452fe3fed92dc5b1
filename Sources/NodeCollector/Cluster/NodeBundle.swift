import BundleArchive
import BundleModel
import BundleReader
import FoundationEssentials
import SystemPackage

/// An existing bundle that a cluster's items can be added to.
public struct NodeBundle: Sendable {
  /// The file itself, behind any link.
  let path: FilePath
  /// The name that the user gave.
  let name: String
  let format: BundleFormat
  let rewriter: BundleRewriter
  /// The name of the node's object, if the bundle tells it.
  public let nodeName: String?
  /// The node's instance, if the bundle tells it.
  public let instanceID: String?

  /// Opens and checks a bundle before anything is gathered for it.
  public init(_ path: String) throws {
    let name = BundleInput.path(path).name
    self.name = name
    self.path = FilePath(URL(filePath: path).resolvingSymlinksInPath().path)
    guard let format = try Self.format(of: self.path, name) else {
      throw BundleError(
        code: "E302", what: "\(name) is no .tar.zst or .tar.gz file",
        why: "--into rewrites the file of a bundle in its own compression",
        remedy: "pass the file that collect wrote")
    }
    self.format = format
    rewriter = try BundleRewriter(.path(self.path.string))
    guard let manifest = rewriter.manifest else { throw Self.interrupted(name) }
    if let level = manifest.redaction, level > .secrets {
      throw BundleError(
        code: "E308", what: "\(name) conceals \(level.rawValue), and the cluster's objects don't",
        why: "added in clear, they would tell what the bundle conceals",
        remedy: "add them to the bundle in clear, then cnitriage redact")
    }
    instanceID = manifest.platform.instanceID
    nodeName = try Self.objectName(rewriter) ?? manifest.platform.hostName
  }

  /// Brings the checksum beside the bundle up to date, where there is one.
  func renewChecksum(_ sha256: String) throws {
    let checksum = FilePath(path.string + ".sha256")
    guard FileManager.default.fileExists(atPath: checksum.string),
      let file = path.lastComponent?.string
    else { return }
    let open = try OpenOutput(.file(checksum), replaces: true)
    do {
      try open.descriptor.writeAll(Array("\(sha256)  \(file)\n".utf8))
      try open.commit(owner: nil)
    } catch {
      open.discard()
      throw error
    }
  }

  static func interrupted(_ name: String) -> BundleError {
    BundleError(
      code: "E302", what: "\(name) has no manifest, so that nothing can be added to it",
      why: "it was interrupted, or another program wrote it",
      remedy: "collect --cluster without --into, and pass on both files")
  }

  private static func format(of path: FilePath, _ name: String) throws -> BundleFormat? {
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      defer { try? descriptor.close() }
      let start = try descriptor.readChunk(upTo: 4)
      if start.starts(with: [0x1F, 0x8B]) { return .gzip }
      return start == [0x28, 0xB5, 0x2F, 0xFD] ? .zstd : nil
    } catch let error as Errno where error == .isDirectory {
      return nil
    } catch {
      throw BundleError(
        code: "E306", what: "\(name) cannot be read: \(error)",
        why: "the file doesn't exist, or this user may not read it",
        remedy: "check the path and its permissions")
    }
  }

  /// The kubelet may call the node something else than the host does.
  private static func objectName(_ rewriter: BundleRewriter) throws -> String? {
    var name: String?
    let wanted = Catalog.artifact(.nodeObject)?.path ?? ""
    try rewriter.files.forEach { file, next in
      guard name == nil, file.path == (rewriter.files.topFolder ?? "") + wanted else { return }
      var bytes: [UInt8] = []
      while let chunk = try next() { bytes += chunk }
      name = JSONTree(bytes)?.strings(at: ["metadata", "name"]).first
    }
    return name
  }
}

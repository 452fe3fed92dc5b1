import BundleModel
import FoundationEssentials

/// What the first pass over an input learns.
struct Index {
  /// One file of the input, in the order of the walk.
  struct File {
    let path: String
    let size: Int
    let modified: Int64
    let mode: Int
  }

  let name: String
  let limits: ReadLimits
  /// Whether files have the times at which they were gathered; a folder's may be those of a copy.
  let timesAreKept: Bool
  private(set) var files: [File] = []
  /// Symbolic links that an image's listing may want.
  private(set) var links: [(path: String, target: String)] = []
  private(set) var probe: LayoutProbe
  /// The prefix before `bundle.json`; `nil` as long as the input isn't known to be a bundle.
  private(set) var topFolder: String?
  private var manifestBytes: [UInt8]?
  private var header: [UInt8]?

  init(name: String, limits: ReadLimits, timesAreKept: Bool = true) {
    self.name = name
    self.timesAreKept = timesAreKept
    self.limits = limits
    probe = LayoutProbe(limits: limits)
  }

  /// Takes the next member in; reads it only when it is one of the two that describe the bundle.
  mutating func add(path: String, size: Int, from stream: any MemberStream) throws(BundleError) {
    files.append(File(path: path, size: size, modified: stream.modified, mode: stream.mode))
    probe.see(path)
    if topFolder == nil, files.count <= limits.probedEntries {
      topFolder = NativeLayout.topFolder(ofMark: path)
      if topFolder != nil { header = try read(stream) }
    }
    // A folder lists its files by name, so that the manifest may come before the mark is seen.
    if NativeLayout.isManifest(path) {
      manifestBytes = try read(stream)
    }
  }

  /// Takes a symbolic link in.
  mutating func add(link path: String, target: String) {
    if links.count < limits.listing, FileListing.mayHold(path) { links.append((path, target)) }
  }

  private func read(_ stream: any MemberStream) throws(BundleError) -> [UInt8] {
    var bytes: [UInt8] = []
    while let chunk = try stream.nextChunk() {
      bytes += chunk
      guard bytes.count <= limits.manifestBytes else {
        throw .exceeds(name, "its description has more than \(limits.manifestBytes) bytes")
      }
    }
    return bytes
  }

  /// The manifest, after checking that this version knows the bundle's format.
  func manifest() throws(BundleError) -> Manifest? {
    if let header {
      let schema = try? JSONDecoder().decode(SchemaOnly.self, from: Data(header)).schema
      if let schema, schema != Manifest.schemaName { throw .unknownFormat(name, schema: schema) }
    }
    guard let manifestBytes else { return nil }
    do {
      return try JSONDecoder().decode(Manifest.self, from: Data(manifestBytes))
    } catch {
      throw BundleError(
        code: "E302", what: "\(name) has a manifest that cannot be read",
        why: "the file was changed, or written by something else than cnitriage",
        remedy: "use the bundle as it was collected")
    }
  }

  private struct SchemaOnly: Decodable {
    let schema: String
  }
}

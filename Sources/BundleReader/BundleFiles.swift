public import BundleModel

/// The regular files of an archive or folder of any layout, with checked paths and within limits.
/// Links, devices and paths that leave the archive never reach the caller.
public struct BundleFiles: Sendable {
  /// The shown name of the input.
  public let name: String
  /// What the first walk ignored, such as links.
  public private(set) var notes: [String] = []
  /// What stands in front of the paths of a native bundle; `nil` for other layouts.
  public private(set) var topFolder: String?
  /// What the collector says about a native bundle; `nil` for other layouts and interrupted runs.
  public private(set) var manifest: Manifest?

  private let origin: BundleOrigin
  private let limits: ReadLimits

  /// One file during a walk.
  public struct File: Sendable {
    /// The checked path.
    public let path: String
    /// Bytes, as the archive declares them.
    public let size: Int
    /// Modification time in microseconds since 1970.
    public let modified: Int64
  }

  /// Gives the next bytes of a file, `nil` at its end.
  public typealias NextChunk = () throws(BundleError) -> ArraySlice<UInt8>?

  /// Opens an input and walks it once, so that a damaged or hostile one is refused before anything
  /// is made of it.
  public init(_ input: BundleInput, limits: ReadLimits = ReadLimits()) throws(BundleError) {
    name = input.name
    self.limits = limits
    origin = try BundleOrigin(input, limits: limits)
    var index = Index(name: name, limits: limits)
    let stream = try origin.stream(name: name, limits: limits)
    while let (path, size) = try stream.next() {
      try index.add(path: path, size: size, from: stream)
    }
    guard !index.files.isEmpty else { throw .notABundle(name, why: "it holds no files") }
    notes = stream.notes.lines
    topFolder = index.topFolder
    if topFolder != nil { manifest = try index.manifest() }
  }

  /// Walks the files in the order of the archive; what `body` doesn't read is skipped.
  public func forEach(_ body: (File, @escaping NextChunk) throws -> Void) throws {
    let stream = try origin.stream(name: name, limits: limits)
    while let (path, size) = try stream.next() {
      let file = File(path: path, size: size, modified: stream.modified)
      try body(file) { () throws(BundleError) in try stream.nextChunk() }
    }
  }
}

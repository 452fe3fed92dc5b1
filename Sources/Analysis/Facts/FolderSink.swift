import BundleArchive
import BundleModel
import FactRendering
import FactStore
import Facts
import FoundationEssentials
import ReportRendering
import SystemPackage

/// A folder with one file for every table and bundle. The files of a bundle get their names together,
/// when all of them are whole.
struct FolderSink: FactSink {
  let root: String
  let tables: [PublishedTable]
  let format: RowFormat
  let replaces: Bool
  let isCompressed: Bool

  /// How many bytes are gathered before they are compressed.
  static let chunkBytes = 256 << 10

  init(
    _ root: String, _ tables: [PublishedTable], format: RowFormat, replaces: Bool,
    isCompressed: Bool
  ) {
    self.root = root
    self.tables = tables
    self.format = format
    self.replaces = replaces
    self.isCompressed = isCompressed
  }

  private var suffix: String { ".\(format.rawValue)" + (isCompressed ? ".zst" : "") }

  func add(
    _ bundle: BundleFacts, isCancelled: @escaping @Sendable () -> Bool
  ) throws(AnalysisError) -> Int {
    var files: [PartialFile] = []
    var rows = 0
    let collectedAt = bundle.origin.collectedAtUs.map { RFC3339.string(microseconds: $0) }
    for table in tables {
      let folder = ExportLayout.folder(
        table: table.name, cluster: bundle.origin.cluster, collectedAt: collectedAt)
      let name = ExportLayout.component(bundle.origin.bundleID) + suffix
      var stream = RowStream(
        "\(root)/\(folder)/\(name)", table, format: format, isCompressed: isCompressed)
      var failure: AnalysisError?
      do throws(FactStoreError) {
        _ = try bundle.reader.forEachRow(of: table, isCancelled: isCancelled) { row in
          do throws(AnalysisError) {
            try stream.add(row)
            return true
          } catch {
            failure = error
            return false
          }
        }
      } catch {
        throw AnalysisError(error)
      }
      if let failure { throw failure }
      rows += stream.rows
      if let file = try stream.end() { files.append(file) }
    }
    try publish(files)
    return rows
  }

  /// Makes sure that every table has a file: engines refuse a pattern that no file matches.
  func finish() throws(AnalysisError) {
    for table in tables {
      let folder = ExportLayout.folder(table: table.name, cluster: nil, collectedAt: nil)
      let path = "\(root)/\(folder)/empty\(suffix)"
      guard !FileManager.default.fileExists(atPath: path) else { continue }
      var stream = RowStream(path, table, format: format, isCompressed: isCompressed)
      try stream.begin()
      guard let file = try stream.end() else { continue }
      // Another export into the same folder may have been faster; its file is the same.
      try publish([file], replacing: true)
    }
  }

  private func publish(_ files: [PartialFile], replacing: Bool? = nil) throws(AnalysisError) {
    let replacing = replacing ?? replaces
    if !replacing,
      let taken = files.first(where: { FileManager.default.fileExists(atPath: $0.path.string) })
    {
      throw .cannotCreate(taken.path.string, .fileExists)
    }
    for file in files {
      do throws(Errno) {
        try file.close()
        try file.publish(replacing: replacing)
      } catch {
        throw .cannotCreate(file.path.string, error)
      }
    }
  }
}

/// The rows of one table on their way to a file, which is made for the first of them.
private struct RowStream: ~Copyable {
  private(set) var rows = 0
  private let path: String
  private let columns: [String]
  private let isCompressed: Bool
  private var renderer: any RowRenderer
  private var buffer: [UInt8] = []
  private var file: PartialFile?
  private var writer: CompressedWriter?

  init(_ path: String, _ table: PublishedTable, format: RowFormat, isCompressed: Bool) {
    self.path = path
    self.isCompressed = isCompressed
    columns = table.columns.map(\.name)
    renderer = format.renderer(TextStyle(), isForTerminal: false)
  }

  /// Makes the file.
  mutating func begin() throws(AnalysisError) {
    let path = FilePath(path)
    do {
      try FileManager.default.createDirectory(
        atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    } catch {
      throw .cannotCreate(path.string, Self.errno(error))
    }
    do {
      let file = try PartialFile(path)
      writer = try CompressedWriter(
        file.descriptor, compression: isCompressed ? .zstd(level: 3) : .none)
      self.file = file
    } catch {
      throw .cannotCreate(path.string, Self.errno(error))
    }
    renderer.begin(columns, to: &buffer)
  }

  mutating func add(_ row: [FactValue]) throws(AnalysisError) {
    if file == nil { try begin() }
    renderer.add(row, to: &buffer)
    rows += 1
    if buffer.count >= FolderSink.chunkBytes { try flush() }
  }

  /// The file without its name yet; `nil` without any row.
  mutating func end() throws(AnalysisError) -> PartialFile? {
    guard let file else { return nil }
    renderer.end(to: &buffer)
    try flush()
    do {
      try writer?.end()
      try file.sync()
    } catch {
      throw .cannotCreate(path, Self.errno(error))
    }
    return file
  }

  private mutating func flush() throws(AnalysisError) {
    do throws(ArchiveError) {
      try writer?.write(buffer[...])
    } catch {
      throw .cannotCreate(path, Self.errno(error))
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private static func errno(_ error: any Error) -> Errno {
    switch error {
    case let error as Errno: error
    case let error as ArchiveError: Errno(rawValue: error.code)
    case let error as CocoaError where error.code == .fileWriteOutOfSpace: .noSpace
    case let error as CocoaError where error.code == .fileWriteFileExists: .notDirectory
    case let error as CocoaError where error.code == .fileWriteNoPermission: .permissionDenied
    default: .ioError
    }
  }
}

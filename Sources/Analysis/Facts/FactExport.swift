import BundleArchive
import FactRendering
import FactStore
import Facts
import FoundationEssentials
import SystemPackage

/// Where facts are exported to.
public struct ExportTarget: Sendable, Hashable {
  /// The form of the export.
  public enum Form: String, Sendable, CaseIterable {
    /// One SQLite database.
    case sqlite
    /// A folder of JSON Lines files.
    case jsonl
    /// A folder of CSV files.
    case csv
  }

  /// The form.
  public let form: Form
  /// The file or folder.
  public let path: String

  /// Reads `FORM=PATH`.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let form = Form(rawValue: String(parts[0])), !parts[1].isEmpty else {
      return nil
    }
    self.form = form
    path = String(parts[1])
  }
}

/// Takes the facts of bundles, one after the other.
protocol FactSink {
  /// Adds a bundle, or nothing of it when that fails.
  func add(_ bundle: BundleFacts, isCancelled: @escaping @Sendable () -> Bool)
    throws(AnalysisError) -> Int
  /// Gives the export its name.
  func finish() throws(AnalysisError)
}

/// An export to one or more places.
public struct FactExport {
  /// How many rows were written so far.
  public private(set) var rows = 0
  private let sinks: [any FactSink]

  /// Starts an export.
  ///
  /// - Parameters:
  ///   - targets: where to.
  ///   - replaces: whether files of earlier exports may be replaced.
  ///   - isCompressed: whether files of a folder are compressed.
  public init(
    to targets: [ExportTarget], replaces: Bool, isCompressed: Bool
  ) throws(AnalysisError) {
    let tables = try BundleFacts.tables()
    var sinks: [any FactSink] = []
    for target in targets {
      switch target.form {
      case .sqlite: sinks.append(try DatabaseSink(target.path, tables, replaces: replaces))
      case .jsonl, .csv:
        sinks.append(
          FolderSink(
            target.path, tables, format: target.form == .csv ? .csv : .jsonl, replaces: replaces,
            isCompressed: isCompressed))
      }
    }
    self.sinks = sinks
  }

  /// Adds a bundle.
  public mutating func add(
    _ bundle: BundleFacts, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(AnalysisError) {
    var count = 0
    for sink in sinks { count = try sink.add(bundle, isCancelled: isCancelled) }
    rows += count
  }

  /// Ends the export; without it nothing of a database appears.
  public func finish() throws(AnalysisError) {
    for sink in sinks { try sink.finish() }
  }
}

/// One SQLite database that appears when all bundles are in it.
private struct DatabaseSink: FactSink {
  let file: PartialFile
  let fleet: FleetDatabase
  let replaces: Bool

  init(_ path: String, _ tables: [PublishedTable], replaces: Bool) throws(AnalysisError) {
    self.replaces = replaces
    if !replaces, FileManager.default.fileExists(atPath: path) {
      throw .cannotCreate(path, .fileExists)
    }
    do throws(Errno) {
      file = try PartialFile(FilePath(path))
    } catch {
      throw .cannotCreate(path, error)
    }
    do throws(FactStoreError) {
      fleet = try FleetDatabase(at: file.partialPath.string, tables: tables)
    } catch {
      throw Self.failure(error, path)
    }
  }

  func add(
    _ bundle: BundleFacts, isCancelled: @escaping @Sendable () -> Bool
  ) throws(AnalysisError) -> Int {
    do throws(FactStoreError) {
      return try fleet.add(bundle.reader, isCancelled: isCancelled)
    } catch {
      throw Self.failure(error, file.path.string)
    }
  }

  func finish() throws(AnalysisError) {
    do throws(FactStoreError) {
      try fleet.close()
    } catch {
      throw Self.failure(error, file.path.string)
    }
    do throws(Errno) {
      try file.sync()
      try file.close()
      try file.publish(replacing: replaces)
    } catch {
      throw .cannotCreate(file.path.string, error)
    }
  }

  private static func failure(_ error: FactStoreError, _ path: String) -> AnalysisError {
    // SQLite's own words for it, whatever the language of the machine.
    if error.reason.contains("disk is full") { return .cannotCreate(path, .noSpace) }
    return AnalysisError(error)
  }
}

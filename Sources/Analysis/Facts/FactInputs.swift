import BundleArchive
public import BundleReader
import FactStore
import FoundationEssentials
import SystemPackage

/// What `query` and `export` are told to read: bundles, folders with bundles, or one database that
/// was written earlier.
public enum FactInputs: Sendable, Equatable {
  /// Bundles, in the order in which they are read.
  case bundles([BundleInput])
  /// A database.
  case database(String)

  /// Looks at what the arguments of a command line are.
  public init(_ arguments: [String]) throws(AnalysisError) {
    if let database = arguments.first(where: Self.isDatabase) {
      guard arguments.count == 1 else {
        throw AnalysisError(
          code: "E101", what: "\(database) is a database and stands among other inputs",
          why: "a database holds all of its bundles already",
          remedy: "name the database alone, or the bundles themselves", exitCode: 2)
      }
      self = .database(database)
      return
    }
    var inputs: [BundleInput] = []
    for argument in arguments {
      inputs += argument == "-" ? [.standardInput] : Self.bundles(at: argument)
    }
    guard inputs.filter({ $0 == .standardInput }).count < 2 else {
      throw AnalysisError(
        code: "E101", what: "standard input is named twice", why: "it holds one bundle",
        remedy: "name - once", exitCode: 2)
    }
    self = .bundles(inputs)
  }

  private static func isDatabase(_ path: String) -> Bool {
    // What can't be read here is reported when it is opened.
    guard path != "-",
      let file = try? FileDescriptor.open(
        FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
    else { return false }
    defer { try? file.close() }
    let mark = Array("SQLite format 3\0".utf8)
    let start = try? file.readChunk(upTo: mark.count)
    return start == mark
  }

  /// A folder that is no bundle itself stands for the bundles in it.
  private static func bundles(at path: String) -> [BundleInput] {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder,
      // What cannot be listed is reported when it is opened.
      let names = try? FileManager.default.contentsOfDirectory(atPath: path)
    else { return [.path(path)] }
    let archives = names.sorted().filter { name in
      [".tar.zst", ".tar.gz", ".tar.xz", ".tgz", ".tar"].contains { name.hasSuffix($0) }
        && !name.hasPrefix(".")
    }
    let folder = path.hasSuffix("/") ? path : path + "/"
    return archives.isEmpty ? [.path(path)] : archives.map { .path(folder + $0) }
  }
}

extension FactInputs {
  /// How reading many bundles went.
  public struct Summary: Sendable, Equatable {
    /// Bundles that were read.
    public var read = 0
    /// Inputs that could not be read, or stood there twice.
    public var failed = 0

    /// 3 when nothing could be read, 4 with `strict` when something could not; else 0.
    public func exitCode(strict: Bool) -> Int32 {
      if failed > 0, read == 0 { return 3 }
      return failed > 0 && strict ? 4 : 0
    }
  }

  /// Reads bundles one after the other; only one is in memory at a time.
  ///
  /// - Parameters:
  ///   - inputs: what to read.
  ///   - acceptsDamage: whether damaged archives are read as far as they go.
  ///   - isCancelled: asked between two bundles whether to give up.
  ///   - report: gets the error of every input that is left out.
  ///   - body: gets every bundle; what it throws ends the run.
  public static func read(
    _ inputs: [BundleInput], acceptsDamage: Bool, isCancelled: () -> Bool,
    report: (AnalysisError) -> Void, _ body: (BundleFacts) throws(AnalysisError) -> Void
  ) throws(AnalysisError) -> Summary {
    var summary = Summary()
    var names: [String: String] = [:]
    for input in inputs where !isCancelled() {
      let bundle: BundleFacts
      do throws(AnalysisError) {
        bundle = try BundleFacts(input, acceptsDamage: acceptsDamage)
        if let other = names.updateValue(bundle.name, forKey: bundle.origin.bundleID) {
          throw AnalysisError(
            code: "E310", what: "\(bundle.name) has the bundle id of \(other)",
            why: "it is the same bundle, or one that was changed", remedy: "name it once",
            exitCode: 3)
        }
      } catch {
        guard error.exitCode == 3 else { throw error }
        summary.failed += 1
        report(error)
        continue
      }
      try body(bundle)
      summary.read += 1
    }
    return summary
  }
}

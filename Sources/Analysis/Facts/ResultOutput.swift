import BundleArchive
import SystemPackage

/// Where a result goes: standard output, or a file that appears when it is whole.
public struct ResultOutput {
  private let file: PartialFile?

  /// Opens a file; `-` is standard output. A file that exists is replaced.
  public init(_ path: String) throws(AnalysisError) {
    guard path != "-" else {
      file = nil
      return
    }
    do throws(Errno) {
      file = try PartialFile(FilePath(path))
    } catch {
      throw .cannotCreate(path, error)
    }
  }

  /// Writes bytes; `false` when the reader went away, as in `| head`.
  public func write(_ bytes: [UInt8]) throws(AnalysisError) -> Bool {
    do {
      _ = try (file?.descriptor ?? .standardOutput).writeAll(bytes)
      return true
    } catch let error as Errno where error == .brokenPipe && file == nil {
      return false
    } catch {
      let name = file?.path.string ?? "standard output"
      throw .cannotCreate(name, error as? Errno ?? .ioError)
    }
  }

  /// Gives a file its name.
  public func finish() throws(AnalysisError) {
    guard let file else { return }
    do throws(Errno) {
      try file.sync()
      try file.close()
      try file.publish(replacing: true)
    } catch {
      throw .cannotCreate(file.path.string, error)
    }
  }
}

extension AnalysisError {
  static func cannotCreate(_ path: String, _ error: Errno) -> AnalysisError {
    switch error {
    case .noSpace, .diskQuotaExceeded:
      AnalysisError(
        code: "E202", what: "no space is left for \(path)", why: "the disk or a quota is full",
        remedy: "make room, or name a file on another disk", exitCode: 6)
    case .fileExists:
      AnalysisError(
        code: "E203", what: "cannot create \(path): it exists already",
        why: "results of earlier runs are not written over by accident",
        remedy: "--overwrite, or another name", exitCode: 6)
    default:
      AnalysisError(
        code: "E203", what: "cannot create \(path): \(error)",
        why: "the folder doesn't exist or is not writable",
        remedy: "name a file in a folder of your own", exitCode: 6)
    }
  }
}

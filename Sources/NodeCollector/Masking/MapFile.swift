import BundleArchive
import BundleModel
import FoundationEssentials
public import SystemPackage

/// The file that says what the pseudonyms of one bundle stand for. It never enters the bundle.
public struct MapFile {
  /// The form's name and version.
  static let schemaName = "cnitriage.map/1"

  private struct Document: Encodable {
    var schema = MapFile.schemaName
    var bundle: String
    var redaction: RedactionLevel
    /// Whether every pseudonym of the bundle is among the pairs.
    var complete: Bool
    var pairs: [String: String]
  }

  /// What a user must know of a map that is full.
  public static let incompleteness =
    "the map is full: some pseudonyms of the bundle can't be translated back"

  /// Where the map of a bundle stands if nobody says otherwise.
  public static func standardPath(beside bundle: FilePath) -> FilePath {
    let name = bundle.lastComponent?.string ?? "bundle"
    return bundle.removingLastComponent().appending("\(name).map.json")
  }

  /// Writes the map of a masking, with mode 0600 and without replacing a file.
  public static func write(
    _ masking: Masking, of bundle: String, to path: FilePath
  ) throws(CollectError) {
    let output = try OpenOutput(.file(path))
    do {
      let bytes = try JSONBytes.encode(
        Document(
          bundle: bundle, redaction: masking.level, complete: !masking.leavesPairsOut,
          pairs: masking.pairs))
      try output.descriptor.writeAll(bytes)
      try output.commit(owner: nil)
    } catch let error as CollectError {
      output.discard()
      throw error
    } catch {
      output.discard()
      throw CollectError(
        code: "E203", kind: .environment, what: "cannot write the map \(path): \(error)",
        why: "the disk is full, or its folder is not writable", remedy: "--map with another file")
    }
  }

  /// Refuses a place where the map couldn't be written, before a long run.
  public static func check(_ path: FilePath) throws(CollectError) {
    let folder = path.removingLastComponent()
    let place = folder.isEmpty ? "." : folder.string
    guard !FileManager.default.fileExists(atPath: path.string),
      FileManager.default.isWritableFile(atPath: place)
    else {
      throw CollectError(
        code: "E203", kind: .environment, what: "cannot create \(path)",
        why: "the file exists already, or its folder is not writable",
        remedy: "--map with another file")
    }
  }
}

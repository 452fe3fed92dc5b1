import BundleArchive
import FoundationEssentials

/// The bytes behind an input: an open archive, or a folder. They can be walked more than once.
enum BundleOrigin: Sendable {
  case archive(OpenFile)
  case folder(String)

  /// Opens an input; standard input is copied to a file without a name first.
  init(_ input: BundleInput, limits: ReadLimits) throws(BundleError) {
    switch input {
    case .standardInput:
      let file = try OpenFile.spoolingStandardInput(limits: limits)
      try FileSignature.check(file, name: input.name)
      self = .archive(file)
    case .path(let path):
      var isFolder = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder {
        self = .folder(path)
        return
      }
      let file = try OpenFile.open(path, name: input.name)
      try FileSignature.check(file, name: input.name)
      self = .archive(file)
    }
  }

  /// Starts a walk over the members.
  func stream(name: String, limits: ReadLimits) throws(BundleError) -> any MemberStream {
    switch self {
    case .archive(let file): try ArchiveStream(file, name: name, limits: limits)
    case .folder(let path): try FolderStream(path, name: name, limits: limits)
    }
  }
}

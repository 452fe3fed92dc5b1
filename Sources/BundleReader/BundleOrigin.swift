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

  /// Whether it is an archive, which keeps the times of its members.
  var isArchive: Bool {
    if case .archive = self { true } else { false }
  }

  /// Starts a walk over the members as they stand.
  func stream(name: String, limits: ReadLimits) throws(BundleError) -> any MemberStream {
    try stream(name: name, limits: limits, budget: ReadBudget(name: name, limits: limits))
  }

  /// Starts a walk that goes into archives inside the input as well, and stays out of the folders
  /// of a whole machine that hold nothing of interest.
  func deepStream(name: String, limits: ReadLimits) throws(BundleError) -> any MemberStream {
    let budget = ReadBudget(name: name, limits: limits)
    return NestedStream(
      try stream(name: name, limits: limits, budget: budget, isSelective: true), limits: limits,
      budget: budget)
  }

  private func stream(
    name: String, limits: ReadLimits, budget: ReadBudget, isSelective: Bool = false
  ) throws(BundleError) -> any MemberStream {
    switch self {
    case .archive(let file):
      try ArchiveStream(file, name: name, limits: limits, budget: budget)
    case .folder(let path):
      try FolderStream(path, name: name, limits: limits, isSelective: isSelective)
    }
  }
}

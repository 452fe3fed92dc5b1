import BundleModel
import FoundationEssentials
import Glibc
public import SystemPackage

/// The folder that a bundle is written to: kept for one run, cleared of what earlier runs lost, and
/// checked for space before anything is gathered.
public struct OutputFolder: Sendable {
  /// Path of the folder.
  public let path: FilePath
  /// Unfinished files of earlier runs that were removed.
  public let removed: [String]
  private let lock: FolderLock?

  /// How old an unfinished file must be to count as left behind, in seconds.
  static let staleSeconds: Double = 3600

  /// Takes a folder for one run.
  ///
  /// - Parameters:
  ///   - file: the bundle to come.
  ///   - sharing: whether other runs may write there at the same time.
  public init(for file: FilePath, sharing: Bool) throws(CollectError) {
    let folder = file.removingLastComponent()
    path = folder.isEmpty ? "." : folder
    do throws(FolderLock.Failure) {
      lock = try FolderLock(path.string)
    } catch {
      switch error {
      case .isHeld where sharing: lock = nil
      case .isHeld: throw Self.busy(path)
      case .cannotOpen(let code): throw Self.missing(path, code)
      }
    }
    removed = Self.removeStale(in: path.string)
  }

  /// Refuses a plan that would fill the disk.
  public func checkSpace(
    for plan: Plan, host: Host, limits: CollectLimits
  ) async throws(CollectError) {
    // A file system that can't be asked is found full, if it is, while the bundle is written.
    guard let space = try? FileSystemSpace(of: path) else { return }
    let look: @Sendable () -> Int = { ArchiveEstimate(host: host, limits: limits).bytes(plan) }
    // Where the sizes can't be had in time, the items will tell.
    let estimate =
      await BlockingThread.run(seconds: BlockingThread.lookSeconds, look)
      ?? ArchiveEstimate.constantBytes
    let reserve = limits.minimumFreeBytes ?? space.standardReserve
    guard space.free < estimate + reserve else { return }
    throw CollectError(
      code: "E202", kind: .environment,
      what:
        "\(mebibytes(space.free)) free in \(path), about \(mebibytes(estimate + reserve)) needed",
      why: "archive estimate \(mebibytes(estimate)), \(mebibytes(reserve)) stay free (--min-free)",
      remedy: "-o with a folder on another disk, --profile minimal, or -o - over ssh")
  }

  private func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }

  private static func removeStale(in folder: String) -> [String] {
    let manager = FileManager.default
    // A folder that can't be listed shows nothing that was left behind.
    let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
    let limit = Date().addingTimeInterval(-staleSeconds)
    return names.sorted().filter { name in
      let isOurs = [".cnitriage-", ".eks_"].contains { name.hasPrefix($0) }
      guard isOurs, name.hasSuffix(".partial") else { return false }
      let path = "\(folder)/\(name)"
      guard let attributes = try? manager.attributesOfItem(atPath: path),
        attributes[.type] as? FileAttributeType == .typeRegular,
        attributes[.ownerAccountID] as? UInt == UInt(geteuid()),
        let modified = attributes[.modificationDate] as? Date, modified < limit
      else { return false }
      return (try? manager.removeItem(atPath: path)) != nil
    }
  }

  private static func busy(_ folder: FilePath) -> CollectError {
    CollectError(
      code: "E204", kind: .environment, what: "another run writes to \(folder)",
      why: "two runs at once would slow the node and each other",
      remedy: "wait for it, -o with another folder, or --force-parallel")
  }

  private static func missing(_ folder: FilePath, _ error: Errno) -> CollectError {
    CollectError(
      code: "E203", kind: .environment, what: "cannot write to \(folder): \(error)",
      why: "the output folder is missing or may not be read by this user",
      remedy: "-o with another folder, or -o - to stream the bundle")
  }
}

/// How large the archive of a plan may become, from the files that are there.
struct ArchiveEstimate {
  let host: Host
  let limits: CollectLimits

  /// Logs shrink to less than an eighth as a rule.
  static let ratio = 8
  /// Everything that is not a file, and the manifest.
  static let constantBytes = 8 << 20

  func bytes(_ plan: Plan) -> Int {
    let files = plan.items.reduce(0) { $0 + size(of: $1) }
    return min(files, limits.totalBytes) / Self.ratio + Self.constantBytes
  }

  private func size(of artifact: Artifact) -> Int {
    let limit = limits.filesPerGroup
    let patterns: [String]
    switch artifact.source {
    case .file(let paths): patterns = paths
    case .files(let paths): patterns = paths
    default: return 0
    }
    let files = FileListing(host: host, limit: limit).files(matching: patterns).files
    let sizes = files.reduce(0) { $0 + min($1.status.size, artifact.capBytes) }
    return artifact.groupBytes.map { min(sizes, $0) } ?? sizes
  }
}

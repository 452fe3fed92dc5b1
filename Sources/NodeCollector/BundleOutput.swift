import FoundationEssentials
import Glibc
public import SystemPackage

/// Where a bundle goes: a file that appears under its final name only when it is whole, or standard
/// output.
public enum BundleOutput: Sendable, Equatable {
  /// A file in an existing or creatable folder.
  case file(FilePath)
  /// Standard output; nothing is written on the node.
  case standardOutput

  /// Where the bundle is written until it is whole.
  public var partialPath: FilePath? {
    guard case .file(let path) = self else { return nil }
    let name = path.lastComponent?.string ?? "bundle"
    return path.removingLastComponent().appending(".\(name).partial")
  }
}

/// The open end of an output.
struct OpenOutput {
  let descriptor: FileDescriptor
  /// The name under which the file will appear; `nil` for standard output.
  let final: FilePath?
  let partial: FilePath?
  private let replaces: Bool

  /// Opens an output; a file gets a temporary name and mode 0600. A file that exists already is an
  /// error, unless it is to be replaced.
  init(_ output: BundleOutput, replaces: Bool = false) throws(CollectError) {
    self.replaces = replaces
    guard case .file(let path) = output, let partial = output.partialPath else {
      descriptor = .standardOutput
      final = nil
      partial = nil
      return
    }
    guard replaces || !FileManager.default.fileExists(atPath: path.string) else {
      throw Self.cannotCreate(path, "it exists already")
    }
    do {
      descriptor = try FileDescriptor.open(
        partial, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: .ownerReadWrite)
    } catch {
      throw Self.cannotCreate(path, "\(error)")
    }
    self.partial = partial
    final = path
  }

  /// Hands everything to the disk and lets go of it in memory, so that what is read back comes from
  /// the disk.
  func sync() throws(Errno) {
    guard partial != nil else { return }
    guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    // A file system that keeps the pages makes the check weaker, not wrong.
    _ = posix_fadvise(descriptor.rawValue, 0, 0, POSIX_FADV_DONTNEED)
  }

  /// Makes the finished file durable and visible under its name.
  func commit(owner: BundleOwner?) throws(CollectError) {
    guard let partial, let final else { return }
    do {
      try sync()
      if let owner { _ = fchown(descriptor.rawValue, owner.user, owner.group) }
      try descriptor.close()
      if replaces {
        try FileReplacement.rename(partial, to: final)
      } else {
        try FileReplacement.renameNew(partial, to: final)
      }
      try syncFolder(of: final)
    } catch {
      discard()
      throw Self.cannotCreate(final, "\(error)")
    }
  }

  /// Writes the checksum beside the finished file, in the form that `sha256sum -c` reads.
  func writeChecksum(_ sha256: String, owner: BundleOwner?) throws(CollectError) {
    guard let final, let name = final.lastComponent?.string else { return }
    let path = FilePath(final.string + ".sha256")
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: .ownerReadWrite)
      defer { try? file.close() }
      try file.writeAll(Array("\(sha256)  \(name)\n".utf8))
      if let owner { _ = fchown(file.rawValue, owner.user, owner.group) }
    } catch {
      throw Self.cannotCreate(path, "\(error)")
    }
  }

  /// Removes what was written so far.
  func discard() {
    guard let partial else { return }
    // Nothing more can be done about a file that can't be removed; its name says what it is.
    try? descriptor.close()
    try? FileManager.default.removeItem(atPath: partial.string)
  }

  private func syncFolder(of path: FilePath) throws {
    let folder = path.removingLastComponent()
    let handle = try FileDescriptor.open(
      folder.isEmpty ? "." : folder, .readOnly, options: [.closeOnExec, .directory])
    defer { try? handle.close() }
    _ = fsync(handle.rawValue)
  }

  private static func cannotCreate(_ path: FilePath, _ detail: String) -> CollectError {
    CollectError(
      code: "E203", kind: .environment, what: "cannot create \(path): \(detail)",
      why: "the output folder is missing, full or not writable, or the name is taken",
      remedy: "-o /var/tmp, another name, or -o - to stream the bundle")
  }
}

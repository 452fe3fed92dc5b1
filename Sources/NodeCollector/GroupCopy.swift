import BundleModel

/// The members of a group of files as they are read, within the bounds of the group.
struct GroupCopy {
  private let artifact: Artifact
  private var bytesLeft: Int
  /// The files that were asked for, by their paths, as they were when they were listed.
  private var listed: [String: FileStatus] = [:]
  /// Members so far.
  private(set) var members: [CollectedMember] = []

  init(_ artifact: Artifact) {
    self.artifact = artifact
    bytesLeft = artifact.groupBytes ?? .max
  }

  /// Reads files; of a group with a bound of its own the newest ones first.
  mutating func take(
    _ listed: [FileListing.File], with source: FileSource, until deadline: Int64
  ) async {
    var files = listed
    if artifact.groupBytes != nil {
      files.sort { ($1.status.modified, $0.path) < ($0.status.modified, $1.path) }
    }
    let limit = source.limits.filesPerGroup
    for file in files.prefix(limit) { await take(file, with: source, until: deadline) }
    if files.count > limit {
      var member = source.begin(artifact, origin: files[limit].path)
      member.end(.skipped, "\(files.count - limit) older files over the limit of \(limit) files")
      members.append(member)
    }
  }

  /// Reads what a second listing shows and the first one did not give: a log that was renamed
  /// before it could be read. A name that is stored already has been made anew since.
  mutating func takeLate(
    _ listed: [FileListing.File], with source: FileSource, until deadline: Int64
  ) async {
    let inodes = Set(members.compactMap { $0.spool == nil ? nil : $0.item.originInode })
    let origins = Set(members.compactMap { $0.spool == nil ? nil : $0.item.source.origin })
    let skipped = Set(
      members.filter { $0.item.status == .skipped }.compactMap(\.item.source.origin))
    for file in listed
    where !inodes.contains(file.status.inode) && !origins.contains(file.path)
      && !skipped.contains(file.path)
    {
      await take(file, with: source, until: deadline)
    }
    settleMissing()
  }

  /// What was listed and then renamed or compressed is not missing: it came under its new name. What
  /// was removed before it could be read is lost, and says so.
  private mutating func settleMissing() {
    let stored = members.filter { $0.spool != nil }
    let inodes = Set(stored.compactMap(\.item.originInode))
    let origins = Set(stored.compactMap(\.item.source.origin))
    for index in members.indices.reversed() where members[index].item.status == .missing {
      guard let path = members[index].item.source.origin, let status = listed[path] else {
        continue
      }
      if inodes.contains(status.inode) || origins.contains(path + ".gz") {
        members.remove(at: index)
      } else {
        members[index].end(
          .missing, "it was removed before it could be read: \(status.size) bytes")
      }
    }
  }

  private mutating func take(
    _ file: FileListing.File, with source: FileSource, until deadline: Int64
  ) async {
    guard bytesLeft > 0 else {
      var member = source.begin(artifact, origin: file.path)
      member.end(
        .skipped, "newer files fill the limit of \(artifact.groupBytes ?? 0) bytes of this item")
      members.append(member)
      return
    }
    listed[file.path] = file.status
    let member = await source.read(
      file.path, at: file.place, for: artifact,
      to: GroupPath.member(of: artifact, origin: file.path),
      capBytes: min(artifact.capBytes, bytesLeft), seconds: source.left(deadline))
    bytesLeft -= min(member.spool?.offered ?? 0, artifact.capBytes)
    members.append(member)
  }
}

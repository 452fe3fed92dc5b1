import BundleModel

/// The members of a group of files as they are read, within the bounds of the group.
struct GroupCopy {
  private let artifact: Artifact
  private var bytesLeft: Int
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
    // What was listed and then renamed away is not missing: it came under its new name, or went.
    let isAnyStored = members.contains { $0.spool != nil }
    if isAnyStored { members.removeAll { $0.item.status == .missing } }
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
    let member = await source.read(
      file.path, at: file.place, for: artifact,
      to: GroupPath.member(of: artifact, origin: file.path),
      capBytes: min(artifact.capBytes, bytesLeft), seconds: source.left(deadline))
    bytesLeft -= min(member.spool?.offered ?? 0, artifact.capBytes)
    members.append(member)
  }
}

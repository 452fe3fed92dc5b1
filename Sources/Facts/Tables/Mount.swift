import BundleModel

/// A mounted file system, and how full it is.
public struct Mount: FactTable {
  var mountPoint: String
  var type: String?
  var source: String?
  var options: String?
  var isReadOnly: Bool?
  var totalBytes: Int64?
  var availableBytes: Int64?
  var usedPercent: Int64?
  var inodes: Int64?
  var inodesFree: Int64?
  var inodesUsedPercent: Int64?
  var notAsked: String?

  /// The declaration of `mount`.
  public static let schema = Schema<Self>(
    "mount",
    "Mounted file systems, and how full they are; other archives tell space and inodes in"
      + " rows of their own.",
    from: [
      .mounts, .foreignMounts, .foreignProcMounts, .foreignDiskUse, .foreignInodeUse,
    ],
    columns: [
      Column("mount_point", \.mountPoint, "Folder where it is mounted."),
      Column("type", \.type, "Kind of file system, such as xfs or nfs4."),
      Column("source", \.source, "Device or server that it comes from."),
      Column("options", \.options, "Options of the mount, separated by commas."),
      Column("is_read_only", \.isReadOnly, "1 if nothing can be written; else 0."),
      Column("total_bytes", \.totalBytes, "Its size in bytes."),
      Column(
        "available_bytes", \.availableBytes, "What users other than root may write, in bytes."),
      Column("used_percent", \.usedPercent, "How full it is, as df reckons it, rounded up."),
      Column("inodes", \.inodes, "Files that it can hold; 0 where there is no limit."),
      Column("inodes_free", \.inodesFree, "Files that it can still hold."),
      Column("inodes_used_percent", \.inodesUsedPercent, "Share of files in use, rounded up."),
      Column("not_asked", \.notAsked, "Why it was not asked, such as network; NULL if it was."),
    ])

  init(_ mountPoint: String) {
    self.mountPoint = mountPoint
  }

  /// Reads our document, or what `mount`, `df` and `df --inodes` print.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard input.artifact == .mounts else { return try MountText.read(&input, &rows) }
    guard let document = try input.readJSON(&rows) else { return }
    for mount in document["mounts"]?.array ?? [] {
      guard let point = mount["mount_point"]?.filledString else {
        rows.unreadable("a mount without a folder", line: mount.object?.line)
        continue
      }
      var row = Self(point)
      row.type = mount["type"]?.filledString
      row.source = mount["source"]?.filledString
      row.options = mount["options"]?.filledString
      row.notAsked = mount["not_asked"]?.filledString
      row.isReadOnly = row.options.map { $0.split(separator: ",").contains("ro") }
      if let space = mount["space"], space.object != nil { row.readSpace(space) }
      rows.append(row, line: mount.object?.line)
    }
  }

  private mutating func readSpace(_ space: JSONValue) {
    let block = space["block_bytes"]?.integer ?? 0
    func bytes(_ key: String) -> Int64? {
      space[key]?.integer.flatMap { NodeLoad.product($0, block) }
    }
    totalBytes = bytes("blocks")
    availableBytes = bytes("blocks_available")
    if let blocks = space["blocks"]?.integer, let free = space["blocks_free"]?.integer,
      let available = space["blocks_available"]?.integer
    {
      usedPercent = Self.percent(used: blocks &- free, available: available)
    }
    inodes = space["inodes"]?.integer
    inodesFree = space["inodes_free"]?.integer
    if let inodes, let inodesFree {
      inodesUsedPercent = Self.percent(used: inodes &- inodesFree, available: inodesFree)
    }
    if space["read_only"]?.bool == true { isReadOnly = true }
  }

  /// As df reckons it: what root alone may use counts neither as used nor as free.
  static func percent(used: Int64, available: Int64) -> Int64? {
    guard used >= 0, available >= 0 else { return nil }
    let (sum, overflow) = used.addingReportingOverflow(available)
    guard !overflow, sum > 0 else { return nil }
    return Int64((Double(used) * 100 / Double(sum)).rounded(.up))
  }
}

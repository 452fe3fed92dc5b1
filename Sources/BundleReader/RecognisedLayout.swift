import BundleModel

/// A file that is handed out, and how.
struct BundleEntry: Sendable {
  var member: BundleMember
  var parts: TextParts.Form?
  /// Files of the same name that stand before it and don't count.
  var earlier = 0
}

/// What an index is, once its layout is known: members with their items.
struct RecognisedLayout {
  let kind: BundleKind
  let manifest: Manifest?
  let tool: SourceTool
  private(set) var members: [BundleMember] = []
  private(set) var entries: [String: BundleEntry] = [:]
  private(set) var missing: [ArtifactID] = []
  private(set) var listing: [UInt8]?
  private(set) var notes: [String] = []
}

extension RecognisedLayout {
  /// A bundle of ours: the manifest says what belongs where.
  init(native index: Index) throws(BundleError) {
    kind = .native
    let manifest = try index.manifest()
    self.manifest = manifest
    tool = SourceTool(
      name: manifest?.tool.name ?? BundleKind.native.collector, version: manifest?.tool.version,
      startedAtUs: manifest.flatMap { RFC3339.microseconds(of: $0.startedAt) })
    var claims: [String: ManifestItem] = [:]
    for item in manifest?.items ?? [] {
      if let path = item.path { claims[path] = item }
    }
    let topFolder = index.topFolder ?? ""
    for (file, earlier) in Self.lastOnes(of: index, below: topFolder) {
      let path = String(file.path.dropFirst(topFolder.count))
      let claim = claims[path]
      let member = BundleMember(
        path: path,
        artifact: claim?.id ?? (manifest == nil ? NativeLayout.artifact(at: path) : nil),
        origin: claim?.source.origin, size: file.size)
      members.append(member)
      if member.artifact != nil {
        entries[file.path] = BundleEntry(member: member, earlier: earlier)
      }
    }
    noteDuplicates(in: index, below: topFolder)
    if manifest == nil { notes.append("no manifest: the collector was interrupted") }
  }

  /// An archive of another collector, or an image: names say what belongs where.
  init(_ index: Index, _ match: LayoutProbe.Match) {
    kind = match.layout.kind
    manifest = nil
    tool = Self.tool(of: index, match)
    var found: [(file: Index.File, earlier: Int, path: String, placement: Placement)] = []
    for (file, earlier) in Self.lastOnes(of: index, below: match.folder) {
      let path = String(file.path.dropFirst(match.folder.count))
      guard let placement = match.layout.placement(of: path) else {
        // Of an image only few files are evidence.
        if kind != .rootFileSystem {
          members.append(BundleMember(path: path, artifact: nil, origin: nil, size: file.size))
        }
        continue
      }
      found.append((file, earlier, path, placement))
    }
    let subjects = Set(found.filter { !$0.placement.isSpare }.compactMap(\.placement.subject))
    var ranks: [ArtifactID: Int] = [:]
    for case let (artifact?, rank?) in found.map({
      ($0.placement.artifacts.first, $0.placement.rank)
    }) {
      ranks[artifact] = min(ranks[artifact] ?? rank, rank)
    }
    for (file, earlier, path, placement) in found {
      if placement.isSpare, placement.subject.map(subjects.contains) == true { continue }
      if let rank = placement.rank, let artifact = placement.artifacts.first,
        ranks[artifact] != rank
      {
        continue
      }
      add(file, earlier, path, placement)
    }
    noteDuplicates(in: index, below: match.folder)
    for folder in match.others {
      notes.append("\(Shown.text(folder)) holds a bundle of its own, which is not read")
    }
    if kind == .rootFileSystem { addListing(of: index, below: match.folder) }
  }

  private mutating func add(
    _ file: Index.File, _ earlier: Int, _ path: String, _ placement: Placement
  ) {
    for artifact in placement.artifacts {
      members.append(
        BundleMember(
          path: path, artifact: artifact, origin: placement.origin, size: file.size,
          modified: file.modified > 0 ? file.modified : nil))
    }
    if let member = members.last {
      entries[file.path] = BundleEntry(member: member, parts: placement.parts, earlier: earlier)
    }
  }

  private mutating func addListing(of index: Index, below folder: String) {
    let present = Set(members.compactMap(\.artifact))
    missing = RootFileSystemLayout.items.filter { !present.contains($0) }
    var all = FileListing(limit: index.limits.listing)
    for file in index.files where file.path.hasPrefix(folder) {
      all.add(String(file.path.dropFirst(folder.count)), size: file.size, mode: file.mode)
    }
    for link in index.links where link.path.hasPrefix(folder) {
      all.add(String(link.path.dropFirst(folder.count)), target: link.target)
    }
    let bytes = all.bytes
    guard !bytes.isEmpty else { return }
    listing = bytes
    members.append(
      BundleMember(
        path: FileListing.path, artifact: .foreignFileListing, origin: nil, size: bytes.count))
  }

  /// The files below a folder; of several with one name the last one, and how many stand before it.
  private static func lastOnes(
    of index: Index, below folder: String
  ) -> [(file: Index.File, earlier: Int)] {
    var last: [String: (index: Int, earlier: Int)] = [:]
    for (number, file) in index.files.enumerated() where file.path.hasPrefix(folder) {
      last[file.path] = (number, (last[file.path]?.earlier ?? -1) + 1)
    }
    return last.values.sorted { $0.index < $1.index }.map { (index.files[$0.index], $0.earlier) }
  }

  private mutating func noteDuplicates(in index: Index, below folder: String) {
    let count = entries.values.reduce(0) { $0 + $1.earlier }
    guard count > 0 else { return }
    let first = entries.filter { $0.value.earlier > 0 }.map(\.value.member.path).min() ?? ""
    notes.append(
      "\(count) entries stand in the archive again under the same name, such as "
        + "\(Shown.text(first)): the last one counts")
  }

  /// The collector by the names of the archive and of its folders, or else by the times of files.
  private static func tool(of index: Index, _ match: LayoutProbe.Match) -> SourceTool {
    let names = match.folder.split(separator: "/").reversed() + [index.name[...]]
    if match.layout.kind == .eksLogCollector,
      let named = names.lazy.compactMap({ SourceTool(archiveName: $0) }).first
    {
      return named
    }
    let times = index.files.filter { file in
      file.modified > 0 && file.path.hasPrefix(match.folder)
        && match.layout.marks[String(file.path.dropFirst(match.folder.count))] != nil
    }.map(\.modified)
    return SourceTool(
      name: match.layout.kind.collector,
      startedAtUs: match.layout.kind == .rootFileSystem || !index.timesAreKept ? nil : times.min())
  }
}

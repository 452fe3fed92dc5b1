import BundleArchive
public import BundleModel
public import BundleReader
import SystemPackage

/// Copies a bundle, file by file, into a new archive; a ``BundleChange`` decides what becomes of
/// each file. The new archive appears under its name only when it is whole.
public struct BundleRewriter: Sendable {
  let files: BundleFiles

  /// Opens and checks a bundle of any layout, archive or folder.
  public init(_ input: BundleInput, limits: ReadLimits = ReadLimits()) throws(BundleError) {
    files = try BundleFiles(input, limits: limits)
  }

  /// What the collector says about the bundle; `nil` for foreign layouts and interrupted runs.
  public var manifest: Manifest? { files.manifest }

  /// Writes the new archive.
  ///
  /// - Parameters:
  ///   - change: decides what becomes of each file.
  ///   - additions: further members of a native bundle; they take the place of items with their ids.
  ///   - output: where the archive goes.
  ///   - replaces: whether a file of that name is replaced.
  ///   - format: how it is compressed.
  func rewrite(
    _ change: inout some BundleChange, adding additions: [CollectedMember] = [],
    to output: BundleOutput, replaces: Bool = false, format: BundleFormat
  ) throws -> RewriteSummary {
    let open = try OpenOutput(output, replaces: replaces)
    do {
      let manifest = try write(&change, additions, to: open, format: format)
      try open.commit(owner: nil)
      return try RewriteSummary(manifest: manifest, path: open.final, notes: files.notes)
    } catch let error as any ExplainedError {
      open.discard()
      throw error
    } catch {
      open.discard()
      throw Collector.failure(error, output: output)
    }
  }

  private func write(
    _ change: inout some BundleChange, _ additions: [CollectedMember], to open: OpenOutput,
    format: BundleFormat
  ) throws -> Manifest? {
    let top = try topFolder(&change)
    var writer = try BundleWriter(
      open.descriptor, compression: format.compression, top: top, totalLimit: .max)
    var items = ItemTable(files.manifest, without: additions)
    var endTime: Int64 = 0
    let folder = SpoolFolder.choose(for: open.final)
    try files.forEach { file, nextChunk in
      endTime = max(endTime, file.modified)
      guard let path = pathInside(file.path), !items.isReplaced(path) else { return }
      let start = try nextChunk()
      let old = RewrittenFile(path: path, item: items.item(at: path), start: start ?? [])
      guard change.keeps(old), let place = change.path(path) else { return items.leaveOut(path) }
      var copy = FileCopying(filter: change.filter(for: old), folder: folder)
      try copy.take(start, then: nextChunk)
      let written = try writer.add(copy.spool, at: place, modified: file.modified)
      items.update(path, to: place, written, masked: copy.filter?.masked ?? [:])
    }
    for member in additions { try writer.add(member) }
    let manifest = try writeManifest(&writer, items, &change, time: endTime)
    try writer.finish()
    return manifest
  }

  private func writeManifest(
    _ writer: inout BundleWriter, _ items: ItemTable, _ change: inout some BundleChange,
    time: Int64
  ) throws -> Manifest? {
    guard var manifest = files.manifest else { return nil }
    manifest.items = items.items.map { item in
      var item = item
      change.describe(&item)
      return item
    }
    manifest.items += writer.items
    manifest.totals = Manifest.Totals(of: manifest.items)
    change.describe(&manifest)
    try writer.add(JSONBytes.encode(manifest), at: "manifest.json", modified: time)
    return manifest
  }

  /// The name of the new top folder; foreign layouts keep what they have in their paths.
  private func topFolder(_ change: inout some BundleChange) throws -> String {
    guard let old = files.topFolder else { return "" }
    let name = old.isEmpty ? files.name : String(old.dropLast())
    return change.path(name) ?? name
  }

  /// The path below the top folder; `nil` for the manifest, which is written anew, and for files
  /// beside the top folder of a native bundle, which belong to nothing.
  private func pathInside(_ path: String) -> String? {
    guard let top = files.topFolder else { return path }
    guard path.hasPrefix(top) else { return nil }
    let inside = String(path.dropFirst(top.count))
    return inside == "manifest.json" && files.manifest != nil ? nil : inside
  }
}

/// The manifest's items during a rewrite, found by the paths of their files.
private struct ItemTable {
  private(set) var items: [ManifestItem]
  private var places: [String: Int] = [:]
  private var errorPlaces: [String: Int] = [:]
  private var replaced: Set<String> = []

  init(_ manifest: Manifest?, without additions: [CollectedMember]) {
    let ids = Set(additions.map(\.item.id))
    let all = manifest?.items ?? []
    for item in all where ids.contains(item.id) {
      replaced.formUnion([item.path, item.standardError].compactMap { $0 })
    }
    items = all.filter { !ids.contains($0.id) }
    for (index, item) in items.enumerated() {
      if let path = item.path { places[path] = index }
      if let path = item.standardError { errorPlaces[path] = index }
    }
  }

  func isReplaced(_ path: String) -> Bool { replaced.contains(path) }

  func item(at path: String) -> ManifestItem? {
    (places[path] ?? errorPlaces[path]).map { items[$0] }
  }

  mutating func update(
    _ path: String, to place: String, _ written: BundleWriter.Written, masked: [String: Int]
  ) {
    if let index = errorPlaces[path] { items[index].standardError = place }
    guard let index = places[path] else { return }
    items[index].path = place
    items[index].sha256 = written.sha256
    items[index].bytesStored = written.bytes
    for (rule, count) in masked { items[index].redaction[rule, default: 0] += count }
  }

  mutating func leaveOut(_ path: String) {
    if let index = errorPlaces[path] { items[index].standardError = nil }
    guard let index = places[path] else { return }
    items[index].path = nil
    items[index].sha256 = nil
    items[index].bytesStored = 0
    items[index].status = .skipped
    items[index].reason = "left out of this copy: its bytes can't be looked at"
  }
}

/// One file on its way through a filter into a spool.
private struct FileCopying {
  var filter: (any ByteFilter)?
  var spool: Spool

  init(filter: (any ByteFilter)?, folder: String) {
    self.filter = filter
    spool = Spool(capBytes: .max / 2, keeps: .head, memoryBytes: 1 << 20, folder: folder)
  }

  mutating func take(
    _ start: ArraySlice<UInt8>?, then nextChunk: BundleFiles.NextChunk
  ) throws {
    var next = start
    while let chunk = next {
      try take(chunk)
      next = try nextChunk()
    }
    guard filter != nil else { return }
    var rest: [UInt8] = []
    filter?.finish(into: &rest)
    try spool.append(rest[...])
  }

  private mutating func take(_ chunk: ArraySlice<UInt8>) throws {
    guard filter != nil else { return try spool.append(chunk) }
    var output: [UInt8] = []
    output.reserveCapacity(chunk.count)
    filter?.feed(chunk, into: &output)
    try spool.append(output[...])
  }
}

import BundleModel

/// A file of the CNI's log folder, whether it was copied or not.
public struct LogFile: FactTable {
  var name: String
  var size: Int64?
  var modifiedUs: Int64?
  var inode: Int64?

  /// The declaration of `log_file`.
  public static let schema = Schema<Self>(
    "log_file", "Files of the CNI's log folder.", from: [.cniLogListing],
    columns: [
      Column("name", \.name, "Name of the file."),
      Column("size", \.size, "Size in bytes."),
      Column("modified_us", \.modifiedUs, "When it was written last, microseconds since 1970 UTC."),
      Column("inode", \.inode, "Number of the file in its file system."),
    ])

  /// Reads the collector's listing.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for file in document["files"]?.array ?? [] {
      guard let name = file["name"]?.string else { continue }
      rows.append(
        Self(
          name: name, size: file["size"]?.integer,
          modifiedUs: Timestamp.whole(file["mtime"]?.string), inode: file["inode"]?.integer),
        line: nil)
    }
  }
}

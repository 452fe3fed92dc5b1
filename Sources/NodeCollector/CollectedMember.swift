import BundleModel

/// One member of a bundle as it waits for the archive: how it went, and its bytes.
struct CollectedMember: Sendable {
  var item: ManifestItem
  /// `nil` when nothing is to be stored.
  var spool: Spool?
  /// The standard error of a program, if it wrote any.
  var standardError: Spool?
  /// Modification time in the archive, in microseconds since 1970.
  var modified: Int64

  init(_ item: ManifestItem, modified: Int64) {
    self.item = item
    self.modified = modified
  }

  /// Ends with a status and a reason and without bytes.
  mutating func end(_ status: ItemStatus, _ reason: String?) {
    item.status = status
    item.reason = reason
  }

  /// Takes over what a sink kept, and decides between `ok`, `empty` and `partial`.
  mutating func keep(_ sink: ItemSink, at path: String) {
    item.bytesSource = sink.received
    item.redaction = sink.redactions
    item.path = path
    spool = sink.spool
    guard item.status == .ok else { return }
    if sink.spool.droppedBytes > 0 {
      item.status = .partial
      item.reason = "cut: \(sink.spool.droppedBytes) bytes over the limit were dropped"
    } else if sink.spool.offered == 0 {
      item.status = .empty
    }
  }
}

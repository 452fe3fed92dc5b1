import Foundation
import Testing

/// Compares text with a file below `Fixtures/reports`. With `UPDATE_GOLDEN=1` the file is rewritten
/// and the test fails once, so that a rewrite is always seen.
func expectReport(
  _ actual: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let url = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/reports/\(name)")
  let expected = try? String(contentsOf: url, encoding: .utf8)  // A missing file has no text.
  if actual == expected { return }
  if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try actual.write(to: url, atomically: true, encoding: .utf8)
    Issue.record("\(name) was rewritten: look at the change", sourceLocation: sourceLocation)
    return
  }
  let old = (expected ?? "").split(separator: "\n", omittingEmptySubsequences: false)
  let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset
  let at = line ?? min(old.count, new.count)
  Issue.record(
    """
    \(name) differs at line \(at + 1)
    expected: \(at < old.count ? old[at] : "(end)")
    actual:   \(at < new.count ? new[at] : "(end)")
    """, sourceLocation: sourceLocation)
}

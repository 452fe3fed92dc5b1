public import Foundation
public import Testing

/// Files that tests read, below the folder `Fixtures` of the repository.
public enum Fixture {
  /// The folder `Fixtures`.
  public static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures", directoryHint: .isDirectory)

  /// The files below a folder of `Fixtures` whose names end in `suffix`, in the order of their
  /// paths, relative to that folder.
  public static func files(in folder: String, suffix: String) throws -> [String] {
    let base = root.appending(path: folder, directoryHint: .isDirectory)
    return try FileManager.default.subpathsOfDirectory(atPath: base.path)
      .filter { $0.hasSuffix(suffix) }.sorted()
  }

  /// The bytes of a file below `Fixtures`.
  public static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: root.appending(path: path)))
  }
}

/// Compares text with a file below `Fixtures`. With `UPDATE_GOLDEN=1` the file is rewritten and the
/// test fails once, so that a rewrite is always seen.
public func expectGolden(
  _ actual: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let url = Fixture.root.appending(path: path)
  let expected = try? String(contentsOf: url, encoding: .utf8)  // A missing file has no text.
  if actual == expected { return }
  if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try actual.write(to: url, atomically: true, encoding: .utf8)
    Issue.record("\(path) was rewritten: look at the change", sourceLocation: sourceLocation)
    return
  }
  let old = (expected ?? "").split(separator: "\n", omittingEmptySubsequences: false)
  let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
  let at = zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset
  let line = at ?? min(old.count, new.count)
  Issue.record(
    """
    \(path) differs at line \(line + 1)
    expected: \(line < old.count ? old[line] : "(end)")
    actual:   \(line < new.count ? new[line] : "(end)")
    """, sourceLocation: sourceLocation)
}

/// Random numbers that a seed repeats.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Starts the sequence that belongs to a seed.
  public init(seed: UInt64) {
    state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
  }

  /// The next number (SplitMix64).
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

import BundleArchive
import BundleModel
import Facts
import FoundationEssentials
import SystemPackage
import TestSupport

/// Logs of the real program whose states after every step are recorded.
enum RecordedLogs {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures").path

  static var names: [String] {
    let files =
      (try? FileManager.default.contentsOfDirectory(atPath: "\(fixtures)/ipam-logs")) ?? []
    return files.filter { $0.hasSuffix(".log.gz") }.map { String($0.dropLast(7)) }.sorted()
  }

  static func scenario(_ name: String) -> String { "\(fixtures)/conformance/\(name).json" }

  /// The lines of a log.
  static func lines(_ name: String) throws -> [ArraySlice<UInt8>] {
    let file = try FileDescriptor.open(
      FilePath("\(fixtures)/ipam-logs/\(name).log.gz"), .readOnly)
    defer { try? file.close() }
    let source = ArchiveSource {
      let chunk = try file.readChunk(upTo: 1 << 17)
      return chunk.isEmpty ? nil : chunk[...]
    }
    var reader = try ArchiveReader(source, form: .gzip)
    var bytes: [UInt8] = []
    guard try reader.next() != nil else { return [] }
    while let chunk = try reader.nextChunk() { bytes += chunk }
    return bytes.split(separator: 0x0A)
  }

  /// What a log says that has these lines.
  static func journal(
    _ lines: some Sequence<ArraySlice<UInt8>>, path: String = "ipamd.log"
  ) throws -> IPAMDJournal {
    var bytes: [UInt8] = []
    for line in lines { bytes += line + [0x0A] }
    var input = ArtifactInput(artifact: .ipamdLog, path: path, bytes: bytes)
    return try IPAMDJournal.read(&input)
  }
}

extension ArraySlice<UInt8> {
  /// Whether the bytes of a text are among these.
  func holds(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard count >= wanted.count else { return false }
    return indices.dropLast(wanted.count - 1).contains { start in
      self[start] == wanted[0] && self[start..<start + wanted.count].elementsEqual(wanted)
    }
  }
}

/// A way in which a log loses lines.
enum Damage: String, CaseIterable {
  case whole, startCut, endCut, thinned, hole, infoOnly, rotated, rotatedAndCut

  /// The logs that are left; each of them is one file.
  func apply(
    _ lines: [ArraySlice<UInt8>], _ random: inout SeededGenerator
  ) -> [[ArraySlice<UInt8>]] {
    let place = Int.random(in: 1..<lines.count, using: &random)
    switch self {
    case .whole: return [lines]
    case .startCut: return [Array(lines[place...])]
    case .endCut: return [Array(lines[..<place])]
    case .thinned: return [lines.filter { _ in Int.random(in: 0..<20, using: &random) > 0 }]
    case .hole:
      let end = min(place + Int.random(in: 1...200, using: &random), lines.count)
      return [Array(lines[..<place] + lines[end...])]
    case .infoOnly: return [lines.filter { !$0.holds(#""level":"debug""#) }]
    case .rotated: return [Array(lines[..<place]), Array(lines[place...])]
    case .rotatedAndCut:
      let end = min(place + Int.random(in: 1...200, using: &random), lines.count)
      return [Array(lines[..<place]), Array(lines[end...])].filter { !$0.isEmpty }
    }
  }
}

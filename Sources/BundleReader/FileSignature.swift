import BundleArchive
import SystemPackage

/// Tells from the first bytes what a file is, so that the message about a wrong one can name it.
enum FileSignature {
  private static let known: [(magic: [UInt8], name: String)] = [
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive"),
    ([0x50, 0x4B, 0x05, 0x06], "an empty zip archive"),
    ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"),
    ([0x25, 0x50, 0x44, 0x46], "a PDF document"),
    ([0x7F, 0x45, 0x4C, 0x46], "a program"),
    (Array("SQLite format 3".utf8), "an SQLite database"),
  ]

  /// Refuses a file that is empty or is certainly something else than a tar archive.
  static func check(_ file: OpenFile, name: String) throws(BundleError) {
    let start: [UInt8]
    do {
      try file.descriptor.seek(offset: 0, from: .start)
      start = try file.descriptor.readChunk(upTo: 512)
    } catch {
      throw .notReadable(name, "\(error)")
    }
    guard !start.isEmpty else { throw .notABundle(name, why: "it is empty") }
    if let match = known.first(where: { start.starts(with: $0.magic) }) {
      throw .notABundle(name, why: "it is \(match.name)")
    }
    guard isCompressed(start) || isTar(start) else {
      throw .notABundle(name, why: "it is neither a tar archive nor a compressed one")
    }
  }

  /// Whether bytes begin an archive, or may do so once they are decompressed.
  static func isArchive(_ start: ArraySlice<UInt8>) -> Bool {
    let start = Array(start.prefix(512))
    return isCompressed(start) || isTar(start)
  }

  private static func isCompressed(_ start: [UInt8]) -> Bool {
    let magics: [[UInt8]] = [
      [0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], [0xFD, 0x37, 0x7A, 0x58, 0x5A],
      [0x42, 0x5A, 0x68],
    ]
    return magics.contains { start.starts(with: $0) }
  }

  private static func isTar(_ start: [UInt8]) -> Bool {
    start.count > 262 && start[257..<262].elementsEqual("ustar".utf8)
  }
}

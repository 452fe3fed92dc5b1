import BundleArchive
import Foundation
import SystemPackage
import Testing

@Suite("Archives")
struct ArchiveTests {
  private static let formats: [ArchiveWriter.Compression] = [
    .none, .gzip(level: 6), .zstd(level: 3),
  ]

  @Test("what was written is read back, whatever the compression", arguments: formats)
  func roundTrip(_ compression: ArchiveWriter.Compression) throws {
    let file = try ScratchFile()
    let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    let members: [(String, [UInt8])] = [
      ("top/a.txt", Array("hello\n".utf8)), ("top/empty", []), ("top/large.bin", large),
      ("top/" + String(repeating: "d/", count: 120) + "deep", [1, 2, 3]),
    ]
    try file.write(members, compression)
    let read = try file.readAll()
    #expect(read.map(\.path) == members.map(\.0))
    #expect(read.map(\.bytes) == members.map(\.1))
    #expect(read.allSatisfy { $0.modified == 1_900_000_000_000_000 })
  }

  @Test("equal input gives equal bytes", arguments: formats)
  func isReproducible(_ compression: ArchiveWriter.Compression) throws {
    let members = [("top/a", Array("same".utf8))]
    let (first, second) = (try ScratchFile(), try ScratchFile())
    try first.write(members, compression)
    try second.write(members, compression)
    #expect(try Data(contentsOf: first.url) == Data(contentsOf: second.url))
  }

  @Test("a truncated archive ends with an error, not a loop", arguments: formats)
  func truncation(_ compression: ArchiveWriter.Compression) throws {
    let file = try ScratchFile()
    let noise = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 5) }
    try file.write([("top/a", noise), ("top/b", Array("end".utf8))], compression)
    let whole = try Data(contentsOf: file.url)
    for length in stride(from: 512, to: whole.count - 1, by: 512) {
      let cut = try ScratchFile()
      try whole.prefix(length).write(to: cut.url)
      let outcome = Result { try cut.readAll() }
      if case .success(let members) = outcome {
        // Plain tar ends silently at a member's border; what was read before must be whole.
        #expect(compression == .none, "\(length)")
        #expect(members.map(\.bytes) == Array([noise, Array("end".utf8)].prefix(members.count)))
      }
    }
  }

  @Test("a member that gets more bytes than it declared is an error")
  func overlongMember() throws {
    let file = try ScratchFile()
    var writer = try ArchiveWriter(file.openForWriting(), compression: .none)
    try writer.beginFile(path: "a", size: 3, modified: 0)
    #expect(throws: ArchiveError.self) { try writer.write(Array("abcdef".utf8)[...]) }
  }

  @Test("bytes that are no archive are an error")
  func garbage() throws {
    let file = try ScratchFile()
    try Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 7) }).write(to: file.url)
    #expect(throws: ArchiveError.self) { try file.readAll() }
  }

  @Test("the system's own tar reads what was written")
  func systemTar() throws {
    let file = try ScratchFile()
    try file.write([("top/a.txt", Array("hello\n".utf8))], .zstd(level: 3))
    let process = Process()
    process.executableURL = URL(filePath: "/bin/tar")
    process.arguments = ["--zstd", "-xOf", file.url.path, "top/a.txt"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(String(decoding: bytes, as: UTF8.self) == "hello\n")
  }
}

/// A file that is removed when the test is over.
private final class ScratchFile {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID().uuidString)")
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  func openForWriting() throws -> FileDescriptor {
    try FileDescriptor.open(
      FilePath(url.path), .writeOnly, options: [.create, .truncate],
      permissions: .ownerReadWrite)
  }

  func write(_ members: [(String, [UInt8])], _ compression: ArchiveWriter.Compression) throws {
    let descriptor = try openForWriting()
    defer { try? descriptor.close() }
    var writer = try ArchiveWriter(descriptor, compression: compression)
    for (path, bytes) in members {
      try writer.beginFile(path: path, size: bytes.count, modified: 1_900_000_000_000_000)
      try writer.write(bytes[...])
    }
    try writer.finish()
  }

  func readAll() throws -> [(path: String, bytes: [UInt8], modified: Int64)] {
    let descriptor = try FileDescriptor.open(FilePath(url.path), .readOnly)
    defer { try? descriptor.close() }
    var reader = try ArchiveReader(descriptor)
    var members: [(path: String, bytes: [UInt8], modified: Int64)] = []
    while let member = try reader.next() {
      var bytes: [UInt8] = []
      while let chunk = try reader.nextChunk() { bytes += chunk }
      members.append((member.path, bytes, member.modified))
    }
    return members
  }
}

import Foundation
import Testing

@Suite("Inputs that are no bundles")
struct InputTests {
  @Test("each gives one clear error with exit 3, and nothing is written anywhere")
  func refused() throws {
    let scratch = try Scratch()
    let folder = scratch.path("folder")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: URL(filePath: folder + "/notes.txt"))
    try Data().write(to: URL(filePath: scratch.path("empty.tar.gz")))
    try Data([0x50, 0x4B, 3, 4, 0, 0]).write(to: URL(filePath: scratch.path("photo.zip")))
    let escape =
      "cd '\(folder)' && tar --transform='s,notes.txt,../../x,' -P -czf ../up.tar.gz notes.txt"
    _ = try Programs.run("/bin/bash", ["-c", escape])
    let before = scratch.names
    for (name, code) in [
      ("folder", "E302"), ("empty.tar.gz", "E302"), ("photo.zip", "E302"), ("up.tar.gz", "E304"),
      ("absent", "E306"),
    ] {
      let outcome = try Programs.analyze([scratch.path(name)])
      #expect(outcome.code == 3, "\(name)")
      #expect(outcome.output == "", "\(name)")
      let lines = outcome.errors.split(separator: "\n")
      #expect(lines.count == 3, "\(name): \(outcome.errors)")
      #expect(lines.first?.hasPrefix("error: ") == true && lines[0].hasSuffix("[\(code)]"))
      #expect(lines.dropFirst().first?.hasPrefix("  why  ") == true)
      #expect(lines.last?.hasPrefix("  try  ") == true)
    }
    #expect(scratch.names == before)
    #expect(!FileManager.default.fileExists(atPath: scratch.root.path + "/../x"))
  }

  @Test("wrong arguments exit 2 with a hint")
  func usage() throws {
    for arguments in [["nosuchverb"], ["analyze", "--fromat", "x"], ["collect", "--jobs", "0"]] {
      let outcome = try Programs.run(Programs.cnitriage, arguments)
      #expect(outcome.code == 2, "\(arguments)")
      #expect(outcome.errors.hasPrefix("error: "))
      #expect(outcome.errors.contains("\n  try  "))
    }
  }
}

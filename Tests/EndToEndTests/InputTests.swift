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

extension InputTests {
  @Test("a truncated bundle says that it ends early, and exits 3")
  func truncated() throws {
    let scratch = try Scratch()
    let script = """
      cd '\(scratch.root.path)' && mkdir -p b/net && echo '{"schema":"cnitriage.bundle/1"}' > b/bundle.json
      head -c 3000000 /dev/urandom > b/net/links.json
      tar --zstd -cf whole.tar.zst b/bundle.json b/net/links.json
      head -c 1500000 whole.tar.zst > cut.tar.zst
      """
    #expect(try Programs.run("/bin/bash", ["-c", script]).code == 0)
    let before = scratch.names
    let outcome = try Programs.analyze([scratch.path("cut.tar.zst")])
    #expect(outcome.code == 3)
    #expect(outcome.errors.contains("ends early, after 1,500,000 compressed bytes [E301]"))
    #expect(outcome.errors.split(separator: "\n").count == 3)
    #expect(scratch.names == before)
  }
}

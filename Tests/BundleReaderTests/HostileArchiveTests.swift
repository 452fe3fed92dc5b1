import BundleArchive
import BundleModel
import BundleReader
import Foundation
import SystemPackage
import Testing

@Suite("Archives that were made to harm", .timeLimit(.minutes(5)))
struct HostileArchiveTests {
  private static let marks = LayoutSample.collector.files.map { ($0.path, $0.text) }

  /// A collection of eks-log-collector.sh, and what `more` adds to it.
  private func tar(_ more: (inout RawTar) -> Void) -> Data {
    var tar = RawTar()
    for (path, text) in Self.marks { tar.add(path, text) }
    more(&tar)
    return tar.data
  }

  private func open(_ data: Data, _ limits: ReadLimits = ReadLimits()) throws -> SupportBundle {
    let scratch = try Scratch()
    return try SupportBundle.open(.path(scratch.file("x.tar", data)), limits: limits)
  }

  /// Opens an input and reads all of it; only errors that the reader explains may come.
  @discardableResult
  private func drain(
    _ path: String, _ limits: ReadLimits = ReadLimits(), acceptsDamage: Bool = false
  ) throws -> Int {
    var bytes = 0
    do {
      let bundle = try SupportBundle.open(
        .path(path), limits: limits, acceptsDamage: acceptsDamage)
      try bundle.forEachMember { _, next in
        do throws(BundleError) {
          while let chunk = try next() { bytes += chunk.count }
        } catch {
          #expect(error.code.hasPrefix("E30"), "\(error)")
        }
      }
    } catch let error as BundleError {
      #expect(["E301", "E302", "E303", "E304", "E305"].contains(error.code), "\(error)")
      #expect(error.what.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
    }
    return bytes
  }

  @Test(
    "an entry that leaves the archive is refused, also in an archive inside",
    arguments: ["../x", "/etc/passwd", "a/../../x", "a/..", "./..", "//x"])
  func traversal(_ name: String) throws {
    let scratch = try Scratch()
    let hostile = tar { $0.add(name, "x") }
    #expect(code { try open(hostile) } == "E304")
    _ = try scratch.file("inner.tar", hostile)
    try scratch.run("/bin/tar", ["-cf", "outer.tar", "inner.tar"])
    #expect(code { try SupportBundle.open(.path(scratch.path("outer.tar"))) } == "E304")
  }

  @Test("links, devices and pipes are named and never followed, and their bytes are nobody's")
  func specialEntries() throws {
    let scratch = try Scratch()
    let names = "networking/ip6rule.txt"
    for kind in RawTar.Kind.allCases where kind != .file && kind != .folder {
      let path = try scratch.file(
        "\(kind).tar", tar { $0.add(names, "", kind: kind, link: "/etc/passwd") })
      let bundle = try SupportBundle.open(.path(path))
      #expect(bundle.notes == ["ignored \(names): it is no regular file"], "\(kind)")
      #expect(try scratch.contents(bundle)[names] == nil, "\(kind)")
    }
  }

  @Test("a folder's links, pipes and sockets are not opened")
  func specialFiles() throws {
    let scratch = try Scratch()
    let folder = try scratch.folder(Self.marks, named: "f")
    try scratch.run("/usr/bin/mkfifo", ["f/networking/ip6rule.txt"])
    try scratch.run("/bin/ln", ["-s", "/etc", "f/var_log/etc"])
    try scratch.run("/bin/ln", ["-s", "/dev/zero", "f/networking/ip6route.txt"])
    let bundle = try SupportBundle.open(.path(folder))
    #expect(bundle.notes.count == 3)
    #expect(try scratch.contents(bundle).keys.allSatisfy { !$0.contains("ip6r") })
  }

  @Test("of entries with one name the last one counts, as it does for tar, and a note says so")
  func duplicates() throws {
    let scratch = try Scratch()
    let name = "networking/iprule.txt"
    let path = try scratch.file(
      "x.tar",
      tar {
        $0.add("./" + name, "second\n")
        $0.add("networking//./iprule.txt", "third\n")
      })
    let bundle = try SupportBundle.open(.path(path))
    #expect(bundle.members.filter { $0.path == name }.count == 1)
    #expect(try scratch.contents(bundle)[name] == "third\n")
    #expect(bundle.notes.count == 1)
    #expect(bundle.notes.first?.hasPrefix("2 entries stand in the archive again") == true)
  }

  @Test("a million empty entries are refused after the first two hundred thousand")
  func manyEntries() throws {
    let scratch = try Scratch()
    let path = scratch.path("many.tar.zst")
    let descriptor = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: [.create], permissions: .ownerReadWrite)
    var writer = try ArchiveWriter(descriptor, compression: .zstd(level: 1))
    try writer.beginFile(path: "system/script-params.txt", size: 0, modified: 0)
    for number in 0..<1_000_000 {
      try writer.beginFile(path: "var_log/\(number)", size: 0, modified: 0)
    }
    try writer.finish()
    try descriptor.close()
    let error = #expect(throws: BundleError.self) { try SupportBundle.open(.path(path)) }
    #expect(error?.code == "E305")
    #expect(error?.what.contains("more than 200000 entries") == true)
  }

  @Test("ten gibibytes in a small archive are refused by their size, their sum or their ratio")
  func bombs() throws {
    let scratch = try Scratch()
    // What the headers declare is enough: nothing has to be unpacked to see it.
    for sizes in [[10 << 30], [2 << 30, 2 << 30, 2 << 30, 2 << 30, 2 << 30]] {
      let path = scratch.path("bomb-\(sizes.count).tar.zst")
      let descriptor = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create], permissions: .ownerReadWrite)
      var writer = try ArchiveWriter(descriptor, compression: .zstd(level: 1))
      try writer.beginFile(path: "system/script-params.txt", size: 0, modified: 0)
      let zeros = [UInt8](repeating: 0, count: 1 << 20)
      for (number, size) in sizes.enumerated() {
        try writer.beginFile(path: "var_log/\(number)", size: size, modified: 0)
        for _ in 0..<(size >> 20) { try writer.write(zeros[...]) }
      }
      try writer.finish()
      try descriptor.close()
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? .max
      #expect(size < 10 << 20)
      let error = #expect(throws: BundleError.self) { try SupportBundle.open(.path(path)) }
      #expect(error?.code == "E305")
    }
  }

  @Test("a compressed log that unpacks without end stops at the ratio and at the size")
  func compressedBomb() throws {
    let scratch = try Scratch()
    let name = "var_log/aws-routed-eni/ipamd-2031-04-02T09-20-00.000.log.gz"
    let zeros = try scratch.gzip(Data(count: 8 << 20))
    var tar = RawTar()
    tar.add("system/script-params.txt", "x")
    tar.add(Array(name.utf8), content: Array(zeros))
    let path = try scratch.file("x.tar", tar.data)
    func read(_ limits: ReadLimits) throws -> (bytes: Int, error: BundleError?) {
      var bytes = 0
      var failure: BundleError?
      try SupportBundle.open(.path(path), limits: limits).forEachMember { member, next in
        guard member.path == name else { return }
        do throws(BundleError) {
          while let chunk = try next() { bytes += chunk.count }
        } catch {
          failure = error
        }
      }
      return (bytes, failure)
    }
    #expect(try read(ReadLimits()).bytes == 8 << 20)
    #expect(try read(ReadLimits(memberBytes: 8 << 20)).error == nil)
    let large = try read(ReadLimits(memberBytes: 8 << 20 - 1))
    #expect(large.error?.code == "E305")
    #expect(large.bytes < 8 << 20)
    let ratio = try read(ReadLimits(ratio: 100, ratioFloorBytes: 1 << 20))
    #expect(ratio.error?.code == "E305")
    #expect(ratio.bytes <= 1 << 20 + 2 * ArchiveReader.chunkBytes)
    #expect(try read(ReadLimits(ratio: 100, ratioFloorBytes: 8 << 20)).error == nil)
  }

  @Test("a sparse file has no more bytes than its ratio allows")
  func sparse() throws {
    let scratch = try Scratch()
    _ = try scratch.folder([("system/script-params.txt", "x")], named: "f")
    try scratch.run("/bin/mkdir", ["f/networking"])
    try scratch.run("/usr/bin/truncate", ["-s", "1G", "f/networking/iprule.txt"])
    try scratch.run("/bin/tar", ["-C", "f", "--sparse", "-cf", "x.tar", "."])
    let limits = ReadLimits(ratioFloorBytes: 1 << 20)
    var bytes = 0
    #expect(throws: BundleError.self) {
      try SupportBundle.open(.path(scratch.path("x.tar")), limits: limits).forEachMember {
        _, next in
        while let chunk = try next() { bytes += chunk.count }
      }
    }
    #expect(bytes < 64 << 20)
  }

  @Test("archives in archives stop at a depth, and share one budget")
  func nestedBombs() throws {
    let scratch = try Scratch()
    _ = try scratch.folder(Self.marks, named: "f")
    try scratch.run("/bin/tar", ["-C", "f", "-cf", "0.tar", "."])
    for depth in 1...4 {
      try scratch.run(
        "/bin/tar", ["-czf", "\(depth).tar.gz", depth == 1 ? "0.tar" : "\(depth - 1).tar.gz"])
    }
    #expect(code { try SupportBundle.open(.path(scratch.path("2.tar.gz"))) } == nil)
    #expect(code { try SupportBundle.open(.path(scratch.path("3.tar.gz"))) } == "E302")
    #expect(
      code {
        try SupportBundle.open(.path(scratch.path("3.tar.gz")), limits: ReadLimits(nesting: 3))
      }
        == nil)
    #expect(
      code {
        try SupportBundle.open(.path(scratch.path("1.tar.gz")), limits: ReadLimits(nesting: 0))
      }
        == "E302")
    // The same bytes count on every level.
    _ = try scratch.folder([("zeros", String(repeating: "0", count: 3 << 20))], named: "z")
    try scratch.run("/bin/tar", ["-C", "z", "-czf", "f/z.tar.gz", "zeros"])
    for copy in ["a", "b", "c"] { try scratch.run("/bin/cp", ["f/z.tar.gz", "f/\(copy).tar.gz"]) }
    try scratch.run("/bin/tar", ["-C", "f", "-cf", "many.tar", "."])
    let path = BundleInput.path(scratch.path("many.tar"))
    #expect(code { try SupportBundle.open(path, limits: ReadLimits(totalBytes: 13 << 20)) } == nil)
    #expect(
      code { try SupportBundle.open(path, limits: ReadLimits(totalBytes: 12 << 20)) } == "E305")
  }

  @Test("a damaged archive inside costs only itself")
  func damagedInside() throws {
    let scratch = try Scratch()
    var inner = try scratch.gzip(tar { _ in })
    inner.removeLast(inner.count / 2)
    let path = try scratch.file(
      "x.tar",
      tar {
        $0.add(Array("extra/inner.tar.gz".utf8), content: Array(inner))
        $0.add("networking/ip6rule.txt", "32766\n")
      })
    let bundle = try SupportBundle.open(.path(path))
    #expect(bundle.notes.count == 1)
    #expect(bundle.notes.first?.hasPrefix("extra/inner.tar.gz: ") == true)
    #expect(try scratch.contents(bundle)["networking/ip6rule.txt"] == "32766\n")
    let plain = try open(tar { $0.add("extra/notes.tar.gz", "no archive\n") })
    #expect(plain.notes == [])
  }

  @Test(
    "an archive that is cut anywhere is refused, or read up to there",
    arguments: ["", "-z", "--zstd"])
  func truncation(_ flag: String) throws {
    let scratch = try Scratch()
    _ = try scratch.folder(Self.marks, named: "f")
    let arguments =
      ["-C", "f"] + (flag.isEmpty ? [] : [flag]) + [
        "-cf", "whole", "system", "kubelet", "var_log", "networking",
      ]
    try scratch.run("/bin/tar", arguments)
    let whole = try Data(contentsOf: URL(filePath: scratch.path("whole")))
    for length in stride(from: 0, to: whole.count, by: flag.isEmpty ? 512 : 64) {
      let path = try scratch.file("cut", whole.prefix(length))
      let outcome = code { try SupportBundle.open(.path(path)) }
      if !flag.isEmpty { #expect(outcome == "E301" || outcome == "E302", "\(length)") }
      try drain(path, acceptsDamage: true)
    }
  }

  /// Inputs that damage is tried on.
  private func fixture(_ name: String, _ scratch: Scratch) throws -> Data {
    switch name {
    case "native": return try Data(contentsOf: URL(filePath: scratch.archive(Scratch.bundle)))
    case "plain": return tar { _ in }
    case "compressed": return try scratch.gzip(tar { _ in })
    case "image":
      let path = try scratch.archive(LayoutSample.image.files.map { ($0.path, $0.text) })
      return try Data(contentsOf: URL(filePath: path))
    default:
      let inner = try scratch.gzip(tar { _ in })
      let log = try scratch.gzip(Data(String(repeating: "line\n", count: 500).utf8))
      var outer = RawTar()
      outer.add(Array("a.tar.gz".utf8), content: Array(inner))
      outer.add("system/script-params.txt", "x")
      outer.add(Array("var_log/aws-routed-eni/ipamd-1.log.gz".utf8), content: Array(log))
      return outer.data
    }
  }

  @Test(
    "damage anywhere gives an error, a note or fewer bytes, never a crash",
    arguments: ["native", "plain", "compressed", "image", "nested"])
  func damage(_ name: String) throws {
    let scratch = try Scratch()
    let whole = try fixture(name, scratch)
    let limits = ReadLimits(totalBytes: 16 << 20, memberBytes: 8 << 20)
    for seed in 0..<200 {
      var random = SeededGenerator(seed)
      var bytes = whole
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      let path = try scratch.file("damaged", bytes)
      let read = try drain(path, limits, acceptsDamage: seed.isMultiple(of: 2))
      #expect(read <= 16 << 20, "seed \(seed)")
    }
  }

  @Test("names that are no text, drive a terminal or are very long are borne and shown harmlessly")
  func names() throws {
    let scratch = try Scratch()
    var tar = RawTar()
    for (path, text) in Self.marks { tar.add(path, text) }
    tar.add([0x76, 0x61, 0x72, 0xFF, 0xFE, 0x2F, 0x80], content: [1])
    tar.add("var_log/\u{1B}[2J\u{7}evil", "", kind: .symbolicLink, link: "x")
    tar.add("var_log/\u{202E}gpj.exe", "", kind: .fifo)
    tar.add("var_log/a\nb", "", kind: .fifo)
    let bundle = try SupportBundle.open(.path(scratch.file("x.tar", tar.data)))
    #expect(bundle.notes.count == 3)
    for note in bundle.notes {
      #expect(
        note.unicodeScalars.allSatisfy {
          $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E
        })
    }
    for (length, outcome) in [(4096, nil), (4097, "E305")] as [(Int, String?)] {
      let name =
        "var_log/" + String(repeating: "d/", count: 2040)
        + String(repeating: "x", count: length - 4088)
      #expect(name.utf8.count == length)
      #expect(
        code {
          try open(
            self.tar {
              $0.addExtended(RawTar.record("path", name)); $0.add("short", "x")
            })
        }
          == outcome)
    }
    let error = #expect(throws: BundleError.self) {
      try open(self.tar { $0.add("../\u{1B}[31m", "x") })
    }
    #expect(error?.what.contains("\u{1B}") == false)
  }

  @Test(
    "extended headers without sense are refused or ignored",
    arguments: [
      "12 path=\n", "999999999999 path=x\n", "path=x\n", "-5 path=x\n", "0 path=x\n", "8 size=-1\n",
      RawTar.record("size", "-1"), RawTar.record("size", "99999999999999999999"),
      RawTar.record("mtime", "99999999999999999999.5"),
      RawTar.record("mtime", "-9223372036854775808"),
      RawTar.record("mtime", "nonsense"), RawTar.record("path", ""), RawTar.record("path", "../x"),
      RawTar.record("path", "a\0b"), RawTar.record("linkpath", "/etc/passwd"),
      RawTar.record("GNU.sparse.map", "0,1,5,9999999999"),
      RawTar.record("GNU.sparse.size", "9999999999999"), RawTar.record("hdrcharset", "BINARY"),
      RawTar.record("SCHILY.xattr.user.x", String(repeating: "y", count: 100_000)),
    ])
  func extendedHeaders(_ records: String) throws {
    let scratch = try Scratch()
    for kind in [UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K")] {
      let path = try scratch.file(
        "x.tar",
        tar {
          $0.addExtended(records, kind: kind)
          $0.add("networking/ip6rule.txt", "32766\n")
        })
      try drain(path, ReadLimits(totalBytes: 64 << 20))
    }
  }

  @Test("numbers in headers that no program writes are refused or ignored")
  func headerNumbers() throws {
    let scratch = try Scratch()
    for text in ["77777777777", "-1", "99999999999", "\u{FF}\u{FF}", "", "zzz"] {
      for isTime in [true, false] {
        let path = try scratch.file(
          "x.tar",
          tar {
            if isTime {
              $0.add(Array("networking/ip6rule.txt".utf8), content: [1, 2], time: text)
            } else {
              $0.add(Array("networking/ip6rule.txt".utf8), content: [1, 2], size: text)
            }
          })
        try drain(path, ReadLimits(totalBytes: 64 << 20))
      }
    }
  }

  @Test(
    "compressed logs come as text; what only has the name comes as it is; damage keeps the start")
  func compressedLogs() throws {
    let scratch = try Scratch()
    let log = (0..<20_000).map { "line \($0 &* 7919 % 104_729)\n" }.joined()
    let packed = Array(try scratch.gzip(Data(log.utf8)))
    let folder = "var_log/aws-routed-eni/"
    var tar = RawTar()
    tar.add("system/script-params.txt", "x")
    tar.add(Array((folder + "ipamd-1.log.gz").utf8), content: packed)
    tar.add(Array((folder + "ipamd-2.log.gz").utf8), content: packed + packed)
    tar.add(
      Array((folder + "ipamd-3.log.gz").utf8), content: Array(packed.prefix(packed.count / 2)))
    tar.add(folder + "ipamd-4.log.gz", "plain text\n")
    tar.add(folder + "ipamd-5.log.gz", "")
    var texts: [String: String] = [:]
    var failures: [String: BundleError] = [:]
    try SupportBundle.open(.path(scratch.file("x.tar", tar.data))).forEachMember { member, next in
      var bytes: [UInt8] = []
      do throws(BundleError) {
        while let chunk = try next() { bytes += chunk }
      } catch {
        failures[member.path] = error
      }
      texts[member.path] = String(decoding: bytes, as: UTF8.self)
    }
    #expect(texts[folder + "ipamd-1.log.gz"] == log)
    #expect(texts[folder + "ipamd-2.log.gz"] == log + log)
    let start = try #require(texts[folder + "ipamd-3.log.gz"])
    #expect(log.hasPrefix(start))
    #expect(Array(failures.keys) == [folder + "ipamd-3.log.gz"])
    #expect(failures.values.first?.code == "E301")
    #expect(texts[folder + "ipamd-4.log.gz"] == "plain text\n")
    #expect(texts[folder + "ipamd-5.log.gz"] == "")
  }

  @Test("notes, candidates and listings stay as short as their limits")
  func smallLimits() throws {
    let links = tar {
      for number in 0..<5 { $0.add("l\(number)", "", kind: .symbolicLink, link: "x") }
    }
    #expect(try open(links, ReadLimits(notes: 5)).notes.count == 5)
    let notes = try open(links, ReadLimits(notes: 4)).notes
    #expect(notes.count == 5)
    #expect(notes.last == "1 further notes like these")
    var tops = RawTar()
    for name in ["c", "b", "a"] { tops.add("\(name)/system/script-params.txt", "x") }
    #expect(try open(tops.data, ReadLimits(candidates: 3)).notes.count == 2)
    #expect(try open(tops.data, ReadLimits(candidates: 2)).notes.count == 1)
    var image = RawTar()
    for path in ["etc/os-release", "etc/passwd", "opt/cni/bin/a", "opt/cni/bin/b"] {
      image.add(path, "x")
    }
    let scratch = try Scratch()
    let whole = try scratch.contents(open(image.data, ReadLimits(listing: 2)))
    #expect(whole["file-listing.txt"]?.contains("further") == false)
    let cut = try scratch.contents(open(image.data, ReadLimits(listing: 1)))
    #expect(cut["file-listing.txt"]?.hasSuffix("# 1 further entries\n") == true)
  }

  @Test("nothing is written beside the input")
  func writesNothing() throws {
    let scratch = try Scratch()
    let path = try scratch.file(
      "x.tar", tar { $0.add("l", "", kind: .symbolicLink, link: "/tmp/x") })
    let before = try FileManager.default.subpathsOfDirectory(atPath: scratch.path(""))
    try drain(path)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: scratch.path("")) == before)
  }
}

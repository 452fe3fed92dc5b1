import BundleModel
import Testing

@testable import Analysis
@testable import BundleReader

@Suite struct ReadAheadTests {
  private static let texts: [(ArtifactID, String, String)] = (0..<40).map {
    (.ipamdLog, "logs/\($0).log", String(repeating: "line \($0)\n", count: $0 * 20))
  }

  private func all(_ bundle: MemoryBundle) throws -> [(path: String, text: String)] {
    var read: [(path: String, text: String)] = []
    try ReadAhead.forEachMember(of: bundle, where: { _ in true }) { member, next in
      var bytes: [UInt8] = []
      while let chunk = try next() { bytes += chunk }
      // The end stays the end.
      #expect(try next() == nil)
      read.append((member.path, String(decoding: bytes, as: UTF8.self)))
    }
    return read
  }

  @Test("every member arrives whole and in order")
  func whole() throws {
    let read = try all(MemoryBundle(Self.texts))
    #expect(read.map(\.path) == Self.texts.map(\.1))
    #expect(read.map(\.text) == Self.texts.map(\.2))
  }

  @Test(
    "members that nobody wants, and the rest of those that are not read to their end, are skipped")
  func skips() throws {
    var seen: [String] = []
    try ReadAhead.forEachMember(
      of: MemoryBundle(Self.texts), where: { $0.path.hasSuffix("9.log") }
    ) { member, next in
      seen.append(member.path)
      _ = try next()
    }
    #expect(seen == ["logs/9.log", "logs/19.log", "logs/29.log", "logs/39.log"])
  }

  @Test("a member that cannot be read any further fails where it is read, and the walk goes on")
  func broken() throws {
    var bundle = MemoryBundle(Self.texts)
    bundle.broken = "logs/20.log"
    var failed: [String] = []
    var count = 0
    try ReadAhead.forEachMember(of: bundle, where: { _ in true }) { member, next in
      count += 1
      do {
        while try next() != nil {}
      } catch {
        failed.append(member.path)
      }
    }
    #expect(failed == ["logs/20.log"])
    #expect(count == Self.texts.count)
  }

  @Test("an error of whoever parses ends the walk at once, and leaves nobody reading")
  func stops() throws {
    struct Enough: Error {}
    for _ in 0..<20 {
      var count = 0
      #expect(throws: Enough.self) {
        try ReadAhead.forEachMember(of: MemoryBundle(Self.texts), where: { _ in true }) { _, _ in
          count += 1
          if count == 3 { throw Enough() }
        }
      }
      #expect(count == 3)
    }
  }

  @Test(
    "small members are kept, up to a bound on each of them", arguments: [(0, true), (1, false)])
  func keeps(_ more: Int, _ isKept: Bool) throws {
    let texts = KeptTexts()
    let bytes = [UInt8](repeating: 0x61, count: KeptTexts.memberBytes + more)
    let member = BundleMember(path: "a", artifact: nil, origin: nil, size: bytes.count)
    var rest: ArraySlice<UInt8>? = bytes[...]
    let next = texts.keeping(member) { () throws(BundleError) in
      defer { rest = nil }
      return rest
    }
    #expect(try next()?.count == bytes.count)
    #expect(try next() == nil)
    #expect((texts["a"] == bytes) == isKept)
    #expect((texts["a"] == nil) == !isKept)
  }

  @Test("of a file that comes in parts nothing is kept, because no part has all of its lines")
  func keepsNoParts() throws {
    let texts = KeptTexts()
    func read(_ path: String, from line: Int) throws {
      var member = BundleMember(path: path, artifact: nil, origin: nil, size: 4)
      member.firstLine = line
      var rest: ArraySlice<UInt8>? = Array("a\nb\n".utf8)[...]
      let next = texts.keeping(member) { () throws(BundleError) in
        defer { rest = nil }
        return rest
      }
      while try next() != nil {}
    }
    try read("parts", from: 1)
    #expect(texts["parts"] != nil)
    try read("parts", from: 3)
    #expect(texts["parts"] == nil)
    try read("parts", from: 5)
    #expect(texts["parts"] == nil)
    try read("later", from: 3)
    #expect(texts["later"] == nil)
  }

  @Test("small members are kept up to a bound on all of them")
  func keepsSome() throws {
    let texts = KeptTexts()
    let bytes = [UInt8](repeating: 0x61, count: KeptTexts.memberBytes)
    let fitting = KeptTexts.totalBytes / KeptTexts.memberBytes
    for number in 0...fitting {
      let member = BundleMember(
        path: "\(number)", artifact: nil, origin: nil, size: bytes.count)
      var rest: ArraySlice<UInt8>? = bytes[...]
      let next = texts.keeping(member) { () throws(BundleError) in
        defer { rest = nil }
        return rest
      }
      while try next() != nil {}
    }
    #expect(texts["\(fitting - 1)"] != nil)
    #expect(texts["\(fitting)"] == nil)
  }
}

import BundleModel
import Testing

@Suite("The catalogue of items")
struct CatalogTests {
  @Test("every id is unique and has the form category.snake_case")
  func idsAreUnique() {
    var seen: Set<ArtifactID> = []
    for artifact in Catalog.all {
      #expect(seen.insert(artifact.id).inserted, "\(artifact.id) is declared twice")
      let parts = artifact.id.rawValue.split(separator: ".", omittingEmptySubsequences: false)
      #expect((2...3).contains(parts.count), "\(artifact.id)")
      for part in parts {
        #expect(!part.isEmpty && part.utf8.allSatisfy(isSnake), "\(artifact.id)")
      }
    }
  }

  @Test("every path is relative, plain ASCII, and every single file's path is unique")
  func pathsAreSafe() {
    var seen: Set<String> = []
    for artifact in Catalog.all {
      #expect(!artifact.path.hasPrefix("/"))
      #expect(!artifact.path.split(separator: "/").contains(".."))
      #expect(artifact.path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(artifact.path)")
      if case .files = artifact.source { continue }
      // Some computations give several files of a folder.
      if case .derived = artifact.source, !artifact.path.contains(".") { continue }
      #expect(seen.insert(artifact.path).inserted, "\(artifact.path) is written twice")
    }
  }

  @Test("every item is bounded in time and size and says what it is for")
  func boundsAreSet() {
    for artifact in Catalog.all {
      #expect(artifact.timeoutSeconds > 0 && artifact.timeoutSeconds <= 120, "\(artifact.id)")
      #expect(artifact.capBytes > 0 && artifact.capBytes <= 128 << 20, "\(artifact.id)")
      #expect(artifact.summary.hasSuffix("."), "\(artifact.id)")
    }
  }

  @Test("what only other collectors gather has ids of its own, and stands for items that exist")
  func foreignContent() {
    var ids = Set((Catalog.all + Catalog.cluster).map(\.id))
    let own = Set(ids)
    for content in Catalog.foreign {
      let id = content.artifact.id
      #expect(ids.insert(id).inserted, "\(id) is declared twice")
      #expect(id.category == "foreign")
      #expect(id.rawValue.utf8.dropFirst("foreign.".utf8.count).allSatisfy(isSnake), "\(id)")
      #expect(content.artifact.summary.hasSuffix("."), "\(id)")
      #expect(Catalog.artifact(id)?.path == content.artifact.path)
      for item in content.standsFor {
        #expect(own.contains(item), "\(id) stands for \(item)")
        #expect(Catalog.substitutes(of: item).contains(id))
      }
    }
  }

  @Test("every item of a node says what it usually comes to, which is within its bounds")
  func typicalSizes() throws {
    for artifact in Catalog.all {
      let bytes = try #require(artifact.typicalBytes, "\(artifact.id)")
      let files = if case .files = artifact.source { 32 } else { 1 }
      #expect(bytes > 0 && bytes <= artifact.capBytes * files, "\(artifact.id)")
    }
    let whole = Catalog.all.compactMap(\.typicalBytes).reduce(0, +)
    #expect((100 << 20..<512 << 20).contains(whole), "\(whole >> 20) MiB")
  }

  @Test("what is read or computed here has time enough on a node without processor time")
  func localTimeLimits() {
    for artifact in Catalog.all {
      switch artifact.source {
      case .file, .files: #expect(artifact.timeoutSeconds >= 10, "\(artifact.id)")
      default: continue
      }
    }
    for id in [ArtifactID.agentProcesses, .listeners, .hostIdentity, .agentEnvironment] {
      #expect(Catalog.artifact(id)?.timeoutSeconds == 10, "\(id)")
    }
  }

  private func isSnake(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
  }
}

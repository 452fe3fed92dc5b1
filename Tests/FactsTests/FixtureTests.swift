import BundleModel
import Facts
import TestSupport
import Testing

/// A file below `Fixtures/artifacts`: its folder is the item, its name the case. For items that are
/// groups of files the name is the member's path with `~` for `/`; for other items with several files
/// it is `~` and the name of one of them. Behind an `@` stands the member's path in the archive of
/// another collector, with `~` for `/`.
struct FixtureCase: CustomTestStringConvertible, Sendable {
  var path: String

  var artifact: ArtifactID {
    ArtifactID(rawValue: path.split(separator: "/").first.map { String($0) } ?? "")
  }

  var member: String? {
    if let at = path.lastIndex(of: "@") {
      return path[path.index(after: at)...].dropLast(3)
        .split(separator: "~", omittingEmptySubsequences: false).joined(separator: "/")
    }
    guard let declared = Catalog.artifact(artifact) else { return nil }
    let name = path.split(separator: "/").last.map { String($0) } ?? ""
    guard case .files = declared.source else {
      return name.hasPrefix("~")
        ? declared.path + "/" + name.dropFirst().dropLast(3) : declared.path
    }
    let parts = name.dropLast(3).split(separator: "~", omittingEmptySubsequences: false)
    return declared.path + "/" + parts.joined(separator: "/")
  }

  var golden: String { "artifacts/" + path.dropLast(3) + ".rows.json" }

  var testDescription: String { path }

  func bytes() throws -> [UInt8] {
    try Fixture.bytes("artifacts/" + path)
  }

  static let all: [FixtureCase] = {
    // An unreadable folder leaves no cases, which a test of its own notices.
    ((try? Fixture.files(in: "artifacts", suffix: ".in")) ?? []).map { FixtureCase(path: $0) }
  }()
}

@Suite struct FixtureTests {
  @Test("every table has a fixture that fills it")
  func everyTableIsCovered() throws {
    var filled = Set<String>()
    for fixture in FixtureCase.all {
      let parsed = try ParsedRows.of(
        fixture.artifact, fixture.bytes(), path: fixture.member)
      for (table, rows) in parsed.tables where !rows.isEmpty { filled.insert(table.name) }
    }
    let missing = FactCatalog.all.map { $0.tableDescription.name }.filter { !filled.contains($0) }
    #expect(missing == [])
  }

  @Test("a fixture gives the rows of its golden file", arguments: FixtureCase.all)
  func matchesGolden(_ fixture: FixtureCase) throws {
    #expect(Catalog.artifact(fixture.artifact) != nil, "the folder is not named after an item")
    let parsed = try ParsedRows.of(fixture.artifact, fixture.bytes(), path: fixture.member)
    try expectGolden(parsed.golden, fixture.golden)
  }

  @Test("rows don't depend on the chunks in which bytes arrive", arguments: FixtureCase.all)
  func ignoresChunks(_ fixture: FixtureCase) throws {
    let bytes = try fixture.bytes()
    let whole = try ParsedRows.of(fixture.artifact, bytes, path: fixture.member).golden
    for chunk in [1, 7, 64] {
      let parsed = try ParsedRows.of(
        fixture.artifact, bytes, path: fixture.member, chunk: chunk)
      #expect(parsed.golden == whole, "chunks of \(chunk) bytes")
    }
  }

  @Test("damaged bytes crash nothing and make no more rows", arguments: FixtureCase.all)
  func survivesMutation(_ fixture: FixtureCase) throws {
    let bytes = try fixture.bytes()
    guard !bytes.isEmpty else { return }
    let clean = try ParsedRows.of(fixture.artifact, bytes, path: fixture.member)
    let bound = bytes.count + clean.tables.count
    for seed in 0..<200 {
      var generator = SeededGenerator(seed: UInt64(seed))
      var damaged = bytes
      for _ in 0..<max(1, bytes.count / 100) {
        let place = Int.random(in: 0..<damaged.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: damaged[place] = UInt8.random(in: 0...255, using: &generator)
        case 1 where damaged.count > 1: damaged.remove(at: place)
        default: damaged.insert(damaged[place], at: place)
        }
      }
      let parsed = try ParsedRows.of(fixture.artifact, damaged, path: fixture.member)
      let rows = parsed.tables.reduce(0) { $0 + $1.rows.count }
      #expect(rows <= bound, "seed \(seed)")
      _ =
        parsed.derive(UnitExec.self).count + parsed.derive(NewVethLinkPolicy.self).count
        + parsed.derive(SysctlEffectiveSetting.self).count
        + parsed.derive(UnitEnvironment.self).count + parsed.derive(KubeletEffective.self).count
        + parsed.derive(MaxPods.self).count
        + parsed.derive(IptablesChosenTable.self).count
        + parsed.derive(ReversePathFilter.self).count
        + parsed.derive(CNIImage.self).count + parsed.derive(CNISetting.self).count
    }
  }
}

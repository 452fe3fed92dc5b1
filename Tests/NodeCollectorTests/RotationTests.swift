import BundleModel
import Foundation
import SystemPackage
import Testing

@testable import NodeCollector

/// Logs that are rotated while a run reads them: whatever the moment, a line that was there before the
/// run is in the bundle, or the bundle says that it is not.
@Suite("Logs that are rotated under one's hands")
struct RotationTests {
  private static let folder = "/var/log/app"

  private static let artifact = Artifact(
    "test.log", "A test.", source: .files([folder]), path: "logs/app", timeoutSeconds: 120,
    capBytes: 16 << 20, keeps: .headAndTail, redaction: .log, stage: .logs, naming: .fileName)

  /// The folder of the logs, and the ways in which they are rotated.
  private struct Logs: Sendable {
    let root: URL

    func path(_ name: String) -> String { root.appending(path: "\(folder)/\(name)").path }

    /// `create`: the log gets another name, and a new one takes its place.
    func rename(_ name: String, to old: String, new text: String) throws {
      try FileManager.default.moveItem(atPath: path(name), toPath: path(old))
      try Data(text.utf8).write(to: URL(filePath: path(name)))
    }

    /// `copytruncate`: a copy is made and the log emptied, which stays the same file.
    func copyAndEmpty(_ name: String, to old: String) throws {
      try FileManager.default.copyItem(atPath: path(name), toPath: path(old))
      try empty(name)
    }

    func empty(_ name: String) throws {
      let file = try FileDescriptor.open(FilePath(path(name)), .writeOnly)
      try file.closeAfter { try file.resize(to: 0) }
    }

    /// A log that was rotated before is packed, and its plain form removed.
    func compress(_ name: String) throws {
      try TestNamespace.run(["gzip", path(name)])
    }
  }

  /// A node with logs.
  private struct Node {
    let fake: FakeNode
    var logs: Logs { Logs(root: fake.root) }

    init(_ files: [String: String]) throws {
      fake = try FakeNode()
      for (name, text) in files { try fake.file("\(folder)/\(name)", text) }
    }

    /// Reads what a listing showed, though the folder may have changed since, and then what changed.
    func read(
      between change: () throws -> Void, after late: () throws -> Void = {}
    ) async throws -> [CollectedMember] {
      let source = fake.context().files
      let listing = FileListing(host: fake.host, limit: 100)
      let first = listing.files(matching: [folder]).files
      try change()
      var copy = GroupCopy(artifact)
      let deadline = fake.host.clock.monotonic() + 120_000_000
      await copy.take(first, with: source, until: deadline)
      try late()
      await copy.takeLate(
        listing.files(matching: [folder]).files, with: source, until: deadline)
      return copy.members
    }
  }

  private func texts(_ members: [CollectedMember]) throws -> [String: String] {
    try members.reduce(into: [:]) { texts, member in
      guard let path = member.item.path, let spool = member.spool else { return }
      let text = String(decoding: try spool.read(0..<spool.offered), as: UTF8.self)
      #expect(texts.updateValue(text, forKey: path) == nil, "\(path) twice")
    }
  }

  @Test("renamed before it was read: the old lines come under the new name, the new ones as well")
  func renamed() async throws {
    let node = try Node(["app.log": "old\n"])
    let members = try await node.read {
      try node.logs.rename("app.log", to: "app-1.log", new: "new\n")
    }
    #expect(try texts(members) == ["logs/app/app.log": "new\n", "logs/app/app-1.log": "old\n"])
    #expect(members.allSatisfy { $0.item.status == .ok })
  }

  @Test("renamed after it was read: nothing comes twice")
  func renamedLate() async throws {
    let node = try Node(["app.log": "old\n"])
    let members = try await node.read {
    } after: {
      try node.logs.rename("app.log", to: "app-1.log", new: "new\n")
    }
    #expect(try texts(members) == ["logs/app/app.log": "old\n"])
  }

  @Test("compressed before it was read: it comes compressed, and nothing is missing")
  func compressed() async throws {
    let node = try Node(["app.log": "now\n", "app-1.log": "old\n"])
    let members = try await node.read { try node.logs.compress("app-1.log") }
    #expect(Set(try texts(members).keys) == ["logs/app/app.log", "logs/app/app-1.log.gz"])
    #expect(members.allSatisfy { $0.item.status == .ok })
  }

  @Test("removed before it was read: it is missing, and says how much is lost")
  func removed() async throws {
    let node = try Node(["app.log": "now\n", "app-1.log": "old lines\n"])
    let members = try await node.read {
      try FileManager.default.removeItem(atPath: node.logs.path("app-1.log"))
    }
    #expect(try texts(members) == ["logs/app/app.log": "now\n"])
    let lost = try #require(members.first { $0.item.status == .missing })
    #expect(lost.item.source.origin == "\(Self.folder)/app-1.log")
    #expect(lost.item.reason == "it was removed before it could be read: 10 bytes")
  }

  @Test("copied and emptied before it was read: the copy holds the old lines")
  func emptiedEarly() async throws {
    let node = try Node(["app.log": "old\n"])
    let members = try await node.read { try node.logs.copyAndEmpty("app.log", to: "app.log.1") }
    #expect(try texts(members)["logs/app/app.log.1"] == "old\n")
    #expect(members.first { $0.item.path == "logs/app/app.log" }?.item.status == .empty)
  }

  @Test(
    "emptied while it is read: what is gone is counted, beside what the cap left out",
    arguments: [16 << 20, 3 << 20])
  func emptiedMeanwhile(_ cap: Int) async throws {
    let line = String(repeating: "x", count: 99) + "\n"
    let size = 4 << 20
    let text = String(repeating: line, count: size / 100)
    let artifact = Self.artifact.bounded(timeoutSeconds: 120, capBytes: cap)
    // The moment can only be tried for; there are many.
    for attempt in 0..<40 {
      let node = try Node(["app.log": text])
      let logs = node.logs
      let emptying = Task.detached {
        try await Task.sleep(for: .milliseconds(5 + attempt * 10))
        try logs.empty("app.log")
      }
      let source = node.fake.context().files
      let place = FileListing(host: node.fake.host, limit: 10).files(matching: [Self.folder])
      let member = await source.read(
        "\(Self.folder)/app.log", at: try #require(place.files.first).place, for: artifact,
        to: "x", capBytes: cap, seconds: 120)
      try await emptying.value
      let isCut = cap < size
      guard let reason = member.item.reason, reason.contains("emptied") else {
        #expect(member.item.status == (isCut ? .partial : .ok) || member.item.status == .empty)
        continue
      }
      #expect(member.item.status == .partial)
      #expect(reason.contains("bytes in the middle were left out") == isCut, "\(reason)")
      let kept = try #require(member.spool).offered
      #expect(kept < min(size, cap))
      return
    }
    Issue.record("the log was never emptied in time")
  }

  /// How a log is rotated while it is written.
  enum Style: String, Sendable, CaseIterable {
    case create, copytruncate
  }

  @Test("no line that was there before a run is lost in silence", arguments: Style.allCases)
  func nothingIsLost(_ style: Style) async throws {
    for round in 0..<25 {
      let lines = (0..<6000).map { "line \(round) \($0)" }
      let node = try Node([
        "app.log": lines.map { $0 + "\n" }.joined(),
        "other.log": String(repeating: "o\n", count: 500),
      ])
      let pause = Duration.milliseconds(Int.random(in: 0...40))
      let logs = node.logs
      let rotation = Task.detached {
        try await Task.sleep(for: pause)
        switch style {
        case .create: try logs.rename("app.log", to: "app-1.log", new: "later\n")
        case .copytruncate: try logs.copyAndEmpty("app.log", to: "app.log.1")
        }
      }
      let source = node.fake.context().files
      let members = await source.group(of: [Self.folder], for: Self.artifact, seconds: 120)
      try await rotation.value
      let found = Set(
        try texts(members).values.flatMap { $0.split(separator: "\n").map(String.init) })
      let isWhole = lines.allSatisfy(found.contains)
      let isSaid = members.contains { [.partial, .missing].contains($0.item.status) }
      #expect(isWhole || isSaid, "round \(round)")
    }
  }
}

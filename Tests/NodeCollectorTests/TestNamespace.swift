import Foundation
import SystemPackage
import Testing

@testable import NodeCollector

/// A network namespace of a test, made with `ip netns` and taken away again.
final class TestNamespace: Sendable {
  let name: String

  /// Makes a namespace; only root can.
  init(_ label: String) throws {
    name = "cnitriage-\(label)-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    try Self.run(["ip", "netns", "add", name])
  }

  deinit {
    do {
      try Self.run(["ip", "netns", "delete", name])
    } catch {
      Issue.record("the namespace \(name) is left behind: \(error)")
    }
  }

  static let isPossible = geteuid() == 0

  var path: FilePath { FilePath("/run/netns/\(name)") }

  /// Runs a line of words inside and gives what it printed.
  @discardableResult
  func inside(_ words: String) throws -> String {
    try Self.run(["ip", "netns", "exec", name] + words.split(separator: " ").map(String.init))
  }

  /// The namespace as a container runtime leaves it on a node: mounted over a file.
  func mounted(in node: FakeNode, at place: String) throws -> NamespaceMount {
    try node.file(place, "")
    let file = node.root.appending(path: place).path
    try Self.run(["mount", "--bind", path.string, file])
    return NamespaceMount(file: file)
  }

  /// Runs a program and gives what it printed; a failure is one of the test.
  @discardableResult
  static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(arguments: arguments) }
    return String(decoding: bytes, as: UTF8.self)
  }

  struct Failure: Error {
    let arguments: [String]
  }

  /// A JSON document without its form.
  static func json(_ text: String) throws -> NSArray {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSArray)
  }

  /// Work on a thread inside.
  func reading<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws -> Value {
    try await NamespaceThread.run(in: path, seconds: 60, work).get()
  }
}

/// A namespace that is mounted over a file of a node.
struct NamespaceMount {
  let file: String

  /// Takes the mount away, without which the node's folder can't be removed.
  func remove() {
    do {
      try TestNamespace.run(["umount", "--lazy", file])
    } catch {
      Issue.record("the mount \(file) is left behind: \(error)")
    }
  }
}

import Foundation
import Testing

/// A network namespace of a test's own, in which real programs are set to work.
struct TestNamespace {
  let name: String

  /// Makes a namespace, runs `body` and removes the namespace.
  static func with(_ label: String, _ body: (TestNamespace) throws -> Void) throws {
    let namespace = TestNamespace(name: "cnitriage-\(label)-\(getpid())")
    _ = try run(["ip", "netns", "add", namespace.name])
    defer {
      do {
        _ = try run(["ip", "netns", "delete", namespace.name])
      } catch {
        Issue.record("the namespace \(namespace.name) is left behind: \(error)")
      }
    }
    try body(namespace)
  }

  /// Runs a program outside and returns what it prints.
  static func run(_ arguments: [String]) throws -> [UInt8] {
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
    return [UInt8](bytes)
  }

  /// Runs a program inside; words are separated by blanks.
  func callAsFunction(_ words: String) throws -> [UInt8] {
    try self(words.split(separator: " ").map { String($0) })
  }

  /// Runs a program inside.
  func callAsFunction(_ words: [String]) throws -> [UInt8] {
    try Self.run(["ip", "netns", "exec", name] + words)
  }
}

import Foundation
import Testing

/// Tests that gather items of their own from this machine.
protocol CollectingHere {}

extension CollectingHere {
  /// A JSON list of items of one's own.
  func items(_ scratch: Scratch, _ json: String) throws -> String {
    let path = scratch.path("items.json")
    try Data(json.utf8).write(to: URL(filePath: path))
    _ = unsafe chmod(path, 0o600)
    return path
  }

  /// A program of the scratch folder.
  func program(_ scratch: Scratch, _ name: String, _ script: String) throws -> String {
    let path = scratch.path(name)
    try Data("#!/bin/bash\n\(script)\n".utf8).write(to: URL(filePath: path))
    _ = unsafe chmod(path, 0o755)
    return path
  }

  func collect(_ arguments: [String]) throws -> Programs.Outcome {
    try Programs.run(
      Programs.cnitriage, ["collect", "--no-imds", "--min-free", "1"] + arguments)
  }

  func manifest(_ bundle: String) throws -> LabNode.Summary.Manifest {
    let text = try Programs.run(
      "/usr/bin/bsdtar", ["-xOqf", bundle, "*/manifest.json"])
    return try JSONDecoder().decode(
      LabNode.Summary.Manifest.self, from: Data(text.output.utf8))
  }

  func bundle(in folder: String) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let name = try #require(names.first { $0.hasPrefix("cnitriage-") && $0.hasSuffix(".tar.zst") })
    return "\(folder)/\(name)"
  }
}

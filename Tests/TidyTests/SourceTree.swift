import Foundation
import Testing

/// The repository as the tidy tests read it: tracked kinds of files, found from this file's place.
struct SourceTree {
  /// A Swift source file of a target.
  struct File: CustomTestStringConvertible, Sendable {
    let target: String
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var testDescription: String { path }
  }

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Every Swift file below `Sources`.
  static let sources: [File] = files(below: "Sources")

  /// Every Swift file below `Tests`.
  static let tests: [File] = files(below: "Tests")

  static func files(below folder: String) -> [File] {
    let base = root.appending(path: folder)
    let paths =
      FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
      guard let text = try? String(contentsOf: base.appending(path: path), encoding: .utf8),
        let target = path.split(separator: "/").first
      else { return nil }
      return File(target: String(target), path: "\(folder)/\(path)", text: text)
    }
  }

  /// The modules that a file imports.
  static func imports(of file: File) -> [String] {
    file.lines.compactMap { line in
      var words = line.split(separator: " ")[...]
      while let first = words.first, Self.modifiers.contains(String(first)) {
        words = words.dropFirst()
      }
      guard words.first == "import", let module = words.dropFirst().first else { return nil }
      return String(module)
    }
  }

  private static let modifiers: Set<String> = [
    "public", "internal", "package", "private", "fileprivate", "@testable", "@preconcurrency",
  ]
}

import Foundation
import Testing

@Suite("The tree keeps its own rules")
struct TidyTests {
  @Test("every target imports only what the architecture allows", arguments: SourceTree.sources)
  func imports(_ file: SourceTree.File) throws {
    guard !ImportTable.development.contains(file.target) else { return }
    let allowed = try #require(
      ImportTable.allowed[file.target], "\(file.target) is missing in the import table")
    for module in SourceTree.imports(of: file) {
      #expect(
        allowed.contains(module) || ImportTable.system.contains(module),
        "\(file.path) imports \(module)")
      if ImportTable.nodeSide.contains(file.target) {
        #expect(!ImportTable.tooLargeForNodes.contains(module), "\(file.path) imports \(module)")
      }
    }
  }

  @Test("pure targets import nothing of the system either")
  func pureTargets() {
    let pure: Set<String> = [
      "BundleModel", "Redaction", "WireFormats", "IPAMEngine", "ReportModel", "Facts",
    ]
    for file in SourceTree.sources where pure.contains(file.target) {
      let modules = SourceTree.imports(of: file).filter { $0 != "BundleModel" }
      #expect(modules.isEmpty, "\(file.path) imports \(modules)")
    }
  }

  @Test("unsafe code stands only where the architecture allows it", arguments: SourceTree.sources)
  func unsafeCode(_ file: SourceTree.File) {
    guard !ImportTable.mayBeUnsafe(file.path), !ImportTable.development.contains(file.target)
    else { return }
    for (number, line) in code(file) {
      #expect(!words(line).contains("unsafe"), "\(file.path):\(number)")
    }
  }

  @Test("no forced or unchecked code in Sources", arguments: SourceTree.sources)
  func forcedCode(_ file: SourceTree.File) {
    let forbidden = ["try!", "as!", "@unchecked Sendable", "nonisolated(unsafe)", "fatalError("]
    for (number, line) in code(file) {
      for word in forbidden {
        #expect(!line.contains(word), "\(file.path):\(number) has \(word)")
      }
    }
  }

  @Test("only executables print", arguments: SourceTree.sources)
  func printing(_ file: SourceTree.File) {
    guard !ImportTable.development.contains(file.target), file.target != "cnitriage" else { return }
    for (number, line) in code(file) {
      let calls = line.components(separatedBy: "print(").dropLast()
      #expect(!calls.contains { $0.last.map { !$0.isLetter } ?? true }, "\(file.path):\(number)")
    }
  }

  @Test("files stay below 400 lines, data tables excepted", arguments: SourceTree.sources)
  func fileSizes(_ file: SourceTree.File) {
    guard !file.path.hasSuffix("Table.swift"), !file.path.hasSuffix("Data.swift") else { return }
    #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines")
  }

  @Test("functions stay below 60 lines", arguments: SourceTree.sources)
  func functionSizes(_ file: SourceTree.File) {
    var open: [(indent: Int, line: Int)] = []
    for (index, line) in file.lines.enumerated() {
      let indent = line.prefix { $0 == " " }.count
      let text = line.dropFirst(indent)
      if let last = open.last, text.hasPrefix("}"), indent == last.indent {
        open.removeLast()
        #expect(index - last.line < 60, "\(file.path):\(last.line + 1)")
      }
      let isFunction = text.contains("func ") || text.hasPrefix("init(") || text.contains(" init(")
      if isFunction, !text.hasPrefix("//"), text.hasSuffix("{") { open.append((indent, index)) }
    }
  }

  @Test("no word about the place where it was written", arguments: SourceTree.sources)
  func unfinishedWork(_ file: SourceTree.File) {
    for (index, line) in file.lines.enumerated() {
      for word in ["TODO", "FIXME", "XXX", "HACK"] {
        #expect(!words(line).contains(word), "\(file.path):\(index + 1)")
      }
    }
  }

  @Test("every own target uses the strict settings")
  func strictSettings() throws {
    let manifest = try String(
      contentsOf: SourceTree.root.appending(path: "Package.swift"), encoding: .utf8)
    // Fuzzers are the exception: their flags don't go together with the strict ones.
    let shipped = manifest.components(separatedBy: "if isFuzzing")[0]
    let lines = shipped.split(separator: "\n").map { $0.drop { $0 == " " } }
    let text = lines.joined(separator: "\n")
    let kinds = ["\n.target(", "\n.executableTarget(", "\n.testTarget("]
    let declarations = kinds.flatMap { text.components(separatedBy: $0).dropFirst() }
    #expect(declarations.count > 20)
    for declaration in declarations.map({ $0.components(separatedBy: "\n.")[0] }) {
      let name = declaration.split(separator: "\"").dropFirst().first ?? ""
      #expect(declaration.contains("swiftSettings: strict"), "target \(name)")
    }
  }

  /// Lines without comments and string contents that could hold words by chance.
  private func code(_ file: SourceTree.File) -> [(number: Int, text: String)] {
    file.lines.enumerated().compactMap { index, line in
      let text = line.drop { $0 == " " }
      guard !text.hasPrefix("//"), !text.hasPrefix("/*"), !text.hasPrefix("*") else { return nil }
      let pieces = String(text).components(separatedBy: "\"")
      let outside = stride(from: 0, to: pieces.count, by: 2).map { pieces[$0] }
        .joined(separator: "\"\"")
      return (index + 1, outside.components(separatedBy: "//")[0])
    }
  }

  private func words(_ line: some StringProtocol) -> Set<String> {
    let separators = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "_")).inverted
    return Set(line.components(separatedBy: separators))
  }
}

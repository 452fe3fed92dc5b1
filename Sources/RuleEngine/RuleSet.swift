public import BuiltinRules
import BundleModel
import FoundationEssentials

/// Rules in the order of their ids.
public struct RuleSet: Sendable {
  /// The rules, sorted by id, each id once.
  public private(set) var rules: [RuleDefinition]

  /// Reads rules. The first one that cannot be read ends it: a judgement over fewer rules than
  /// intended would look like health.
  public init(
    _ sources: [RuleFile] = BuiltinRules.files, folder: String = "Rules"
  ) throws(RuleError) {
    rules = []
    try add(sources, folder: folder)
  }

  /// Adds rules of a user.
  public mutating func add(_ sources: [RuleFile], folder: String) throws(RuleError) {
    for source in sources {
      let rule = try RuleDefinition(source, in: folder)
      if let other = rules.first(where: { $0.id == rule.id }) {
        throw RuleError(
          file: rule.file, line: 1, what: "the rule \(rule.id) exists already",
          why: "\(other.file) has the same id", remedy: "rename the file, or use --rules-only")
      }
      rules.append(rule)
    }
    rules.sort { $0.id < $1.id }
  }

  /// Reads every `GROUP/SLUG.yaml` below a folder of the disk.
  public static func files(in folder: String) throws(RuleError) -> [RuleFile] {
    let manager = FileManager.default
    var files: [RuleFile] = []
    do {
      for group in try manager.contentsOfDirectory(atPath: folder).sorted() {
        let path = "\(folder)/\(group)"
        var isFolder = false
        guard manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder else { continue }
        for name in try manager.contentsOfDirectory(atPath: path).sorted()
        where name.hasSuffix(".yaml") {
          let data = try Data(contentsOf: URL(filePath: "\(path)/\(name)"))
          files.append(
            RuleFile(path: "\(group)/\(name)", text: String(decoding: data, as: UTF8.self)))
        }
      }
    } catch {
      throw RuleError(
        file: folder, line: 1, what: "the folder of rules cannot be read",
        why: "it doesn't exist, or this user may not read it",
        remedy: "check the path given to --rules")
    }
    guard !files.isEmpty else {
      throw RuleError(
        file: folder, line: 1, what: "the folder holds no rules",
        why: "rules stand at GROUP/SLUG.yaml below it", remedy: "check the path given to --rules")
    }
    return files
  }

  /// The rules that a selection leaves.
  ///
  /// - Parameters:
  ///   - select: ids, groups or patterns with `*`; empty for all.
  ///   - ignore: the same, taken out afterwards.
  public func selecting(
    _ select: [String], ignoring ignore: [String]
  ) throws(SelectionError) -> [RuleDefinition] {
    for word in select { try requireMatch(word, option: "--select") }
    for word in ignore { try requireMatch(word, option: "--ignore") }
    return rules.filter { rule in
      (select.isEmpty || select.contains { Self.matches($0, rule.id) })
        && !ignore.contains { Self.matches($0, rule.id) }
    }
  }

  private func requireMatch(_ word: String, option: String) throws(SelectionError) {
    if rules.contains(where: { Self.matches(word, $0.id) }) { return }
    throw SelectionError(
      word: word, option: option, nearest: NearestName.to(word, among: rules.map(\.id)))
  }

  static func matches(_ pattern: String, _ id: String) -> Bool {
    if !pattern.contains("/"), !pattern.contains("*") { return id.hasPrefix(pattern + "/") }
    var rest = id[...]
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard let first = parts.first, rest.hasPrefix(first) else { return false }
    rest = rest.dropFirst(first.count)
    for (index, part) in parts.enumerated().dropFirst() {
      if index == parts.count - 1 { return rest.hasSuffix(part) }
      guard !part.isEmpty else { continue }
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.isEmpty
  }
}

/// A word on the command line that names no rule.
public struct SelectionError: Error, Sendable, Hashable {
  /// The word.
  public let word: String
  /// The option that it was given to.
  public let option: String
  /// The rule that it is nearest to.
  public let nearest: String?
}

extension Substring {
  fileprivate func firstRange(of part: Substring) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(part) {
        return start..<(index(start, offsetBy: part.count))
      }
      start = index(after: start)
    }
    return nil
  }
}

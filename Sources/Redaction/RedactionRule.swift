/// One kind of masking. The raw value is the name that stands in masks, counters and documents.
public enum RedactionRule: String, Sendable, CaseIterable {
  /// Secrets by shape or by the name in front of them, in any text.
  case secrets = "R1"
  /// User information and queries of URLs, credentials among mount options.
  case urls = "R2"
  /// Values of environment variables outside an allow-list of names.
  case environment = "R3"
  /// Credentials in YAML and JSON configuration, found by structure.
  case configuration = "R4"
  /// Arguments of programs outside an allow-list of executables.
  case commandLines = "R5"
  /// Names of pods, namespaces and images, replaced by pseudonyms.
  case names = "R7"
  /// Addresses, host names and ids, replaced by pseudonyms.
  case addresses = "R8"
  /// Environment, annotations and commands in Kubernetes objects, found by structure.
  case kubernetesObjects = "R10"
  /// Overlong lines of logs.
  case logs = "R11"

  /// What stands in the place of a masked value: ASCII, without quotes, backslashes or blanks, so
  /// that the text around it keeps its structure.
  var mask: [UInt8] {
    Array("<redacted:\(rawValue)>".utf8)
  }
}

/// Which kinds of masking an item gets.
public struct RedactionRules: OptionSet, Sendable, Hashable {
  /// One bit per rule.
  public let rawValue: UInt8

  /// Makes a set from its bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// R1: secrets by shape or by the name in front of them. Every other rule includes it.
  public static let secrets = RedactionRules(rawValue: 1)
  /// R2: user information and queries of URLs, credentials among mount options.
  public static let urls = RedactionRules(rawValue: 2)
  /// R3: the text is an environment file or a list of `NAME=value` lines.
  public static let environment = RedactionRules(rawValue: 4)
  /// R4: the text is YAML, JSON or unit-file configuration.
  public static let configuration = RedactionRules(rawValue: 8)
  /// R5: every line of the text is a command line.
  public static let commandLines = RedactionRules(rawValue: 16)
  /// R10: the text is a Kubernetes object or list in JSON.
  public static let kubernetesObjects = RedactionRules(rawValue: 32)
  /// R11: the text is a log; lines longer than 64 KiB are cut.
  public static let logs = RedactionRules(rawValue: 64)
}

/// How often each rule masked something.
public struct RedactionCounts: Sendable, Equatable {
  private var counts: [RedactionRule: Int] = [:]

  /// Makes counts that are all zero.
  public init() {}

  /// The number of values that a rule masked; for R11 the number of lines that were cut.
  public internal(set) subscript(rule: RedactionRule) -> Int {
    get { counts[rule, default: 0] }
    set { counts[rule] = newValue == 0 ? nil : newValue }
  }

  /// The number of masked values under all rules.
  public var total: Int {
    counts.values.reduce(0, +)
  }

  /// The counts by name of the rule, without zeros: the form a manifest stores.
  public var byName: [String: Int] {
    var names: [String: Int] = [:]
    for (rule, count) in counts {
      names[rule.rawValue] = count
    }
    return names
  }

  /// Adds the counts of another item.
  public mutating func add(_ other: RedactionCounts) {
    for (rule, count) in other.counts {
      self[rule] += count
    }
  }
}

import BundleModel

/// A set of addresses or ports.
public struct IPSet: FactTable {
  var name: String
  var type: String
  var family: String?
  var references: Int64?
  var entries: Int64 = 0

  /// The declaration of `ipset`.
  public static let schema = Schema<Self>(
    "ipset", "Sets of addresses and ports.", from: [.ipset, .foreignIPSets],
    columns: [
      Column("name", \.name, "Name of the set."),
      Column("type", \.type, "Type such as hash:ip,port."),
      Column("family", \.family, "Address family: ipv4 or ipv6; NULL if the type has none."),
      Column("reference_count", \.references, "Rules that use it; NULL if not printed."),
      Column("entries", \.entries, "How many entries it has."),
    ])

  /// Reads `ipset save` and `ipset list`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var reader = IPSetReader()
    var open: [String: (row: Self, line: Int)] = [:]
    var order: [String] = []
    while let bytes = try input.nextLine() {
      switch reader.read(bytes.trimmed) {
      case .set(let set):
        // A file may list the sets and save them as well.
        guard open[set.name] == nil else { continue }
        order.append(set.name)
        open[set.name] = (set, input.lineNumber)
      case .entry(let entry) where !entry.isRepeated: open[entry.set]?.row.entries += 1
      case .references(let set, let count): open[set]?.row.references = count
      case .unreadable: rows.unreadable("not a line of ipset", line: input.lineNumber)
      default: break
      }
    }
    for name in order {
      if let (row, line) = open[name] { rows.append(row, line: line) }
    }
  }
}

/// An entry of a set.
public struct IPSetEntry: FactTable {
  var entry: IPSetReader.Entry

  private var range: IPRange? {
    entry.element.split(separator: ",").first.flatMap { IPRange(String($0)) }
  }

  /// The declaration of `ipset_entry`.
  public static let schema = Schema<Self>(
    "ipset_entry", "Entries of the sets of addresses and ports.", from: [.ipset, .foreignIPSets],
    columns: [
      Column("name", \.entry.set, "Name of the set."),
      Column("element", \.entry.element, "The entry, such as 10.100.0.1,tcp:443."),
      Column("comment", \.entry.comment, "Comment of the entry."),
      Column("packets", \.entry.packets, "Packets that matched; NULL without counters."),
      Column("first_key", { $0.range?.firstKey }, .addressKey("element", "first")),
      Column("last_key", { $0.range?.lastKey }, .addressKey("element", "last")),
    ])

  /// Reads `ipset save` and `ipset list`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var reader = IPSetReader()
    while let bytes = try input.nextLine() {
      // Lines that cannot be read are reported once, by `ipset`.
      guard case .entry(let entry) = reader.read(bytes.trimmed), !entry.isRepeated else {
        continue
      }
      rows.append(Self(entry: entry), line: input.lineNumber)
    }
  }
}

/// Reads the lines of `ipset save` and `ipset list`.
struct IPSetReader {
  struct Entry: Sendable {
    var set: String
    var element: String
    var comment: String?
    var packets: Int64?
    /// Whether the set was listed before in the other spelling.
    var isRepeated: Bool
  }

  enum Item {
    case set(IPSet)
    case entry(Entry)
    case references(String, Int64)
    case unreadable
    case nothing
  }

  private var listed: Set<String> = []
  private var saved: Set<String> = []
  private var name = ""
  private var type = ""
  private var isInMembers = false

  mutating func read(_ line: Bytes) -> Item {
    guard !line.isEmpty, let words = IptablesRuleText.words(line)?.map({ String($0) }),
      let first = words.first
    else { return line.isEmpty ? .nothing : .unreadable }
    switch first {
    case "create" where words.count >= 3:
      isInMembers = false
      guard listed.contains(words[1]) || saved.count < FactLimits.sets else { return .nothing }
      saved.insert(words[1])
      return .set(Self.set(words[1], words[2], words))
    case "add" where words.count >= 3:
      return .entry(entry(words[1], words[2...], isRepeated: listed.contains(words[1])))
    case "Name:" where words.count >= 2:
      isInMembers = false
      name = words[1]
      return .nothing
    case "Type:" where words.count >= 2:
      type = words[1]
      return .nothing
    case "Header:":
      guard listed.count < FactLimits.sets else { return .nothing }
      listed.insert(name)
      return .set(Self.set(name, type, words))
    case "References:":
      return .references(name, words.count > 1 ? Int64(words[1]) ?? 0 : 0)
    case "Members:":
      isInMembers = true
      return .nothing
    case "Revision:", "Size", "Number", "COMMIT", "***", "-e": return .nothing
    default:
      if ShellPrompt.matches(line) { return .nothing }
      guard isInMembers else { return .unreadable }
      return .entry(entry(name, words[...], isRepeated: saved.contains(name)))
    }
  }

  private static func set(_ name: String, _ type: String, _ words: [String]) -> IPSet {
    var set = IPSet(name: name, type: type)
    if let at = words.firstIndex(of: "family"), at + 1 < words.count {
      set.family = NeighbourText.family(words[at + 1])
    }
    return set
  }

  private func entry(_ set: String, _ all: ArraySlice<String>, isRepeated: Bool) -> Entry {
    var words = all
    var entry = Entry(set: set, element: words.popFirst() ?? "", isRepeated: isRepeated)
    while let word = words.popFirst() {
      switch word {
      case "comment": entry.comment = words.popFirst()
      case "packets": entry.packets = words.popFirst().flatMap { Int64($0) }
      default: break
      }
    }
    return entry
  }
}

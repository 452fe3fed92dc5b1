/// What a walk has used up, over an input and all archives inside it.
final class ReadBudget {
  private let name: String
  private let limits: ReadLimits
  private var members = 0
  private var bytes = 0

  init(name: String, limits: ReadLimits) {
    self.name = name
    self.limits = limits
  }

  /// Counts a member and the bytes that it declares.
  func take(_ size: Int) throws(BundleError) {
    members += 1
    guard members <= limits.members else {
      throw .exceeds(name, "more than \(limits.members) entries")
    }
    try take(bytes: size)
  }

  /// Counts bytes that no header declares.
  func take(bytes size: Int) throws(BundleError) {
    bytes += max(0, min(size, limits.totalBytes + 1))
    guard bytes <= limits.totalBytes else {
      throw .exceeds(name, "more than \(limits.totalBytes) bytes unpacked")
    }
  }
}

/// What a walk met that is odd without making the input unreadable. An input can't make it long.
struct WalkNotes: Sendable {
  private let limit: Int
  private(set) var texts: [String] = []
  private(set) var ignored: [String] = []
  private var more = 0

  /// - Parameter limit: how many notes are kept.
  init(limit: Int) {
    self.limit = limit
  }

  /// Notes a sentence.
  mutating func add(_ text: String) {
    if texts.count < limit { texts.append(text) } else { more += 1 }
  }

  /// Notes an entry that is neither file nor folder.
  mutating func ignore(_ path: String) {
    if ignored.count < limit {
      ignored.append("ignored \(Shown.text(path)): it is no regular file")
    } else {
      more += 1
    }
  }

  /// The notes of two walks.
  func joined(with other: WalkNotes) -> WalkNotes {
    var all = self
    for text in other.texts { all.add(text) }
    for text in other.ignored {
      if all.ignored.count < limit { all.ignored.append(text) } else { all.more += 1 }
    }
    all.more += other.more
    return all
  }

  /// All of them, and how many were left out.
  var lines: [String] { texts + ignored + (more > 0 ? ["\(more) further notes like these"] : []) }
}

/// Foreign text in messages.
enum Shown {
  /// Bytes of it that a message shows.
  private static let limit = 200

  /// The text without what would drive a terminal, cut to a length that can be read.
  static func text(_ text: some StringProtocol) -> String {
    var shown = ""
    for scalar in text.unicodeScalars {
      guard shown.utf8.count < limit else { return shown + "…" }
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      let isDirection =
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      shown.unicodeScalars.append(isControl || isDirection ? "\u{FFFD}" : scalar)
    }
    return shown
  }
}

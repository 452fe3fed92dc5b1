/// Bounds of reading facts. Whatever a bundle holds, work and memory stay within them.
public enum FactLimits {
  /// Longest line in bytes; the rest of a longer one is dropped and the line is marked as cut.
  public static let lineBytes = 1 << 20
  /// Most bytes of a member that is read as a whole, such as a JSON document.
  public static let documentBytes = 128 << 20
  /// Deepest nesting of JSON.
  public static let jsonDepth = 64
  /// Most values in one JSON document.
  public static let jsonValues = 4_000_000
  /// Longest path of names inside a document; deeper parts of it are left out.
  public static let pathBytes = 2048
  /// Most words of one command line.
  public static let commandWords = 10_000
  /// Most rows that one member may add to one table.
  public static let rowsPerMember = 5_000_000
  /// Most issues that are kept word by word per member and table; the rest is counted.
  public static let issuesPerMember = 100
  /// Most kinds of tracked connections that a list is counted by.
  public static let trackedKinds = 4000
  /// Most sets of addresses and ports that a list may hold.
  public static let sets = 100_000
  /// Most physical lines that are joined to repair a record that was wrapped by a terminal.
  public static let wrappedLines = 20
  /// Most fields of one record, such as a unit's properties, that are kept until it is complete.
  public static let fieldsPerRecord = 4096
  /// Most bytes of a message that an event of the host keeps.
  public static let eventMessageBytes = 4096
  /// Bytes of a log message that a row keeps; AWS errors and CNI requests are shorter.
  public static let messageBytes = 8 << 10
  /// Bytes of a message's shape; messages that begin alike have one shape beyond them.
  public static let shapeBytes = 200
  /// Most shapes of unknown messages per member; what comes later is counted together.
  public static let shapesPerMember = 1000
  /// Most rows for complaints of one unknown shape; all of them are counted.
  public static let rowsPerShape = 20
  /// Most statements of a log whose repeats are looked for at the same time.
  public static let openRepeats = 4096
  /// Most statements of one ipamd log that a replay gets. One that says nothing new takes two bytes.
  public static let journalStatements = 6_000_000
  /// Times that a statement can have, in microseconds since 1970 UTC: up to the year 2200.
  public static let journalTimesUs: ClosedRange<Int64> = 0...7_258_118_400_000_000
  /// Bytes of a text in such a statement.
  public static let journalTextBytes = 512
}

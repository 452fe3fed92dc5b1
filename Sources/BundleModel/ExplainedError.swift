/// An error in the three parts that every message of the program has: what, why, and what to try.
public protocol ExplainedError: Error, Sendable {
  /// The stable code that documentation and scripts can name, such as `E301`.
  var code: String { get }
  /// What happened, with exact values.
  var what: String { get }
  /// The likely reason.
  var why: String { get }
  /// What the reader of the message can do.
  var remedy: String { get }
}

extension ExplainedError {
  /// The message as it goes to standard error; control characters of foreign names are replaced,
  /// so that they can't drive a terminal.
  public var message: String {
    "error: \(Self.printable(what)) [\(code)]\n  why  \(Self.printable(why))\n"
      + "  try  \(Self.printable(remedy))\n"
  }

  private static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "?" : $0 }))
  }
}

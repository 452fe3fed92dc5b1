/// A command of a node that a test wants to misbehave.
public struct ToolFault: Hashable, Sendable {
  /// How it misbehaves.
  public enum Kind: String, CaseIterable, Sendable {
    /// It never ends.
    case hanging
    /// It writes without end.
    case flooding
    /// It fails with exit code 4.
    case failing
    /// It does not exist.
    case missing
  }

  let kind: Kind
  let command: String

  /// Reads `hanging:iptables-save`; nothing if the text has another form.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])) else { return nil }
    let letters = parts[1].utf8
    guard letters.allSatisfy({ isPartOfName($0) }), letters.first != UInt8(ascii: ".") else {
      return nil
    }
    self.kind = kind
    command = String(parts[1])
  }

  /// The program that takes the command's place; nothing where the command is to be absent.
  var replacement: String? {
    switch kind {
    case .hanging: "#!/bin/sh\nexec sleep 1000000\n"
    case .flooding: "#!/bin/sh\nexec yes 'the same line again and again, without end'\n"
    case .failing: "#!/bin/sh\necho \"\(command): made to fail by the lab\" >&2\nexit 4\n"
    case .missing: nil
    }
  }
}

private func isPartOfName(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
    UInt8(ascii: "."):
    true
  default: false
  }
}

/// A text whose lines belong to the line above that stands further left: what `kubectl describe`
/// and similar tools print for people.
struct IndentTree {
  var line: Int
  /// The line without its indentation.
  var text: String
  var children: [IndentTree] = []

  /// The part in front of the first colon that ends the line or is followed by a blank.
  var key: String { parts.key }
  /// The part behind it; empty if there is none.
  var value: String { parts.value }

  private var parts: (key: String, value: String) {
    let bytes = Array(text.utf8)[...]
    for index in bytes.indices where bytes[index] == UInt8(ascii: ":") {
      let next = index + 1
      if next == bytes.endIndex || bytes[next].isBlank {
        return (String(bytes[..<index].trimmed), String(bytes[next...].trimmed))
      }
    }
    return (text, "")
  }

  /// The child of this key.
  subscript(key: String) -> IndentTree? {
    children.first { $0.key == key }
  }

  /// The first line's value with those of the lines below it, which have no key of their own.
  var values: [String] {
    let all = [value] + children.map(\.text)
    return all.filter { !$0.isEmpty && $0 != "<none>" }
  }

  /// The trees of a text, within bounds of depth.
  static func read(_ bytes: Bytes) -> [IndentTree] {
    var stack: [(indent: Int, node: IndentTree)] = [(-1, IndentTree(line: 0, text: ""))]
    var number = 0
    for raw in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
      number += 1
      let text = raw.trimmed
      guard !text.isEmpty else { continue }
      let indent = raw.prefix { $0.isBlank }.count
      while stack.count > 1,
        stack[stack.count - 1].indent >= indent
          || stack.count > FactLimits.jsonDepth
      {
        close(&stack)
      }
      stack.append((indent, IndentTree(line: number, text: String(text.filter { $0 != 0 }[...]))))
    }
    while stack.count > 1 { close(&stack) }
    return stack[0].node.children
  }

  private static func close(_ stack: inout [(indent: Int, node: IndentTree)]) {
    let done = stack.removeLast().node
    stack[stack.count - 1].node.children.append(done)
  }
}

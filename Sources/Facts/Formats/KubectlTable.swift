/// Tables that kubectl prints for people: columns stand at least two blanks apart.
enum KubectlTable {
  /// The cells of a line. A cell may hold single blanks.
  static func cells(_ line: String) -> [String] {
    cells(Array(line.utf8)[...]).map { String($0) }
  }

  /// The cells of a line, which two blanks or a tab separate.
  static func cells(_ line: Bytes) -> [Bytes] {
    var cells: [Bytes] = []
    var start = line.startIndex
    var index = line.startIndex
    while index < line.endIndex {
      guard line[index].isBlank else {
        index += 1
        continue
      }
      var end = index
      while end < line.endIndex, line[end].isBlank { end += 1 }
      if end - index > 1 || line[index] == 0x09 || end == line.endIndex {
        if index > start { cells.append(line[start..<index]) }
        start = end
      }
      index = end
    }
    if start < line.endIndex { cells.append(line[start...]) }
    return cells
  }
}

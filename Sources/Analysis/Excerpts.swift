import BundleReader
import Facts
import ReportModel

/// Fetches the lines that findings point at: from the small members that were kept, and for those
/// of large ones in a second pass that ends where the last of them stands.
enum Excerpts {
  /// Bytes of a line that a report shows; reports stay small whatever a log holds.
  static let lineBytes = 400

  static func fill(
    _ judgements: inout [Judgement], from source: some EvidenceSource, kept texts: KeptTexts
  ) throws {
    var wanted = wantedLines(judgements)
    var lines: [String: [Int: String]] = [:]
    for (path, numbers) in wanted {
      guard let text = texts[path] else { continue }
      var rest: ArraySlice<UInt8>? = text[...]
      lines[path] = try Self.lines(numbers, from: 1) { () throws(BundleError) in
        defer { rest = nil }
        return rest
      }
      wanted[path] = nil
    }
    if !wanted.isEmpty {
      lines.merge(try read(wanted, from: source)) { kept, _ in kept }
    }
    for index in judgements.indices {
      guard case .fires(var findings) = judgements[index].outcome else { continue }
      for finding in findings.indices {
        for evidence in findings[finding].evidence.indices {
          let place = findings[finding].evidence[evidence]
          guard place.excerpt == nil, let line = place.line else { continue }
          findings[finding].evidence[evidence].excerpt = lines[place.path]?[line]
        }
      }
      judgements[index].outcome = .fires(findings)
    }
  }

  private static func wantedLines(_ judgements: [Judgement]) -> [String: Set<Int>] {
    var wanted: [String: Set<Int>] = [:]
    for judgement in judgements {
      guard case .fires(let findings) = judgement.outcome else { continue }
      for evidence in findings.flatMap(\.evidence) where evidence.excerpt == nil {
        if let line = evidence.line { wanted[evidence.path, default: []].insert(line) }
      }
    }
    return wanted
  }

  private struct HasEverything: Error {}

  private static func read(
    _ wanted: [String: Set<Int>], from source: some EvidenceSource
  ) throws -> [String: [Int: String]] {
    var found: [String: [Int: String]] = [:]
    var left = wanted.values.reduce(0) { $0 + $1.count }
    do {
      try ReadAhead.forEachMember(of: source, where: { wanted[$0.path] != nil }) { member, next in
        guard let lines = wanted[member.path] else { return }
        // A file may come in parts, each with some of the lines.
        let texts = try Self.lines(lines, from: member.firstLine, next)
        left -= texts.count
        found[member.path, default: [:]].merge(texts) { first, _ in first }
        if left <= 0 { throw HasEverything() }
      }
    } catch is HasEverything {
      // The rest of the archive holds nothing that is wanted.
    }
    return found
  }

  private static func lines(
    _ wanted: Set<Int>, from firstLine: Int,
    _ next: () throws(BundleError) -> ArraySlice<UInt8>?
  ) throws -> [Int: String] {
    var texts: [Int: String] = [:]
    var number = firstLine
    var line: [UInt8] = []
    func keep() {
      if wanted.contains(number) { texts[number] = text(line) }
      line.removeAll(keepingCapacity: true)
      number += 1
    }
    var due = wanted.sorted()[...]
    while texts.count < wanted.count, let chunk = try next() {
      // Most chunks end before the next line that is wanted: their line ends are just counted.
      while let first = due.first, first < number { due = due.dropFirst() }
      // What is still wanted stands in another part of the file.
      if due.isEmpty, line.isEmpty { break }
      let ends = LineEnds.count(in: chunk)
      if line.isEmpty, let first = due.first, number + ends < first {
        number += ends
        continue
      }
      var rest = chunk
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        if wanted.contains(number) {
          line += rest[..<end].prefix(lineBytes + 1 - min(line.count, lineBytes + 1))
        }
        keep()
        rest = rest[(end + 1)...]
      }
      if wanted.contains(number) {
        line += rest.prefix(lineBytes + 1 - min(line.count, lineBytes + 1))
      }
    }
    if !line.isEmpty { keep() }
    return texts
  }

  /// A line as text, cut at a whole character.
  private static func text(_ line: [UInt8]) -> String {
    var bytes = line[...]
    let isCut = bytes.count > lineBytes
    if isCut {
      bytes = bytes.prefix(lineBytes)
      while let last = bytes.last, last & 0xC0 == 0x80 { bytes = bytes.dropLast() }
      if let last = bytes.last, last >= 0xC0 { bytes = bytes.dropLast() }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let trimmed = text.drop { $0.isWhitespace }
    return (trimmed.last?.isNewline == true ? String(trimmed.dropLast()) : String(trimmed))
      + (isCut ? "…" : "")
  }
}

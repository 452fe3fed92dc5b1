/// What `mount` and `df` print, one behind the other in the archives of other collectors.
enum MountText {
  private enum Section {
    case mounts, space, kibibytes, inodes
  }

  static func read(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Mount>
  ) throws(ParseError) {
    var section = Section.mounts
    // df breaks a line behind a long name of a device.
    var device: (name: Bytes, line: Int)?
    while let line = try input.nextLine() {
      let words = line.words
      guard let first = words.first else { continue }
      if first.equals("Filesystem") {
        if words.contains(where: { $0.equals("Inodes") }) {
          section = .inodes
        } else {
          section = words.contains { $0.equals("1K-blocks") } ? .kibibytes : .space
        }
        device = nil
        continue
      }
      if section == .mounts {
        if let row = mount(line) {
          rows.append(row, line: input.lineNumber)
        } else if !ShellPrompt.matches(line) {
          rows.unreadable("not a mount", line: input.lineNumber)
        }
        continue
      }
      if words.count == 1 {
        device = (first, input.lineNumber)
        continue
      }
      let fields = (device.map { [$0.name] } ?? []) + words
      device = nil
      if let row = space(fields, section) {
        rows.append(row, line: input.lineNumber)
      } else if !ShellPrompt.matches(line) {
        rows.unreadable("not a line of df", line: input.lineNumber)
      }
    }
    if let device { rows.unreadable("a device without its size", line: device.line) }
  }

  /// `/dev/nvme0n1p1 on / type xfs (rw,noatime)`.
  private static func mount(_ line: Bytes) -> Mount? {
    if let row = procMount(line.words) { return row }
    guard let on = line.firstRange(of: Array(" on ".utf8)),
      let type = line.firstRange(of: Array(" type ".utf8), from: on.upperBound)
    else { return nil }
    let rest = line[type.upperBound...]
    guard let kind = rest.words.first else { return nil }
    var row = Mount(String(line[on.upperBound..<type.lowerBound]))
    row.source = String(line[..<on.lowerBound].trimmed)
    row.type = String(kind)
    if let open = rest.firstIndex(of: UInt8(ascii: "(")) {
      let options = rest[(open + 1)...].prefix { $0 != UInt8(ascii: ")") }
      row.options = String(options)
      row.isReadOnly = options.split(separator: UInt8(ascii: ",")).contains { $0.equals("ro") }
    }
    return row
  }

  /// `/dev/nvme0n1p1 / xfs rw,noatime 0 0` of /proc/mounts, where a blank in a path is `\040`.
  private static func procMount(_ words: [Bytes]) -> Mount? {
    guard words.count == 6, words[4].integer != nil, words[5].integer != nil else { return nil }
    var row = Mount(
      String(words[1]).split(separator: "\\040", omittingEmptySubsequences: false)
        .joined(separator: " "))
    row.source = String(words[0])
    row.type = String(words[2])
    row.options = String(words[3])
    row.isReadOnly = words[3].split(separator: UInt8(ascii: ",")).contains { $0.equals("ro") }
    return row
  }

  /// `device size used available use% folder`; the folder may hold blanks.
  private static func space(_ words: [Bytes], _ section: Section) -> Mount? {
    guard words.count >= 6 else { return nil }
    let percent = words[4].last == UInt8(ascii: "%") ? words[4].dropLast().integer : nil
    guard percent != nil || words[4].equals("-") else { return nil }
    var row = Mount(words[5...].map { String($0) }.joined(separator: " "))
    row.source = String(words[0])
    if section == .inodes {
      row.inodes = amount(words[1])
      row.inodesFree = amount(words[3])
      row.inodesUsedPercent = percent
    } else {
      let unit: Int64 = section == .kibibytes ? 1024 : 1
      row.totalBytes = amount(words[1]).flatMap { NodeLoad.product($0, unit) }
      row.availableBytes = amount(words[3]).flatMap { NodeLoad.product($0, unit) }
      row.usedPercent = percent
    }
    return row
  }

  /// `20G`, `7.8M`, `512`: powers of 1024, rounded by df to two digits.
  static func amount(_ word: Bytes) -> Int64? {
    guard let last = word.last else { return nil }
    let units = Array("KMGTPE".utf8)
    guard let unit = units.firstIndex(of: last) else { return word.integer }
    guard let number = Double(String(word.dropLast())), number >= 0, number < 8192 else {
      return nil
    }
    var factor = 1.0
    for _ in 0...unit { factor *= 1024 }
    return Int64(exactly: (number * factor).rounded())
  }
}

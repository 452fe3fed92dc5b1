import BundleModel

/// A boot or shutdown of the node.
public struct Boot: FactTable {
  var kind: String
  var timeUs: Int64?
  var lastUs: Int64?
  var kernel: String?
  var bootID: String?

  /// The declaration of `boot`.
  public static let schema = Schema<Self>(
    "boot", "Boots and shutdowns of the node, from wtmp and from the journal.",
    from: [.boots, .foreignReboots],
    columns: [
      Column("kind", \.kind, "boot or shutdown, from wtmp; journal for a boot in the journal."),
      Column("time_us", \.timeUs, "When it began, in microseconds since 1970 UTC."),
      Column(
        "last_us", \.lastUs,
        "Last entry of the journal of that boot, in microseconds since 1970 UTC."),
      Column("kernel", \.kernel, "Kernel that ran."),
      Column("boot_id", \.bootID, "Id of the boot; NULL for wtmp."),
    ])

  /// Reads our document, or what `last reboot` prints.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard input.artifact == .boots else { return try readText(&input, &rows) }
    guard let document = try input.readJSON(&rows) else { return }
    for record in document["records"]?.array ?? [] {
      guard let kind = record["kind"]?.string, kind != "run level" else { continue }
      rows.append(
        Self(
          kind: kind, timeUs: Timestamp.whole(record["time"]?.string),
          kernel: record["kernel"]?.filledString), line: record.object?.line)
    }
    for boot in document["journal"]?.array ?? [] {
      rows.append(
        Self(
          kind: "journal", timeUs: boot["first_entry"]?.integer,
          lastUs: boot["last_entry"]?.integer, bootID: boot["boot_id"]?.filledString),
        line: boot.object?.line)
    }
  }

  /// `reboot   system boot  6.1.112 Wed Apr  2 09:10   still running`: local time without a year.
  private static func readText(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let line = try input.nextLine() {
      let words = line.words
      guard words.count >= 7, words[0].equals("reboot"), words[1].equals("system"),
        words[2].equals("boot")
      else { continue }
      // The kernel's name is cut where it is long, and missing in old records.
      guard let place = words.indices.dropFirst(3).first(where: { Self.isWeekday(words[$0]) }),
        place + 3 < words.count
      else {
        rows.unreadable("a boot without a time", line: input.lineNumber)
        continue
      }
      let day =
        words[place + 2].count == 1 ? " " + String(words[place + 2]) : String(words[place + 2])
      let clock = String(words[place + 3])
      let text = "\(String(words[place + 1])) \(day) \(clock)\(clock.utf8.count == 5 ? ":00" : "")"
      let time = Timestamp.syslog(Array(text.utf8)[...], reference: input.referenceTimeUs)
      rows.append(
        Self(
          kind: "boot", timeUs: time?.us,
          kernel: place > 3 ? String(words[3]) : nil), line: input.lineNumber)
    }
  }

  private static func isWeekday(_ word: Bytes) -> Bool {
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains { word.equals($0) }
  }
}

/// The maximum of pods that the image knows for a type of instance.
public struct ImageMaximumPods: FactTable {
  var instanceType: String
  var maximum: Int64

  /// The declaration of `image_max_pods`.
  public static let schema = Schema<Self>(
    "image_max_pods", "Maximal pods by instance type in the table of the EKS image.",
    from: [.imageRelease],
    columns: [
      Column("instance_type", \.instanceType, "Type of instance, such as m6i.large."),
      Column("max_pods", \.maximum, "Pods that the image lets the kubelet run."),
    ])

  /// Reads `eni-max-pods.txt`; the other files of the folder have no rows.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard input.fileName == "eni-max-pods.txt" else { return }
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard let first = line.first, first != UInt8(ascii: "#") else { continue }
      let words = line.words
      guard words.count == 2, let maximum = words[1].integer else {
        if !ShellPrompt.matches(line) {
          rows.unreadable("not a type with its maximum", line: input.lineNumber)
        }
        continue
      }
      rows.append(Self(instanceType: String(words[0]), maximum: maximum), line: input.lineNumber)
    }
  }
}

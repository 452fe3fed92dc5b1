import BundleModel

/// A counter of the protocols or of a processor's packet queue.
public struct ProtocolCounter: FactTable {
  var sample: SampleTime
  var file: String
  var group: String
  var name: String
  var processor: Int64?
  var value: Int64

  /// The declaration of `protocol_counter`.
  public static let schema = Schema<Self>(
    "protocol_counter", "Counters of the protocols and of the packet queues, in two samples.",
    from: [.protocolCounters, .protocolCountersAgain],
    columns: SampleTime.columns(\.sample) + [
      Column("file", \.file, "File below /proc/net: snmp, netstat, snmp6, sockstat, softnet_stat."),
      Column("protocol", \.group, "Group such as TcpExt, Ip6 or UDP; softnet for packet queues."),
      Column("name", \.name, "Name such as ListenOverflows or IPReversePathFilter."),
      Column("cpu", \.processor, "Processor of a packet queue; NULL for others."),
      Column("value", \.value, "Total since boot; sockstat has present numbers."),
    ])

  /// Reads the collector's document of files.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    let sample = SampleTime(input, document)
    for file in document["files"]?.array ?? [] {
      guard let path = file["path"]?.string, let text = file["text"]?.string else { continue }
      let reader = Reader(sample: sample, file: Path.name(path), line: file.object?.line)
      let lines = Array(text.utf8).split(separator: 0x0a)[...]
      switch reader.file {
      case "snmp", "netstat": reader.readPairs(lines, &rows)
      case "snmp6": reader.readNames(lines, &rows)
      case "sockstat", "sockstat6": reader.readSockets(lines, &rows)
      case "softnet_stat": reader.readQueues(lines, &rows)
      default: break
      }
    }
  }

  private struct Reader {
    var sample: SampleTime
    var file: String
    var line: Int?

    func add(
      _ group: Bytes, _ name: Bytes, _ value: Int64, _ rows: inout RowSink<ProtocolCounter>
    ) {
      rows.append(
        ProtocolCounter(
          sample: sample, file: file, group: String(group), name: String(name), value: value),
        line: line)
    }

    /// `Ip: Forwarding DefaultTTL` with `Ip: 1 64` behind it.
    func readPairs(_ all: ArraySlice<Bytes>, _ rows: inout RowSink<ProtocolCounter>) {
      var lines = all
      while let names = lines.popFirst()?.words, let values = lines.popFirst()?.words {
        guard let group = names.first, group == values.first, names.count == values.count else {
          rows.unreadable("\(file): names and values do not fit", line: line)
          return
        }
        for (name, value) in zip(names, values).dropFirst() {
          if let value = value.integer { add(group.dropLast(), name, value, &rows) }
        }
      }
    }

    /// `Ip6InReceives    1`: the group ends where the protocol's version stands.
    func readNames(_ lines: ArraySlice<Bytes>, _ rows: inout RowSink<ProtocolCounter>) {
      for words in lines.map(\.words) where words.count == 2 {
        guard let value = words[1].integer else { continue }
        let end = words[0].firstIndex(of: UInt8(ascii: "6")).map { $0 + 1 } ?? words[0].startIndex
        add(words[0][..<end], words[0][end...], value, &rows)
      }
    }

    /// `TCP: inuse 1 orphan 0`.
    func readSockets(_ lines: ArraySlice<Bytes>, _ rows: inout RowSink<ProtocolCounter>) {
      for words in lines.map(\.words) {
        guard let group = words.first, group.last == UInt8(ascii: ":") else { continue }
        for at in stride(from: 1, to: words.count - 1, by: 2) {
          if let value = words[at + 1].integer { add(group.dropLast(), words[at], value, &rows) }
        }
      }
    }

    /// One line for each processor. The names are those of the kernel's `softnet_seq_show`.
    func readQueues(_ lines: ArraySlice<Bytes>, _ rows: inout RowSink<ProtocolCounter>) {
      let names = ["processed", "dropped", "time_squeeze"]
      for (index, words) in lines.map(\.words).enumerated() {
        // Since Linux 5.14 the processor's number is in the line: some may be off.
        let processor = words.count > 12 ? Self.hexadecimal(words[12]) : nil
        for (name, word) in zip(names, words) {
          guard let value = Self.hexadecimal(word) else { continue }
          rows.append(
            ProtocolCounter(
              sample: sample, file: file, group: "softnet", name: name,
              processor: processor ?? Int64(index), value: value), line: line)
        }
      }
    }

    private static func hexadecimal(_ word: Bytes) -> Int64? {
      guard !word.isEmpty, word.count <= 15 else { return nil }
      var value: Int64 = 0
      for byte in word {
        guard let digit = byte.hexDigit else { return nil }
        value = value << 4 | Int64(digit)
      }
      return value
    }
  }
}

import BundleModel
import FoundationEssentials

/// When the node was booted and shut down, by the login records and by the journal.
struct BootRecords: Sendable {
  let request: DerivedSource.Request

  private struct Boots: Encodable {
    var records: [Record]
    var journal: [JournalBoot]?
    /// The journal's list as text, of versions that cannot give JSON.
    var journal_text: [String]?
    var not_read: [String]
  }

  /// A record of the login database.
  struct Record: Sendable, Equatable, Encodable {
    /// `boot` or `shutdown`, or another run level.
    var kind: String
    var time: String
    /// Release of the kernel.
    var kernel: String
  }

  private struct JournalBoot: Codable {
    var index: Int?
    var boot_id: String?
    /// Microseconds since 1970, UTC.
    var first_entry: Int64?
    var last_entry: Int64?
  }

  func output() async -> DerivedSource.Output {
    let host = request.host
    let read = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      SmallFile(host: host).bytes("/var/log/wtmp", limit: 16 << 20)
    }
    var boots = Boots(records: [], not_read: [])
    if let bytes = read ?? nil {
      boots.records = Self.records(bytes, is64Bit: SystemName.current().machine == "aarch64")
    } else {
      boots.not_read.append("/var/log/wtmp cannot be read")
    }
    switch await request.bytes(
      "journalctl", ["--list-boots", "--output=json", "--no-pager", "--quiet"],
      seconds: request.seconds * 0.7)
    {
    case .success(let bytes):
      if let list = try? JSONDecoder().decode([JournalBoot].self, from: Data(bytes)) {
        boots.journal = list
      } else {
        boots.journal_text = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
          .map(String.init)
      }
    case .failure(let reason): boots.not_read.append(reason.text)
    }
    if boots.records.isEmpty, boots.journal == nil, boots.journal_text == nil {
      return .none(.missing, boots.not_read.joined(separator: "; "))
    }
    return .json(boots)
  }

  /// The records of boots and run levels. Of a 64-bit time the record has 400 bytes, else 384.
  static func records(_ bytes: [UInt8], is64Bit: Bool) -> [Record] {
    let size = is64Bit ? 400 : 384
    let timeOffset = is64Bit ? 344 : 340
    return stride(from: 0, to: bytes.count - bytes.count % size, by: size).compactMap { start in
      let record = Array(bytes[start..<(start + size)])
      let user = text(record[44..<76])
      let kind: String
      switch record[0] {
      case 2: kind = "boot"
      case 1: kind = user == "shutdown" ? "shutdown" : "run level"
      default: return nil
      }
      let seconds = (0..<4).reduce(Int64(0)) { $0 | Int64(record[timeOffset + $1]) << ($1 * 8) }
      return Record(
        kind: kind, time: RFC3339.string(microseconds: seconds * 1_000_000),
        kernel: text(record[76..<332]))
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

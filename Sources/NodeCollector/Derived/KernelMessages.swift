import BundleArchive
import BundleModel
import SystemPackage

/// The kernel's messages, one JSON line for each record.
struct KernelMessages: Sendable {
  let request: DerivedSource.Request

  /// Bytes of one record at most, as the kernel gives them.
  private static let recordBytes = 8 << 10
  /// The kernel's buffer is rarely larger; reading ends here even if messages come faster.
  private static let limit = 32 << 20

  private struct Record: Encodable {
    /// 0 is the most urgent level, 7 the least.
    var level: Int
    var facility: Int
    var sequence: Int64?
    /// Microseconds since boot.
    var boot_us: Int64?
    var message: String
  }

  func output() async -> DerivedSource.Output {
    let path = request.host.path("/dev/kmsg")
    let read = await BlockingThread.run(seconds: request.seconds * 0.5) { Self.read(path) }
    var refusal = (ItemStatus.timeout, "/dev/kmsg gave no answer")
    switch read {
    case .success(let bytes)? where !bytes.isEmpty:
      return .bytes(Self.lines(String(decoding: bytes, as: UTF8.self), parse: Self.record))
    case .success?: refusal = (.empty, "the kernel's buffer is empty")
    case .failure(let error)?: refusal = (ItemStatus(error), "/dev/kmsg: \(error)")
    case nil: break
    }
    switch await request.text(
      "dmesg", ["--raw"], seconds: request.seconds * 0.5, capBytes: Self.limit)
    {
    case .success(let text): return .bytes(Self.lines(text, parse: Self.rawLine))
    case .failure(let reason): return .none(refusal.0, "\(refusal.1); \(reason.text)")
    }
  }

  /// Each read gives one record. When the buffer wraps under the reader, the next read goes on with
  /// the oldest record that is left.
  private static func read(_ path: FilePath) -> Result<[UInt8], Errno> {
    do {
      let descriptor = try FileDescriptor.open(
        path, .readOnly, options: [.closeOnExec, .nonBlocking])
      defer { try? descriptor.close() }
      var bytes: [UInt8] = []
      while bytes.count < limit {
        do throws(Errno) {
          let record = try descriptor.readChunk(upTo: recordBytes)
          if record.isEmpty { break }
          bytes += record
        } catch {
          if error == .brokenPipe { continue }
          if error == .wouldBlock || error == .resourceTemporarilyUnavailable { break }
          return .failure(error)
        }
      }
      return .success(bytes)
    } catch let error as Errno {
      return .failure(error)
    } catch {
      return .failure(.ioError)
    }
  }

  private static func lines(_ text: String, parse: (Substring) -> Record?) -> [UInt8] {
    text.split(separator: "\n").flatMap { line -> [UInt8] in
      // Lines that begin with a blank hold the device of the record above.
      guard !line.hasPrefix(" "), let record = parse(line) else { return [] }
      return (try? JSONBytes.encode(record)) ?? []
    }
  }

  /// `PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;message`; the priority is facility times 8 plus level.
  private static func record(_ line: Substring) -> Record? {
    guard let end = line.firstIndex(of: ";") else { return nil }
    let fields = line[..<end].split(separator: ",")
    guard let priority = fields.first.flatMap({ Int($0) }) else { return nil }
    return Record(
      level: priority & 7, facility: priority >> 3,
      sequence: fields.count > 1 ? Int64(fields[1]) : nil,
      boot_us: fields.count > 2 ? Int64(fields[2]) : nil,
      message: String(line[line.index(after: end)...]))
  }

  /// `<PRIORITY>[   12.345678] message`, as dmesg prints the buffer.
  private static func rawLine(_ line: Substring) -> Record? {
    guard line.hasPrefix("<"), let end = line.firstIndex(of: ">"),
      let priority = Int(line[line.index(after: line.startIndex)..<end])
    else { return nil }
    var message = line[line.index(after: end)...]
    var time: Int64?
    if message.hasPrefix("["), let close = message.firstIndex(of: "]") {
      let stamp = String(message[message.index(after: message.startIndex)..<close]).trimmed
      let parts = stamp.split(separator: ".")
      if parts.count == 2, let seconds = Int64(parts[0]), let fraction = Int64(parts[1]) {
        time = seconds * 1_000_000 + fraction
        message = message[message.index(after: close)...].drop { $0 == " " }
      }
    }
    return Record(
      level: priority & 7, facility: priority >> 3, boot_us: time, message: String(message))
  }
}

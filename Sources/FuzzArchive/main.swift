import BundleReader
import FuzzDriver

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Bounds that a small input can reach.
let limits = ReadLimits(
  members: 500, totalBytes: 4 << 20, memberBytes: 1 << 20, ratio: 100, ratioFloorBytes: 256 << 10,
  manifestBytes: 64 << 10, candidates: 8, parts: 8, notes: 8, listing: 16)

/// A file in memory without a name, which is opened through its descriptor's.
let file: CInt = {
  var name = Array(("/dev/shm/fuzz-archive-" + String(repeating: "X", count: 6)).utf8CString)
  let file = mkstemp(&name)
  if file >= 0 { unlink(name) }
  return file
}()

/// Puts a plain tar archive together, so that names and contents reach the layouts although no
/// checksum was guessed: entries are divided by 0xFE, names from contents by 0xFF.
func tar(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
  var archive: [UInt8] = []
  for entry in bytes.split(separator: 0xFE).prefix(64) {
    let parts = entry.split(separator: 0xFF, maxSplits: 1, omittingEmptySubsequences: false)
    let content = parts.count > 1 ? Array(parts[1]) : []
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: some Sequence<UInt8>, _ at: Int) {
      for (index, byte) in text.enumerated() { header[at + index] = byte }
    }
    put(parts[0].prefix(100), 0)
    put("0000644".utf8, 100)
    let size = String(content.count, radix: 8)
    put((String(repeating: "0", count: 11 - size.count) + size).utf8, 124)
    put("16315262574".utf8, 136)
    put([UInt8](repeating: 0x20, count: 8), 148)
    header[156] = UInt8(ascii: "0")
    put("ustar\u{0}00".utf8, 257)
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    put((String(repeating: "0", count: 6 - sum.count) + sum).utf8, 148)
    header[154] = 0
    archive += header + content
    archive += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }
  return archive + [UInt8](repeating: 0, count: 1024)
}

/// What a walk hands out: how much of which member.
func walk(_ bundle: SupportBundle) -> [String] {
  var parts: [String] = []
  var total = 0
  do {
    try bundle.forEachMember { member, next in
      var bytes = 0
      do throws(BundleError) {
        while let chunk = try next() { bytes += chunk.count }
      } catch {
        precondition(error.code.hasPrefix("E30"), "an error without a code")
      }
      total += bytes
      parts.append("\(member.path) \(member.firstLine) \(bytes)")
    }
  } catch {
    precondition(error is BundleError, "an error that nobody explains")
  }
  precondition(total <= 16 << 20, "more bytes than any limit allows")
  return parts
}

/// The first byte chooses what the rest is: an archive, or entries for one.
let check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = { start, count in
  let input = UnsafeBufferPointer(start: start, count: count)
  guard let first = input.first, file >= 0 else { return 0 }
  let rest = Array(input.dropFirst())[...]
  let bytes = first % 2 == 0 ? Array(rest) : tar(rest)
  guard ftruncate(file, 0) == 0,
    bytes.withUnsafeBytes({ pwrite(file, $0.baseAddress, $0.count, 0) }) == bytes.count
  else { return 0 }
  let path = BundleInput.path("/proc/self/fd/\(file)")
  do throws(BundleError) {
    let bundle = try SupportBundle.open(path, limits: limits, acceptsDamage: first % 4 >= 2)
    precondition(bundle.notes.count <= 64, "more notes than any limit allows")
    precondition(walk(bundle) == walk(bundle), "two walks differ")
  } catch {
    precondition(error.what.utf8.allSatisfy { $0 >= 0x20 }, "a message drives the terminal")
  }
  return 0
}

fuzz(check)

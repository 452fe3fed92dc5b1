import BundleArchive
import BundleModel
import Crypto
import SystemPackage

/// Compares a finished archive with the manifest that it carries.
struct ReadBack {
  let manifest: Manifest
  let limit: PackingLimit

  /// What came of it.
  enum Outcome {
    case agrees
    case differs(String)
    case noTime
  }

  /// Reads every member.
  func check(_ path: FilePath) throws -> Outcome {
    let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    defer { try? descriptor.close() }
    // Files of one name, as a log that was rotated in between, may share a path.
    var missing: [String: [String]] = [:]
    for item in manifest.items {
      if let path = item.path, let sum = item.sha256 { missing[path, default: []].append(sum) }
    }
    var reader = try ArchiveReader(descriptor)
    var buffer = [UInt8](repeating: 0, count: ArchiveReader.chunkBytes)
    do {
      while let member = try reader.next() {
        let place = member.path.drop { $0 != "/" }.dropFirst()
        guard let sums = missing[String(place)] else { continue }
        var hash = SHA256()
        while case let count = try reader.nextChunk(into: &buffer), count > 0 {
          hash.update(data: buffer[..<count])
          if limit.isReached { return .noTime }
        }
        guard let index = sums.firstIndex(of: hash.finalize().hexadecimal) else {
          return .differs(String(place))
        }
        missing[String(place)]?.remove(at: index)
      }
    } catch {
      return .differs("\(error)")
    }
    let lost = missing.filter { !$0.value.isEmpty }.keys.min()
    return lost.map { .differs($0) } ?? .agrees
  }
}

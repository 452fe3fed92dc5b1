import BundleArchive
import CLinux
import Glibc
import SystemPackage

/// Reads a file that tells the collector what to run: nobody but its owner may have written it, and
/// the owner must be root or the caller.
enum TrustedFile {
  /// Largest size that is read, in bytes.
  static let limitBytes = 4 << 20

  static func read(_ path: String, option: String, owners: Set<UInt32>) throws(CollectError)
    -> [UInt8]
  {
    do {
      let file = try FileDescriptor.open(
        FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
      defer { try? file.close() }
      var status = stat()
      guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
      guard status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) <= limitBytes else {
        throw refusal(path, option, "it is no regular file of at most 4 MiB")
      }
      guard owners.contains(status.st_uid) else {
        throw refusal(path, option, "user \(status.st_uid) owns it, neither you nor root")
      }
      guard status.st_mode & 0o022 == 0 else {
        throw refusal(path, option, "others than its owner may write to it")
      }
      var bytes: [UInt8] = []
      while bytes.count <= limitBytes {
        let chunk = try file.readChunk(upTo: 64 << 10)
        if chunk.isEmpty { break }
        bytes += chunk
      }
      return bytes
    } catch let error as CollectError {
      throw error
    } catch {
      throw refusal(path, option, "\(error)")
    }
  }

  private static func refusal(_ path: String, _ option: String, _ why: String) -> CollectError {
    CollectError(
      code: "E104", kind: .usage, what: "\(option) \(path) can't be used: \(why)",
      why: "what this file says is run as the user of the collector",
      remedy: "chown root \(path); chmod go-w \(path)")
  }
}

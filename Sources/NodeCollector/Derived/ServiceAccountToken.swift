import BundleModel
import FoundationEssentials

/// What may be said of a token that Kubernetes mounts into a pod: its size and age, and the claims
/// that tell who issued it, for whom and until when. Neither the token nor its signature is kept.
struct ServiceAccountToken: Sendable, Encodable {
  private(set) var size: Int?
  private(set) var modified_at: String?
  private(set) var issuer: String?
  private(set) var audience: [String]?
  private(set) var expires_at: String?
  /// Why nothing is known.
  private(set) var reason: String?

  /// The longest token that is looked at, in bytes; real ones have less than 4 KiB.
  private static let sizeLimit = 16 << 10
  private static let folders = ["/var/run/secrets/", "/run/secrets/"]

  /// Looks at a token through the root folder of a process. Only files below the folder of mounted
  /// secrets are opened, whatever the process's settings name.
  init(_ path: String, of pid: Int, host: Host) {
    guard let folder = Self.folders.first(where: path.hasPrefix),
      !path.split(separator: "/").contains("..")
    else {
      reason = "not below \(Self.folders[0])"
      return
    }
    // `/var/run` is a link in most images, and an absolute one would lead out of the container.
    let name = path.dropFirst(folder.utf8.count)
    let places = Self.folders.reversed().map { "/proc/\(pid)/root\($0)\(name)" }
    for place in places {
      guard let file = RegularFile(host.path(place), limit: Self.sizeLimit) else { continue }
      size = file.size
      modified_at = RFC3339.string(microseconds: file.modified)
      read(file.bytes)
      return
    }
    reason = "no such file, or it cannot be read"
  }

  private struct Claims: Decodable {
    var iss: String?
    var aud: Audience?
    var exp: Double?
  }

  /// One name, or a list of them.
  private struct Audience: Decodable {
    let names: [String]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      do {
        names = [try container.decode(String.self)]
      } catch {
        names = try container.decode([String].self)
      }
    }
  }

  private mutating func read(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = Self.decodedBase64URL(parts[1]),
      // A token of another form has no claims that could be told.
      let claims = try? JSONDecoder().decode(Claims.self, from: payload)
    else {
      reason = "not a JSON web token"
      return
    }
    issuer = claims.iss
    audience = claims.aud?.names
    expires_at = claims.exp.flatMap { seconds in
      (0...1e11).contains(seconds)
        ? RFC3339.string(microseconds: Int64(seconds * 1_000_000)) : nil
    }
  }

  private static func decodedBase64URL(_ text: ArraySlice<UInt8>) -> Data? {
    var standard = text.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "-"): UInt8(ascii: "+")
      case UInt8(ascii: "_"): UInt8(ascii: "/")
      default: byte
      }
    }
    while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
    return Data(base64Encoded: Data(standard))
  }
}

import BundleModel
import Crypto
import FoundationEssentials

/// The resolver configuration of each sandbox, as the container runtime keeps it on the host. Most
/// are equal, so contents are kept once.
struct SandboxResolvers: Sendable {
  let host: Host

  private static let patterns = [
    "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/*/resolv.conf",
    "/var/lib/containerd/io.containerd.cri.v1.runtime/sandboxes/*/resolv.conf",
    "/run/containers/storage/overlay-containers/*/userdata/resolv.conf",
    "/var/lib/docker/containers/*/resolv.conf",
  ]
  private static let limit = 500

  struct Report: Encodable {
    var sandboxes: [Sandbox]
    /// File contents by digest.
    var contents: [String: String]
  }

  struct Sandbox: Encodable {
    var id: String
    var sha256: String?
  }

  func output() -> DerivedSource.Output {
    let listing = FileListing(host: host, limit: Self.limit).files(matching: Self.patterns)
    guard !listing.paths.isEmpty else {
      return listing.denied.isEmpty
        ? .none(.missing, "the runtime keeps no resolver configuration on the host")
        : .none(.denied, "permission denied: \(listing.denied[0])")
    }
    var report = Report(sandboxes: [], contents: [:])
    for path in listing.paths {
      let components = path.split(separator: "/").map(String.init)
      let name = components.dropLast().last { $0 != "userdata" } ?? path
      guard let bytes = SmallFile(host: host).bytes(path, limit: 16 << 10) else {
        report.sandboxes.append(Sandbox(id: name))
        continue
      }
      let digest = Array(SHA256.hash(data: bytes))[...].hexadecimal
      report.contents[digest] = String(decoding: bytes, as: UTF8.self)
      report.sandboxes.append(Sandbox(id: name, sha256: digest))
    }
    let isCut = listing.paths.count >= Self.limit
    return .json(report).doubted(isCut ? "cut at \(Self.limit) sandboxes" : nil)
  }
}

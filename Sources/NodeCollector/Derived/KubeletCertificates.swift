import BundleModel

/// Until when the kubelet's certificates and the cluster's CA are valid. Keys are not read out.
struct KubeletCertificates: Sendable {
  let host: Host

  private struct Listing: Encodable {
    var files: [File]
  }

  private struct File: Encodable {
    var path: String
    var mtime: String
    var certificates: [Certificate]
  }

  func output() -> DerivedSource.Output {
    let patterns = [
      "/var/lib/kubelet/pki/*.crt", "/var/lib/kubelet/pki/*.pem", "/etc/kubernetes/pki/ca.crt",
    ]
    let listing = FileListing(host: host, limit: 100)
      .files(matching: patterns + [authority].compactMap { $0 })
    guard !listing.files.isEmpty else {
      return listing.denied.isEmpty
        ? .none(.missing, "no certificate in /var/lib/kubelet/pki or /etc/kubernetes/pki")
        : .none(.denied, "permission denied: \(listing.denied.joined(separator: ", "))")
    }
    return .json(
      Listing(
        files: listing.files.map { file in
          File(
            path: file.path, mtime: RFC3339.string(microseconds: file.status.modified),
            certificates: Certificate.all(
              inPEM: SmallFile.text(at: file.place, limit: 1 << 20) ?? ""))
        }))
  }

  /// The CA's file by the kubelet's kubeconfig.
  private var authority: String? {
    let path =
      KubeletArguments(host: host).value(of: "kubeconfig") ?? "/var/lib/kubelet/kubeconfig"
    guard let text = SmallFile(host: host).text(path) else { return nil }
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, String(parts[0]).trimmed == "certificate-authority" else { continue }
      let path = String(parts[1]).trimmed.filter { $0 != "\"" && $0 != "'" }
      return path.hasPrefix("/") ? path : nil
    }
    return nil
  }
}

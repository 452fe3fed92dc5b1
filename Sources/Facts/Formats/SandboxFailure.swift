/// What kubelet and container runtimes say about a sandbox that the CNI could not set up.
enum SandboxFailure {
  /// Why it failed: ip, ipamd-down, version, branch, policy, conf or setup; nil for other reasons.
  static func reason(_ message: Bytes) -> String? {
    reasons.event(message)
  }

  /// The id in `sandbox "9c0a…"`, also where the quotes are escaped.
  static func sandbox(_ message: Bytes) -> String? {
    let mark = Array("sandbox ".utf8)
    var from = message.startIndex
    while let found = message.firstRange(of: mark, from: from) {
      from = found.upperBound
      var rest = message[found.upperBound...].drop { $0 == UInt8(ascii: "\\") }
      guard rest.first == UInt8(ascii: "\"") else { continue }
      rest = rest.dropFirst()
      let id = rest.prefix { $0.hexDigit != nil }
      guard id.count >= 4, let end = message[id.endIndex...].first,
        end == UInt8(ascii: "\"") || end == UInt8(ascii: "\\")
      else { continue }
      return String(id)
    }
    return nil
  }

  /// The first that fits decides, from the most to the least telling.
  private static let reasons = EventCatalogue([
    .init("ip", ["failed to assign an IP address to container"]),
    .init("version", ["wrong client version"]),
    .init("ipamd-down", ["connection refused"]),
    .init("ipamd-down", ["code = Unavailable"]),
    .init("ipamd-down", ["ipamd.sock: no such file"]),
    .init("branch", ["failed to get Branch ENI resource"]),
    .init("branch", ["No trunk ENI"]),
    .init("policy", ["failed to setup network policy"]),
    .init("conf", ["invalid character", "unsupported CNI", "failed to find plugin"]),
    .init("setup", ["failed to setup network", "file exists"]),
  ])
}

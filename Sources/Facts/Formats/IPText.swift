import BundleModel

/// Shared parts of what `ip` prints, as text and as JSON.
enum IPText {
  /// The address family that an artifact is about: its name says so.
  static func family(_ input: ArtifactInput) -> String {
    input.artifact.rawValue.hasSuffix("6") || input.artifact.rawValue.hasSuffix("6_again")
      || input.path.utf8Contains("6.") || input.path.utf8Contains("ip6") ? "ipv6" : "ipv4"
  }

  /// `default` as a CIDR.
  static func destination(_ text: String, family: String) -> String {
    guard text == "default" || text == "all" else { return text }
    return family == "ipv6" ? "::/0" : "0.0.0.0/0"
  }

  static func isJSON(_ bytes: Bytes) -> Bool {
    let first = bytes.first { !$0.isWhitespace }
    return first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
  }

  /// The family of a single route or rule, which its addresses tell better than the file name.
  static func family(of address: String?, else family: String) -> String {
    guard let address else { return family }
    if address.utf8.contains(UInt8(ascii: ":")) { return "ipv6" }
    return address.utf8.first?.isASCIIDigit == true && address.utf8.contains(UInt8(ascii: "."))
      ? "ipv4" : family
  }
}

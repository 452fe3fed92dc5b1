/// IP addresses as keys that sort by number.
public enum AddressKey {
  /// The longest text that can be an address, a zone or a prefix length included, in bytes.
  private static let limitBytes = 64

  /// The 16 bytes of an address in hexadecimal; of the first address if the text is a range such as
  /// `10.42.7.0/24`. IPv4 becomes ::ffff:a.b.c.d. `nil` if the text is no address.
  public static func of(_ text: String) -> String? {
    text.utf8.count <= limitBytes ? IPRange(text)?.firstKey : nil
  }

  /// The same of the last address of a range.
  public static func last(of text: String) -> String? {
    text.utf8.count <= limitBytes ? IPRange(text)?.lastKey : nil
  }
}

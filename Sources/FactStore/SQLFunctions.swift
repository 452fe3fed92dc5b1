import BundleModel
import Facts
import GRDB

/// The functions that rules and queries have besides those of SQLite.
enum SQLFunctions {
  /// Gives a connection the functions.
  static func add(to database: Database) {
    for function in [time, addressKey, lastAddressKey, releaseNumber] {
      database.add(function: function)
    }
  }

  /// `rfc3339(us)`: microseconds since 1970 as RFC 3339 in UTC.
  private static let time = DatabaseFunction("rfc3339", argumentCount: 1, pure: true) { values in
    guard case .int64(let time) = values.first?.storage, timeRange.contains(time) else {
      return nil
    }
    return RFC3339.string(microseconds: time)
  }

  /// `address_key(text)`: an address, or the first one of a range, as 32 digits that sort as text.
  private static let addressKey = text("address_key") { AddressKey.of($0) }

  /// `last_address_key(text)`: the same of the last address of a range.
  private static let lastAddressKey = text("last_address_key") { AddressKey.last(of: $0) }

  /// `release_number(text)`: 1023001 for v1.23.1 or 1.23.1-eksbuild.1; NULL for anything else.
  private static let releaseNumber = text("release_number") { release($0) }

  private static func text(
    _ name: String, _ body: @escaping @Sendable (String) -> (any DatabaseValueConvertible)?
  ) -> DatabaseFunction {
    DatabaseFunction(name, argumentCount: 1, pure: true) { values in
      guard case .string(let text) = values.first?.storage else { return nil }
      return body(text)
    }
  }

  private static func release(_ text: String) -> Int64? {
    var digits = text.utf8.first == UInt8(ascii: "v") ? text.dropFirst() : text[...]
    if let end = digits.firstIndex(where: { $0 == "-" || $0 == "+" }) { digits = digits[..<end] }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.utf8.allSatisfy { (48...57).contains($0) } && part.utf8.count <= 3 ? Int64(part) : nil
    }
    guard (2...3).contains(parts.count), numbers.count == parts.count else { return nil }
    return numbers[0] * 1_000_000 + numbers[1] * 1000 + (numbers.count > 2 ? numbers[2] : 0)
  }

  /// The years 0001 to 9999, which RFC 3339 can write.
  private static let timeRange: ClosedRange<Int64> =
    -62_135_596_800_000_000...253_402_300_799_999_999
}

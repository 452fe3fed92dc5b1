/// A value of one column: what SQLite can hold, without SQLite.
public enum FactValue: Hashable, Sendable {
  /// Not known.
  case null
  /// A whole number; truth values are 0 and 1.
  case integer(Int64)
  /// A number that may have a fraction.
  case real(Double)
  /// Text.
  case text(String)
}

/// The type of a column, as its STRICT table declares it.
public enum FactType: String, Sendable, CaseIterable {
  /// 64 bit signed integer.
  case integer = "INTEGER"
  /// Double precision number.
  case real = "REAL"
  /// UTF-8 text.
  case text = "TEXT"
}

/// A Swift type that can stand in a column.
public protocol FactColumnValue: Sendable, SendableMetatype {
  /// The column type that holds it.
  static var factType: FactType { get }
  /// Whether a column of this type may be NULL.
  static var isNullable: Bool { get }
  /// The value as it is stored.
  var factValue: FactValue { get }
}

extension FactColumnValue {
  /// Only optional types are nullable.
  public static var isNullable: Bool { false }
}

extension String: FactColumnValue {
  /// Text.
  public static var factType: FactType { .text }
  /// The text itself.
  public var factValue: FactValue { .text(self) }
}

extension Int64: FactColumnValue {
  /// Whole number.
  public static var factType: FactType { .integer }
  /// The number itself.
  public var factValue: FactValue { .integer(self) }
}

extension Int: FactColumnValue {
  /// Whole number.
  public static var factType: FactType { .integer }
  /// The number itself.
  public var factValue: FactValue { .integer(Int64(self)) }
}

extension Double: FactColumnValue {
  /// Number with a fraction.
  public static var factType: FactType { .real }
  /// The number; what is not a number has no value, as in SQLite.
  public var factValue: FactValue { isNaN ? .null : .real(self) }
}

extension Bool: FactColumnValue {
  /// Truth is kept as 0 or 1.
  public static var factType: FactType { .integer }
  /// 0 or 1.
  public var factValue: FactValue { .integer(self ? 1 : 0) }
}

extension Optional: FactColumnValue where Wrapped: FactColumnValue {
  /// The type of what may be missing.
  public static var factType: FactType { Wrapped.factType }
  /// Optional columns may be NULL.
  public static var isNullable: Bool { true }
  /// NULL where there is no value.
  public var factValue: FactValue {
    switch self {
    case .none: .null
    case .some(let value): value.factValue
    }
  }
}

import Glibc

/// What uname(2) says about the running system.
public struct SystemName: Sendable, Equatable {
  /// Name of the kernel, such as `Linux`.
  public let name: String
  /// Host name.
  public let nodeName: String
  /// Release of the kernel.
  public let release: String
  /// Build of the kernel.
  public let version: String
  /// Architecture, such as `x86_64`.
  public let machine: String

  /// Asks the kernel.
  public static func current() -> SystemName {
    var fields = utsname()
    unsafe uname(&fields)
    return SystemName(
      name: text(fields.sysname), nodeName: text(fields.nodename), release: text(fields.release),
      version: text(fields.version), machine: text(fields.machine))
  }

  /// Text of a fixed-size C array, up to its terminating zero.
  private static func text<Field>(_ field: Field) -> String {
    unsafe withUnsafeBytes(of: field) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

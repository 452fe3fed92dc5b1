public import BundleModel

/// Why an input cannot be read as a bundle, in the three parts that every message has.
public struct BundleError: ExplainedError, Equatable, CustomStringConvertible {
  /// The stable code that documentation and scripts can name, such as `E301`.
  public let code: String
  /// What happened, with exact values.
  public let what: String
  /// The likely reason.
  public let why: String
  /// What the reader of the message can do.
  public let remedy: String

  /// Puts a message together.
  public init(code: String, what: String, why: String, remedy: String) {
    self.code = code
    self.what = what
    self.why = why
    self.remedy = remedy
  }

  /// All three parts, for logs.
  public var description: String { "\(what) [\(code)]: \(why); \(remedy)" }
}

extension BundleError {
  static func endsEarly(_ name: String, after bytes: Int) -> BundleError {
    BundleError(
      code: "E301", what: "\(name) ends early, after \(grouped(bytes)) compressed bytes",
      why: "the copy stopped, or the disk was full while the bundle was packed",
      remedy: "compare the SHA-256 that collect printed, copy again, or --partial")
  }

  static func damaged(_ name: String, _ detail: String, size bytes: Int) -> BundleError {
    BundleError(
      code: "E301", what: "\(name) (\(grouped(bytes)) bytes) is damaged: \(detail)",
      why: "bytes were lost or changed on the way",
      remedy: "compare the SHA-256 that collect printed, copy again, or --partial")
  }

  static func damagedMember(_ name: String, after bytes: Int) -> BundleError {
    BundleError(
      code: "E301", what: "\(Shown.text(name)) is damaged after \(grouped(bytes)) unpacked bytes",
      why: "it was copied while it was written, or bytes were lost",
      remedy: "collect again; what stands before the damage was read")
  }

  static func notABundle(_ name: String, why: String) -> BundleError {
    BundleError(
      code: "E302", what: "\(name) is not a bundle", why: why,
      remedy:
        "pass the .tar.gz or .tar.zst itself, the folder that it was unpacked into, or the root "
        + "of an image")
  }

  static func unknownFormat(_ name: String, schema: String) -> BundleError {
    BundleError(
      code: "E303", what: "\(name) has a format that this version doesn't know: \(schema)",
      why: "it was collected with a newer release",
      remedy: "update cnitriage on this machine")
  }

  static func leavesTheArchive(_ member: String) -> BundleError {
    BundleError(
      code: "E304", what: "entry `\(member)` leaves the archive",
      why: "the archive is damaged or was made to harm",
      remedy: "do not use it; get a new bundle")
  }

  static func exceeds(_ name: String, _ limit: String) -> BundleError {
    BundleError(
      code: "E305", what: "\(name) exceeds a limit: \(limit)",
      why: "no bundle of a node is that large; the archive may be made to harm",
      remedy: "do not use it; get a new bundle")
  }

  static func notReadable(_ name: String, _ detail: String) -> BundleError {
    BundleError(
      code: "E306", what: "\(name) cannot be read: \(detail)",
      why: "the file doesn't exist, or this user may not read it",
      remedy: "check the path and its permissions")
  }
}

/// A number with comma groups, as every message writes it.
private func grouped(_ value: Int) -> String {
  var digits = String(value)
  var groups: [String] = []
  while digits.count > 3 {
    groups.insert(String(digits.suffix(3)), at: 0)
    digits.removeLast(3)
  }
  groups.insert(digits, at: 0)
  return groups.joined(separator: ",")
}

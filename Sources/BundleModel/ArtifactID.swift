/// The name of one collected item, such as `net.iptables_save`: `category.snake_case`.
///
/// It is the only word that the collector and the analyzer share: the collector writes it into the
/// manifest, fact tables say which ids they read.
public struct ArtifactID: RawRepresentable, Hashable, Comparable, Sendable, Codable,
  ExpressibleByStringLiteral, CustomStringConvertible
{
  /// The id as it stands in manifests and on the command line.
  public let rawValue: String

  /// Takes any text; ids are not checked here because manifests of newer tools may hold others.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// Lets the catalogue declare ids as literals.
  public init(stringLiteral value: String) {
    rawValue = value
  }

  /// The part before the first dot, which is also the item's top folder group.
  public var category: String {
    String(rawValue.prefix { $0 != "." })
  }

  /// The id itself.
  public var description: String { rawValue }

  /// Orders ids as text.
  public static func < (left: ArtifactID, right: ArtifactID) -> Bool {
    left.rawValue < right.rawValue
  }
}

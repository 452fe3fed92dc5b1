public import ArgumentParser
public import SystemPackage

/// What an executable does with a finished bundle beyond writing it. The collector's small binary
/// does nothing more; the full program can look into the bundle at once.
public protocol CollectFollowUp: ParsableArguments {
  /// Whether the user asked for it.
  var isWanted: Bool { get }
  /// Works on a finished bundle; with `isQuiet` standard output is taken already. The exit code of
  /// gathering stays what it is.
  func follow(_ bundle: FilePath, isQuiet: Bool) async
}

/// Nothing after gathering.
public struct NoFollowUp: CollectFollowUp {
  /// Never asked for.
  public var isWanted: Bool { false }

  /// Made by the argument parser.
  public init() {}

  /// Does nothing.
  public func follow(_ bundle: FilePath, isQuiet: Bool) async {}
}

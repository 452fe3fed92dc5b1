import FoundationEssentials
import SystemPackage

/// The program behind the links of the iptables commands.
struct LinkedProgram {
  private let target: String

  init(_ path: FilePath) {
    target = URL(filePath: path.string).resolvingSymlinksInPath().lastPathComponent
  }

  /// The backend that the program drives, as far as its name tells; programs that stand in for the
  /// real ones have names of their own and count as different.
  var backend: String {
    if target.contains("nft") { return "nft" }
    if target.contains("legacy") { return "legacy" }
    return target
  }
}

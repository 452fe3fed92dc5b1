import Glibc
import SystemPackage

/// Puts a finished file in the place of another one, in one step.
enum FileReplacement {
  static func rename(_ old: FilePath, to new: FilePath) throws(Errno) {
    guard unsafe Glibc.rename(old.string, new.string) == 0 else { throw Errno(rawValue: errno) }
  }
}

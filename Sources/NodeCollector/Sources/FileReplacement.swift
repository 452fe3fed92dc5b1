import CLinux
import Glibc
import SystemPackage

/// Gives a finished file its name, in one step.
enum FileReplacement {
  static func rename(_ old: FilePath, to new: FilePath) throws(Errno) {
    guard unsafe Glibc.rename(old.string, new.string) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Gives a finished file its name, unless another file has it.
  static func renameNew(_ old: FilePath, to new: FilePath) throws(Errno) {
    let error = unsafe cnitriage_rename_new(old.string, new.string)
    guard error == 0 else { throw Errno(rawValue: error) }
  }
}

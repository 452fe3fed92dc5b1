import FoundationEssentials
import SystemPackage

/// Tells whether using a part of the kernel would load a module, and so change the node.
struct KernelModules {
  let host: Host

  /// Whether a module is there already: loaded, built in, or impossible to load anyway.
  func isPresent(_ name: String) -> Bool {
    let manager = FileManager.default
    if manager.fileExists(atPath: host.path("/sys/module/\(name)").string) { return true }
    // A kernel without loadable modules cannot be changed by asking it.
    guard manager.fileExists(atPath: host.path("/proc/modules").string) else { return true }
    let release = SystemName.current().release
    let builtIn = SmallFile(host: host)
      .text("/lib/modules/\(release)/modules.builtin", limit: 4 << 20)
    return builtIn?.split(separator: "\n").contains { $0.hasSuffix("/\(name).ko") } ?? false
  }
}

import BundleArchive
import BundleModel
import FoundationEssentials
import SystemPackage

/// Writes a bundle whose one item is a log of the address manager of a wanted size, to measure how
/// fast bundles are analyzed: `bench-analyze BUNDLE MEBIBYTES [BUSY_MEBIBYTES | day]`.
///
/// Pods come and go in the first `BUSY_MEBIBYTES` only; what follows says nothing new. With `day` it
/// is a node of 110 pods that writes about a gibibyte in 24 hours. Files of more than a gibibyte are
/// split, as rotation does.
@main
struct BenchAnalyze {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3, let size = Int(arguments[2]), size > 0 else {
      print("usage: bench-analyze BUNDLE MEBIBYTES [BUSY_MEBIBYTES | day]")
      return
    }
    let busy = arguments.count > 3 ? Int(arguments[3]) ?? size : size
    let isDay = arguments.count > 3 && arguments[3] == "day"
    try write(
      arguments[1], bytes: size << 20, busyBytes: busy << 20, isDay ? .day : NodeLog.Shape())
  }

  private static let top = "cnitriage-bench/"
  private static let fileBytes = 1 << 30
  private static let started = "2031-04-02T09:20:00Z"

  private static func write(
    _ path: String, bytes: Int, busyBytes: Int, _ shape: NodeLog.Shape
  ) throws {
    let file = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    var archive = try ArchiveWriter(file, compression: .zstd(level: 3))
    try add(Array(#"{"schema":"\#(Manifest.schemaName)"}"#.utf8), "bundle.json", &archive)
    var log = NodeLog(shape)
    var items: [ManifestItem] = []
    var written = 0
    while written < bytes {
      let size = min(fileBytes, bytes - written)
      let name = items.isEmpty ? "ipamd.log" : "ipamd-\(items.count).log"
      let member = "logs/aws-routed-eni/\(name)"
      try archive.beginFile(path: top + member, size: size, modified: 0)
      var left = size
      while left > 0 {
        while log.bytes.count < 1 << 20, log.bytes.count < left {
          log.step(isBusy: written + size - left + log.bytes.count < busyBytes)
        }
        let text = log.take().prefix(left)
        try archive.write(text)
        left -= text.count
      }
      written += size
      var item = ManifestItem(
        id: .ipamdLog,
        source: ManifestItem.Source(kind: .file, origin: "/var/log/aws-routed-eni/\(name)"),
        startedAt: started)
      item.path = member
      item.bytesSource = size
      item.bytesStored = size
      items.append(item)
    }
    let manifest = Manifest(
      bundleID: "bench", complete: true, endReason: .done, tool: .current, startedAt: started,
      endedAt: started,
      platform: Manifest.Platform(
        osID: "amzn", osVersion: "2023", kernel: "6.1", architecture: "x86_64", hostName: "bench",
        instanceID: nil, effectiveUserID: 0, hostRoot: "/"), items: items)
    try add(Array(JSONEncoder().encode(manifest)), "manifest.json", &archive)
    try archive.finish()
    try file.close()
  }

  private static func add(
    _ bytes: [UInt8], _ name: String, _ archive: inout ArchiveWriter
  ) throws {
    try archive.beginFile(path: top + name, size: bytes.count, modified: 0)
    try archive.write(bytes[...])
  }
}

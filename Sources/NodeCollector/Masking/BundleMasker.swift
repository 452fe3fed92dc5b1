public import BundleModel
public import BundleReader
import FoundationEssentials
import Redaction
public import SystemPackage

/// Masks a bundle that exists already, of any layout: each file by what its manifest says it is, or
/// by its path where no manifest tells.
public struct BundleMasker: Sendable {
  private let rewriter: BundleRewriter
  private let masking: Masking
  /// Name of the copy without its ending.
  public let name: String

  /// The largest description of pods that is read for their names.
  private static let dictionaryBytes = 16 << 20

  /// Opens a bundle and looks for the names in it.
  ///
  /// - Throws: `BundleError` for what is no readable archive; ``CollectError`` if the bundle is
  ///   masked at this level already.
  public init(_ input: BundleInput, level: RedactionLevel) throws {
    let rewriter = try BundleRewriter(input)
    let before = rewriter.manifest?.redaction ?? .none
    guard before < level || before == .none else {
      throw CollectError(
        code: "E204", kind: .usage, what: "\(input.name) is masked at the level \(before) already",
        why: "masking pseudonyms once more would only break the map that belongs to them",
        remedy: before == .addresses ? "use it as it is" : "--redact addresses")
    }
    let names = try Self.names(rewriter)
    let masking = Masking(level: level, names: names, doneBefore: before)
    var texts = masking.texts()
    self.rewriter = rewriter
    self.masking = masking
    name = Self.name(of: rewriter.files, masked: { texts.masked($0) }, level)
  }

  /// Writes the copy.
  public func write(to output: BundleOutput, format: BundleFormat) throws -> RewriteSummary {
    var change = MaskingChange(masking: masking)
    var summary = try rewriter.rewrite(&change, to: output, format: format)
    summary.notes += change.leftOut.map { "left out \($0): compressed, so it can't be masked" }
    if masking.leavesPairsOut { summary.notes.append(MapFile.incompleteness) }
    return summary
  }

  /// Writes the map of the pseudonyms.
  public func writeMap(to path: FilePath) throws(CollectError) {
    try MapFile.write(masking, of: name, to: path)
  }

  /// A native copy has the name of its top folder; others are named after the input.
  private static func name(
    of files: BundleFiles, masked: (String) -> String, _ level: RedactionLevel
  ) -> String {
    if let top = files.topFolder, !top.isEmpty {
      return masked(String(top.dropLast())) + "-\(level.rawValue)"
    }
    let parts = files.name.split(separator: ".")
    let ends: Set<Substring> = ["tar", "zst", "gz", "tgz", "xz", "bz2"]
    let base = parts.prefix { !ends.contains($0) }.joined(separator: ".")
    return masked(base.isEmpty || base.contains(" ") ? "bundle" : base) + "-\(level.rawValue)"
  }

  private static func names(_ rewriter: BundleRewriter) throws -> NameDictionary {
    var names = NameDictionary()
    if let host = rewriter.manifest?.platform.hostName { names.add(hostName: host) }
    try rewriter.files.forEach { file, nextChunk in
      for component in file.path.split(separator: "/") {
        names.add(podFolder: component)
        names.add(containerLog: component)
      }
      guard let kind = NameSource(path: file.path), file.size <= Self.dictionaryBytes else {
        return
      }
      var bytes: [UInt8] = []
      while let chunk = try nextChunk() { bytes += chunk }
      switch kind {
      case .pods: names.add(json: bytes)
      case .routes: names.add(routes: String(decoding: bytes, as: UTF8.self))
      case .kubelet: names.add(kubeletConfiguration: String(decoding: bytes, as: UTF8.self))
      case .hostName: names.add(hostName: String(decoding: bytes.prefix(256), as: UTF8.self))
      }
    }
    return names
  }

  /// A file that names something, by its path in any of the known layouts.
  private enum NameSource {
    case pods, routes, kubelet, hostName

    init?(path: String) {
      let path = path.lowercased()
      let name = path.split(separator: "/").last.map(String.init) ?? path
      if name.hasSuffix(".json"),
        ["ipam", "enis", "pods", "checkpoint", "eni"].contains(where: { path.contains($0) })
      {
        self = .pods
      } else if name.contains("route"), name.hasSuffix(".txt") {
        self = .routes
      } else if path.contains("kubelet"), path.contains("config") {
        self = .kubelet
      } else if name.hasPrefix("hostname") {
        self = .hostName
      } else {
        return nil
      }
    }
  }
}

/// What masking changes of each file.
private struct MaskingChange: BundleChange {
  private let masking: Masking
  private var texts: TextMasker
  private(set) var leftOut: [String] = []

  init(masking: Masking) {
    self.masking = masking
    texts = masking.texts()
  }

  mutating func path(_ path: String) -> String? { texts.masked(path) }

  mutating func keeps(_ file: RewrittenFile) -> Bool {
    guard Compression.begins(file.start) else { return true }
    leftOut.append(texts.masked(file.path))
    return false
  }

  mutating func filter(for file: RewrittenFile) -> (any ByteFilter)? {
    let rule = file.item.flatMap { Catalog.artifact($0.id)?.redaction }
    let isMain = file.item?.path == file.path
    return masking.filter(
      isMain ? rule ?? FileRules.rule(for: file.path) : FileRules.rule(for: file.path),
      path: file.path)
  }

  mutating func describe(_ item: inout ManifestItem) {
    texts.mask(details: &item, isGathered: false)
  }

  mutating func describe(_ manifest: inout Manifest) {
    texts.mask(&manifest)
    manifest.redaction = masking.level
  }
}

/// Compressed bytes, which no filter can look into.
private enum Compression {
  private static let marks: [[UInt8]] = [
    [0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00],
    [0x42, 0x5A, 0x68], [0x50, 0x4B, 0x03, 0x04],
  ]

  static func begins(_ start: ArraySlice<UInt8>) -> Bool {
    marks.contains { start.starts(with: $0) }
  }
}

/// How a file is masked that no manifest describes.
enum FileRules {
  static func rule(for path: String) -> Artifact.RedactionRule {
    let path = path.lowercased()
    let name = path.split(separator: "/").last.map(String.init) ?? path
    func has(_ words: String...) -> Bool { words.contains { path.contains($0) } }
    if name.hasPrefix("ps.") || name.hasPrefix("ps-") || name.hasPrefix("ps_") {
      // Columns stand in front of the command lines, so only the shapes of secrets help.
      return .log
    }
    if has("environ", "/env.", "_env.", "kubelet-eks_environment") && !name.hasSuffix(".json") {
      return .environment
    }
    if name.hasSuffix(".json") {
      return has("kube/", "pods", "daemonset", "node.json", "inspect", "containers")
        ? .kubernetesObjects : .configuration
    }
    let configurationEnds = [".yaml", ".yml", ".conf", ".toml", ".service", ".cfg", "kubeconfig"]
    if configurationEnds.contains(where: name.hasSuffix) || has("config", "user-data") {
      return .configuration
    }
    if name.hasSuffix(".log") || has("var_log", "journal", "messages", "dmesg") { return .log }
    return .scan
  }
}

import BundleModel

/// What gathered an input, as far as the input says.
public struct SourceTool: Sendable, Equatable {
  /// Its name, such as `eks-log-collector.sh`.
  public let name: String
  /// Its version, where the archive says it.
  public let version: String?
  /// When it began, in microseconds since 1970.
  public let startedAtUs: Int64?

  init(name: String, version: String? = nil, startedAtUs: Int64? = nil) {
    self.name = name
    self.version = version
    self.startedAtUs = startedAtUs
  }

  /// What an archive's or folder's name says: `eks_INSTANCE_2031-04-02_0925-UTC_0.7.9.tar.gz`. The
  /// script puts its version nowhere else.
  init?(archiveName: some StringProtocol) {
    let words = archiveName.split(separator: "_", omittingEmptySubsequences: false)
    guard words.count >= 5, words[0] == "eks" else { return nil }
    let (date, time) = (words[words.count - 3], words[words.count - 2])
    guard date.utf8.count == 10, time.utf8.count == 8, time.hasSuffix("-UTC"),
      let started = RFC3339.microseconds(
        of: "\(date)T\(time.prefix(2)):\(time.dropFirst(2).prefix(2)):00Z")
    else { return nil }
    var version = words[words.count - 1]
    for end in [".tar.gz", ".tgz", ".tar", ".tar.zst", ".tar.xz"] where version.hasSuffix(end) {
      version = version.dropLast(end.utf8.count)
    }
    let isVersion =
      !version.isEmpty && version.utf8.count <= 40
      && version.utf8.allSatisfy { (0x2B...0x7A).contains($0) }
    self.init(
      name: BundleKind.eksLogCollector.collector, version: isVersion ? String(version) : nil,
      startedAtUs: started)
  }
}

extension BundleKind {
  /// The name of what makes such inputs.
  public var collector: String {
    switch self {
    case .native: "cnitriage"
    case .eksLogCollector: "eks-log-collector.sh"
    case .nodeMonitoringAgent: "EKS node monitoring agent"
    case .supportScript: "aws-cni-support.sh"
    case .logdog: "Bottlerocket logdog"
    case .rootFileSystem: "root file system"
    }
  }
}

import BundleModel
import Crypto
import FoundationEssentials
import Redaction

/// What names a node has, known before the first byte of a log is masked: otherwise a name in prose
/// could be told from a word only after it was written.
struct NameDictionary: Sendable {
  /// A pod by namespace and name.
  struct Pod: Hashable, Sendable {
    var namespace: String
    var name: String
  }

  private(set) var pods: Set<Pod> = []
  private(set) var hostNames: Set<String> = []
  /// Networks that the node is connected to.
  private(set) var networks: Set<AddressMapping.Range4> = []
  /// An address of the cluster's services.
  private(set) var serviceAddress: UInt32?

  /// Pods that are remembered.
  static let podLimit = 20_000

  // MARK: - Sources

  mutating func add(namespace: String, name: String) {
    guard pods.count < Self.podLimit, !namespace.isEmpty, !name.isEmpty, name.utf8.count <= 253
    else { return }
    pods.insert(Pod(namespace: namespace, name: name))
  }

  /// `namespace_name_uid`, a folder below `/var/log/pods`.
  mutating func add(podFolder name: some StringProtocol) {
    let parts = name.split(separator: "_")
    guard parts.count == 3, parts[2].utf8.count >= 32 else { return }
    add(namespace: String(parts[0]), name: String(parts[1]))
  }

  /// `name_namespace_container-digits.log`, a file below `/var/log/containers`.
  mutating func add(containerLog name: some StringProtocol) {
    let parts = name.split(separator: "_")
    guard parts.count == 3, parts[2].utf8.count > 68 else { return }
    add(namespace: String(parts[1]), name: String(parts[0]))
  }

  /// The pods of the checkpoint, of the introspection's answers, or of a list of objects.
  mutating func add(json bytes: [UInt8]) {
    // What is no JSON names no pods.
    guard let value = try? JSONDecoder().decode(AnyJSON.self, from: Data(bytes)) else { return }
    add(value, depth: 0)
  }

  private mutating func add(_ value: AnyJSON, depth: Int) {
    guard depth < 24 else { return }
    switch value {
    case .list(let elements):
      for element in elements { add(element, depth: depth + 1) }
    case .object(let members):
      if let name = members["k8sPodName"]?.text, let namespace = members["k8sPodNamespace"]?.text {
        add(namespace: namespace, name: name)
      }
      if case .object(let metadata)? = members["metadata"], members["spec"] != nil,
        let name = metadata["name"]?.text, let namespace = metadata["namespace"]?.text
      {
        add(namespace: namespace, name: name)
      }
      for member in members.values { add(member, depth: depth + 1) }
    case .text, .other: break
    }
  }

  mutating func add(hostName: String) {
    let name = hostName.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    // Names that follow an address are recognised by their form.
    guard name.utf8.count >= 3, name != "localhost", !name.hasPrefix("ip-") else { return }
    hostNames.insert(name)
    if let short = name.split(separator: ".").first, short.utf8.count >= 3 {
      hostNames.insert(String(short))
    }
  }

  /// `/proc/net/route`: connected networks.
  mutating func add(kernelRoutes text: String) {
    for line in text.split(separator: "\n").prefix(10_000) {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count > 7, let base = UInt32(fields[1], radix: 16),
        let mask = UInt32(fields[7].trimmed, radix: 16), fields[2] == "00000000"
      else { continue }
      networks.insert(.init(base.byteSwapped, mask.byteSwapped.nonzeroBitCount))
    }
  }

  /// The output of `ip route`: connected networks.
  mutating func add(routes text: String) {
    for line in text.split(separator: "\n").prefix(10_000) where line.contains("scope link") {
      guard let word = line.split(separator: " ").first else { continue }
      let parts = word.split(separator: "/")
      guard parts.count == 2, let base = Self.address(parts[0]), let length = Int(parts[1]) else {
        continue
      }
      networks.insert(.init(base, length))
    }
  }

  /// A kubelet's configuration: the address of the cluster's name service.
  mutating func add(kubeletConfiguration text: String) {
    let parts = text.split(separator: "clusterDNS", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return }
    let digits = parts[1].prefix(64).split { !($0.isNumber || $0 == ".") }
    serviceAddress = digits.lazy.compactMap { Self.address($0) }.first ?? serviceAddress
  }

  private static func address(_ text: some StringProtocol) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
      guard let value = UInt8(part) else { return nil }
      address = address << 8 | UInt32(value)
    }
    return address
  }

  // MARK: - Rules

  /// The ranges that EKS gives to services where nobody chose another one.
  private static let serviceRanges: [AddressMapping.Range4] = [
    .init(0x0A64_0000, 16), .init(0xAC14_0000, 16),
  ]

  /// A range of services stays if the cluster uses it and no network of the node lies in it.
  private var keptRanges: [AddressMapping.Range4] {
    Self.serviceRanges.filter { range in
      guard let serviceAddress, range.contains(serviceAddress) else { return false }
      return !networks.contains { network in
        network.length > 0
          && (range.contains(network.base)
            || network.length < range.length && network.contains(range.base))
      }
    }
  }

  func rules(key: PseudonymKey, masksNames: Bool, masksAddresses: Bool) -> PseudonymRules {
    var words: [String: String] = [:]
    var kept: Set<String> = []
    for pod in pods {
      let isSystem = pod.namespace == "kube-system"
      let name = isSystem || ClusterNames.isSystem(pod.name) ? pod.name : key.name("pod", pod.name)
      let namespace =
        ClusterNames.namespaces.contains(pod.namespace)
        ? pod.namespace : key.name("ns", pod.namespace)
      if isSystem { kept.insert(pod.name) }
      if !isSystem, Self.isDistinct(pod.name) { words[pod.name] = name }
      // The name of a pod's interface on the host is a digest of both names.
      for prefix in ["eni", "vlan"] {
        words[prefix + Self.digest(pod.namespace, pod.name)] =
          prefix + Self.digest(namespace, name)
      }
    }
    if masksAddresses {
      for host in hostNames { words[host] = key.name("host", host) }
    }
    return PseudonymRules(
      key: key, masksNames: masksNames, masksAddresses: masksAddresses, words: words,
      keptNames: kept,
      namespaces: Set(pods.map(\.namespace)).subtracting(ClusterNames.namespaces),
      mapping: AddressMapping(key, subnets: Array(networks), keptRanges: keptRanges))
  }

  /// Whether a pod's name can't be a word of a log: pods called `web` are recognised by keys only.
  private static func isDistinct(_ name: String) -> Bool {
    name.utf8.count >= 6 && name.contains("-") && name.contains(where: \.isNumber)
  }

  private static func digest(_ namespace: String, _ name: String) -> String {
    let hash = Insecure.SHA1.hash(data: Array("\(namespace).\(name)".utf8))
    return String(hash.hexadecimal.prefix(11))
  }
}

extension StringProtocol {
  fileprivate var trimmed: String { String(filter { !$0.isWhitespace }) }
}

/// Any JSON value, as far as names are looked for in it.
private enum AnyJSON: Decodable {
  case object([String: AnyJSON])
  case list([AnyJSON])
  case text(String)
  case other

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // One of the four fits every value.
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let object = try? container.decode([String: AnyJSON].self) {
      self = .object(object)
    } else if let list = try? container.decode([AnyJSON].self) {
      self = .list(list)
    } else {
      self = .other
    }
  }

  var text: String? {
    if case .text(let text) = self { text } else { nil }
  }
}

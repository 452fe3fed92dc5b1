/// A part of a word that could be a name.
struct NamePart {
  let bytes: [UInt8]
  let start: Int
  let end: Int

  init(_ bytes: [UInt8], _ start: Int, _ end: Int) {
    self.bytes = bytes
    self.start = start
    self.end = end
  }

  static let literals: Set<String> = [
    "null", "true", "false", "nil", "none", "unknown", "redacted", "is", "was", "in", "of",
  ]

  var text: String { String(decoding: bytes[start..<end], as: UTF8.self) }
  var hasUnderscore: Bool { bytes[start..<end].contains(Byte.underscore) }
  var hasDot: Bool { bytes[start..<end].contains(Byte.dot) }
  /// The byte behind it.
  var next: UInt8 { end < bytes.count ? bytes[end] : Byte.newline }
  /// The byte before it.
  var previous: UInt8 { start > 0 ? bytes[start - 1] : Byte.newline }

  /// Whether a text stands anywhere in it.
  func has(_ text: String) -> Bool {
    let first = text.utf8.first
    return (start..<end).contains { index in
      bytes[index] == first && bytes[index..<end].starts(with: text.utf8)
    }
  }

  /// Whether a slash and the beginning of a name follow.
  var isFollowedByName: Bool {
    guard end + 1 < bytes.count, bytes[end] == Byte.slash else { return false }
    return bytes[end + 1].isLower || bytes[end + 1].isDigit
  }

  /// Without dots and dashes at its end, which belong to a sentence.
  var trimmed: NamePart {
    var last = end
    while last > start, bytes[last - 1] == Byte.dot || bytes[last - 1] == Byte.dash { last -= 1 }
    return NamePart(bytes, start, last)
  }

  /// Whether Kubernetes would take it as a name, and it is no number or literal.
  var isName: Bool {
    let name = trimmed
    guard name.end > start, bytes[start].isLower || bytes[start].isDigit else { return false }
    var hasLetter = false
    for byte in bytes[start..<name.end] {
      guard byte.isLower || byte.isDigit || byte == Byte.dash || byte == Byte.dot else {
        return false
      }
      hasLetter = hasLetter || byte.isLower
    }
    return hasLetter && !Self.literals.contains(name.text)
  }

  /// Whether the name can't be a word of prose: generated names have dashes and digits.
  var isDistinct: Bool {
    let text = bytes[start..<trimmed.end]
    return text.count >= 6 && text.contains(Byte.dash) && text.contains(where: \.isDigit)
  }

  func pieces(separatedBy separator: UInt8) -> [NamePart] {
    var pieces: [NamePart] = []
    var from = start
    for index in start...end where index == end || bytes[index] == separator {
      pieces.append(NamePart(bytes, from, index))
      from = index + 1
    }
    return pieces
  }

  /// A pod's UID, or the digest that stands for it where the pod comes from a file.
  var isPodID: Bool {
    let text = bytes[start..<end]
    guard text.count == 36 || text.count == 32 else { return false }
    return text.allSatisfy { $0.isHex || (text.count == 36 && $0 == Byte.dash) }
  }

  /// The container in `container-<64 digits>.log`.
  var containerLog: NamePart? {
    var last = end
    if bytes[start..<end].suffix(4).elementsEqual(".log".utf8) { last -= 4 }
    guard last - start > 65, bytes[last - 65] == Byte.dash,
      bytes[last - 64..<last].allSatisfy(\.isHex)
    else { return nil }
    return NamePart(bytes, start, last - 65)
  }
}

/// What stands between two words.
struct Gap {
  private let text: ArraySlice<UInt8>

  init(_ bytes: [UInt8], _ start: Int, _ end: Int) {
    text = start >= 0 && start <= end && end - start <= 12 ? bytes[start..<end] : []
  }

  private func consists(of allowed: String) -> Bool {
    !text.isEmpty && text.allSatisfy { byte in allowed.utf8.contains(byte) }
  }

  /// `=`, `: "`, `":["` and the like.
  var isAssignment: Bool {
    consists(of: " \"'\\:=[(>") && text.contains { $0 == Byte.colon || $0 == Byte.equals }
  }
  /// A blank and a quote.
  var isQuoted: Bool { consists(of: " \"'\\") && text.last.map(\.isQuote) == true }
  var isParenthesis: Bool { text.count == 1 && text.first == 0x28 }
  var isBlank: Bool { consists(of: " ") }
  var isSlash: Bool { text.count == 1 && text.first == Byte.slash }
  /// Between the elements of a list.
  var isListSeparator: Bool {
    consists(of: " ,\"'\\")
      && (text.contains(Byte.comma) || text.count(where: \.isQuote) >= 2 || isBlank)
  }
}

extension NamePart {
  private static let sandboxMark = Array("PodSandboxMetadata{Name".utf8)

  /// Whether this is the key that containerd's log has in front of a pod's name, which alone would
  /// be too common a word.
  var endsSandboxMark: Bool {
    let mark = Self.sandboxMark
    return end - start == 4 && end >= mark.count
      && bytes[(end - mark.count)..<end].elementsEqual(mark)
  }
}

/// The keys in front of names.
enum NameKey: Sendable {
  case pod, namespace, image, container, app, generateName, comment
}

/// Recognises keys, whatever their case and separators, without a copy of the word.
struct NameKeys: Sendable {
  private let keys: [UInt64: NameKey]
  /// Whether any key has a hash with these last bits; most words fail here.
  private let filter: [Bool]

  static let shared = NameKeys()

  private init() {
    var keys: [UInt64: NameKey] = [:]
    var filter = [Bool](repeating: false, count: 1 << 10)
    for (word, key) in Self.words {
      let bytes = Array(word.utf8)
      let hash = Self.hash(bytes, 0, bytes.count)
      keys[hash] = key
      filter[Int(hash & 1023)] = true
    }
    precondition(keys.count == Self.words.count, "two keys have one hash")
    self.keys = keys
    self.filter = filter
  }

  func mayHold(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
    end - start <= 40 && filter[Int(Self.hash(bytes, start, end) & 1023)]
  }

  func key(_ part: NamePart) -> NameKey? {
    guard part.end - part.start <= 40, part.end - part.start >= 3,
      part.bytes[part.end - 1].isAlphanumeric
    else { return nil }
    let hash = Self.hash(part.bytes, part.start, part.end)
    return filter[Int(hash & 1023)] ? keys[hash] : nil
  }

  /// A hash of the letters and digits, in which capital letters are small.
  private static func hash(_ bytes: [UInt8], _ start: Int, _ end: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in start..<end where bytes[index].isAlphanumeric {
      hash = (hash ^ UInt64(bytes[index].lowercased)) &* 0x100_0000_01B3
    }
    return hash ^ hash >> 32
  }

  private static let words: [String: NameKey] = [
    "pod": .pod, "pods": .pod, "podname": .pod, "k8spodname": .pod, "podref": .pod,
    "podfullname": .pod, "iokubernetespodname": .pod, "kubernetespodname": .pod,
    "namespace": .namespace, "podnamespace": .namespace, "k8spodnamespace": .namespace,
    "iokubernetespodnamespace": .namespace, "kubernetesnamespace": .namespace,
    "kubernetesnamespacename": .namespace,
    "image": .image, "imageid": .image, "imageref": .image, "imagename": .image,
    "containerimage": .image, "iokubernetescriimage": .image,
    "container": .container, "containername": .container, "k8scontainername": .container,
    "iokubernetescontainername": .container,
    "app": .app, "k8sapp": .app, "appkubernetesioname": .app, "appkubernetesioinstance": .app,
    "generatename": .generateName, "comment": .comment,
  ]
}

/// Which images stay: those of the cluster itself, whose versions decide a diagnosis.
enum ImageNames {
  private static let hosts = [
    "registry.k8s.io/", "k8s.gcr.io/", "public.ecr.aws/eks", "public.ecr.aws/amazon",
    "localhost/kubernetes/",
  ]
  private static let names = [
    "amazon-k8s-cni", "kube-proxy", "coredns", "aws-network-policy-agent", "pause",
    "eks-pod-identity-agent", "aws-ebs-csi-driver", "aws-efs-csi-driver", "amazon-vpc-cni",
    "eks-node-monitoring-agent", "metrics-server",
  ]

  static func isKept(_ image: String) -> Bool {
    // Images of machines are public.
    if image.hasPrefix("ami-") { return true }
    if hosts.contains(where: image.hasPrefix) { return true }
    if let account = image.split(separator: ".").first,
      ClusterNames.imageAccounts.contains(String(account))
    {
      return true
    }
    let last = image.split(separator: "/").last ?? ""
    return names.contains {
      last == $0 || last.hasPrefix($0 + ":") || last.hasPrefix($0 + "@")
        || last.hasPrefix($0 + "-")
    }
  }
}

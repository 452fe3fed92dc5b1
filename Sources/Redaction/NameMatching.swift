/// R7: finds names of pods, namespaces and images, by what is known about the node beforehand and by
/// the keys in front of them, and gives their pseudonyms.
struct NameMatching: Sendable {
  private let rules: PseudonymRules
  private let words: WordTable
  private let keys = NameKeys.shared
  private var previous: Previous?
  private var cache: [String: [UInt8]] = [:]

  /// The word before the current one, if it announces something.
  private struct Previous {
    var announces: Announcement
    /// Past its last byte.
    var end: Int
    /// Whether it is a value itself, behind which a list may go on.
    var isValue = false
    /// Whether it is a key that directly follows the name of a pod.
    var followsPod = false
  }

  /// What may follow a word.
  private enum Announcement {
    case key(NameKey)
    /// A name in a namespace, behind a slash.
    case object(kind: String, isKept: Bool)
    /// A container's folder below its pod's folder.
    case container(isKept: Bool)
    /// The rest of a label that begins with the domain for applications.
    case labelDomain
  }

  init(_ rules: PseudonymRules) {
    self.rules = rules
    words = WordTable(rules.words.filter { !$0.value.hasPrefix("host-") })
  }

  mutating func restart() { previous = nil }

  /// The buffer lost bytes at its beginning.
  mutating func moved(by count: Int) { previous?.end -= count }

  mutating func match(
    _ word: Word, _ bytes: [UInt8], besides others: Int, into found: inout [Replacement]
  ) {
    if isDull(word, bytes) { return }
    var start = word.start
    while start < word.end {
      var end = start
      while end < word.end, bytes[end] != Byte.colon { end += 1 }
      if end > start {
        let part = NamePart(bytes, start, end)
        let before = previous
        previous = nil
        if !value(part, after: before, into: &found) {
          plain(part, word, after: before, into: &found)
        }
      }
      start = end + 1
    }
  }

  /// Whether a word can't be a name, a key, or the value of one: most are told by a few bytes.
  private func isDull(_ word: Word, _ bytes: [UInt8]) -> Bool {
    guard previous == nil, !word.hasUnderscore, !word.hasDot, !word.hasColon else { return false }
    if word.end < bytes.count, bytes[word.end] == Byte.slash { return false }
    let first = bytes[word.start]
    if word.count >= 14, first == 0x65 || first == 0x76 { return false }
    return !words.mayHold(bytes, word.start, word.end)
      && !keys.mayHold(bytes, word.start, word.end)
  }

  // MARK: - Values behind keys

  /// Masks a part that the word before announces; whether it does.
  private mutating func value(
    _ part: NamePart, after before: Previous?, into found: inout [Replacement]
  ) -> Bool {
    guard let before else { return false }
    let gap = Gap(part.bytes, before.end, part.start)
    switch before.announces {
    case .object(let kind, let isKept):
      guard gap.isSlash, part.isName else { return false }
      if !isKept { mask(part, kind, into: &found) }
      if kind == "pod" { announce(.key(.pod), part, isValue: true) }
      return true
    case .container(let isKept):
      guard gap.isSlash, part.isName else { return false }
      if !isKept { mask(part, "container", into: &found) }
      return true
    case .labelDomain:
      guard gap.isSlash else { return false }
      announce(.key(.app), part)
      return true
    case .key(let key):
      return keyed(part, key, gap, before, into: &found)
    }
  }

  private mutating func keyed(
    _ part: NamePart, _ key: NameKey, _ gap: Gap, _ before: Previous,
    into found: inout [Replacement]
  ) -> Bool {
    let isInList = before.isValue && gap.isListSeparator && !gap.isBlank
    let isEnclosed = gap.isParenthesis && part.next == 0x29
    switch key {
    case .pod:
      let isPath = part.next == Byte.slash
      let isProse = gap.isBlank && (isPath || part.isDistinct)
      guard gap.isAssignment || gap.isQuoted || isInList || isEnclosed || isProse else {
        return false
      }
      guard !before.isValue || isInList else { return false }
      if part.hasUnderscore { return underscores(part, into: &found) }
      guard part.isName else { return false }
      if isPath, part.isFollowedByName { return namespacePath(part, "pod", into: &found) }
      mask(part, "pod", into: &found)
      announce(.key(.pod), part, isValue: true)
    case .namespace:
      let isProse = gap.isBlank && before.followsPod
      guard gap.isAssignment || gap.isQuoted || isEnclosed || isProse, part.isName else {
        return false
      }
      mask(part, "ns", into: &found)
    case .image:
      guard gap.isAssignment || gap.isQuoted else { return false }
      return image(part, into: &found)
    case .container:
      guard gap.isAssignment, part.isName else { return false }
      mask(part, "container", into: &found)
    case .app:
      guard gap.isAssignment, part.isName else { return false }
      mask(part, "app", into: &found)
    case .generateName:
      guard gap.isAssignment, part.isName else { return false }
      mask(part, "workload", into: &found)
    case .comment:
      guard gap.isQuoted || gap.isBlank, part.next == Byte.slash, part.isName,
        part.isFollowedByName
      else { return false }
      return namespacePath(part, "svc", into: &found)
    }
    return true
  }

  /// `namespace/name`: this is the namespace.
  private mutating func namespacePath(
    _ part: NamePart, _ kind: String, into found: inout [Replacement]
  ) -> Bool {
    let isKept = part.text == "kube-system"
    if !isKept { mask(part, "ns", into: &found) }
    previous = Previous(announces: .object(kind: kind, isKept: isKept), end: part.end)
    return true
  }

  /// A whole reference to an image, tag and digest included.
  private mutating func image(_ part: NamePart, into found: inout [Replacement]) -> Bool {
    let bytes = part.bytes
    var end = part.start
    while end < bytes.count, end - part.start < PseudonymFilter.wordLimit,
      WordClass.table[Int(bytes[end])] != 0 || bytes[end] == Byte.slash || bytes[end] == Byte.at
    {
      end += 1
    }
    let text = String(decoding: bytes[part.start..<end], as: UTF8.self)
    guard !ImageNames.isKept(text), !NamePart.literals.contains(text),
      !bytes[part.start..<end].allSatisfy(\.isDigit)
    else { return false }
    found.append(
      Replacement(
        start: part.start, end: end, text: pseudonym("image", text), rule: .names))
    return true
  }

  // MARK: - Words without a key

  private mutating func plain(
    _ part: NamePart, _ word: Word, after before: Previous?, into found: inout [Replacement]
  ) {
    let bytes = part.bytes
    if let known = words.replacement(bytes, part.start, part.end) {
      found.append(Replacement(start: part.start, end: part.end, text: known, rule: .names))
      announce(.key(.pod), part, isValue: true)
      return
    }
    if word.hasUnderscore, part.hasUnderscore, underscores(part, into: &found) { return }
    if word.hasDot, part.hasDot, dotted(part, into: &found) { return }
    if part.next == Byte.slash, part.isFollowedByName, rules.namespaces.contains(part.text),
      before.map({ !Gap(bytes, $0.end, part.start).isSlash }) ?? true, part.previous != Byte.slash
    {
      _ = namespacePath(part, "pod", into: &found)
      return
    }
    veths(part, into: &found)
    if part.end - part.start == 17, part.text == "app.kubernetes.io" {
      previous = Previous(announces: .labelDomain, end: part.end)
    } else if part.endsSandboxMark {
      announce(.key(.pod), part)
    } else if let key = keys.key(part) {
      announce(.key(key), part)
      if case .key(.pod)? = before?.announces { previous?.followsPod = before?.isValue ?? false }
    }
  }

  /// Names that kubelet and runtimes join with underscores; whether they were some.
  private mutating func underscores(_ part: NamePart, into found: inout [Replacement]) -> Bool {
    let pieces = part.pieces(separatedBy: Byte.underscore)
    let last = pieces[pieces.count - 1]
    func maskPod(_ pod: NamePart, _ namespace: NamePart, _ container: NamePart?) {
      let isSystem = namespace.text == "kube-system"
      if !isSystem {
        mask(namespace, "ns", into: &found)
        mask(pod, "pod", into: &found)
        if let container { mask(container, "container", into: &found) }
      }
    }
    if pieces.count == 3, last.isPodID {
      maskPod(pieces[1], pieces[0], nil)
      let isKept = pieces[0].text == "kube-system"
      previous = Previous(announces: .container(isKept: isKept), end: part.end)
    } else if pieces.count == 3, let container = last.containerLog {
      maskPod(pieces[0], pieces[1], container)
    } else if pieces.count == 2, part.next == 0x28 {
      maskPod(pieces[0], pieces[1], nil)
    } else if pieces.count >= 5, pieces[0].text == "k8s" {
      maskPod(pieces[2], pieces[3], pieces[1].text == "POD" ? nil : pieces[1])
    } else {
      return false
    }
    return true
  }

  /// `pod.17a1…` of events and `service.namespace.svc` of the cluster's DNS.
  private mutating func dotted(_ part: NamePart, into found: inout [Replacement]) -> Bool {
    let dot = part.bytes[part.start..<part.end].firstIndex(of: Byte.dot) ?? part.end
    if let known = words.replacement(part.bytes, part.start, dot) {
      found.append(Replacement(start: part.start, end: dot, text: known, rule: .names))
      return true
    }
    guard part.has(".svc") else { return false }
    let pieces = part.pieces(separatedBy: Byte.dot)
    guard let place = pieces.firstIndex(where: { $0.text == "svc" }), place >= 2 else {
      return false
    }
    let namespace = pieces[place - 1]
    guard namespace.text != "kube-system" else { return true }
    if namespace.isName { mask(namespace, "ns", into: &found) }
    for piece in pieces[..<(place - 1)] where piece.isName { mask(piece, "svc", into: &found) }
    return true
  }

  /// `eni` or `vlan` and eleven digits: a digest of namespace and pod, and so a name as well.
  private mutating func veths(_ part: NamePart, into found: inout [Replacement]) {
    guard part.end - part.start >= 14, part.has("eni") || part.has("vlan") else { return }
    for piece in part.hasDot ? part.pieces(separatedBy: Byte.dot) : [part] {
      if let known = words.replacement(part.bytes, piece.start, piece.end) {
        found.append(Replacement(start: piece.start, end: piece.end, text: known, rule: .names))
        continue
      }
      let bytes = part.bytes[piece.start..<piece.end]
      for prefix in ["eni", "vlan"] where bytes.count == prefix.utf8.count + 11 {
        let digits = bytes.dropFirst(prefix.utf8.count)
        guard bytes.starts(with: prefix.utf8), digits.allSatisfy({ $0.isHex && !$0.isUpper })
        else { continue }
        let text = Array(prefix.utf8) + rules.key.hexDigits("veth", digits, count: 11)
        found.append(Replacement(start: piece.start, end: piece.end, text: text, rule: .names))
      }
    }
  }

  // MARK: - Pseudonyms

  private mutating func announce(
    _ announcement: Announcement, _ part: NamePart, isValue: Bool = false
  ) {
    previous = Previous(announces: announcement, end: part.end, isValue: isValue)
  }

  private mutating func mask(
    _ part: NamePart, _ kind: String, into found: inout [Replacement]
  ) {
    let name = part.trimmed
    let text = name.text
    guard !text.isEmpty, !isKept(text, kind) else { return }
    let replacement =
      words.replacement(part.bytes, name.start, name.end) ?? pseudonym(kind, text)
    found.append(
      Replacement(start: name.start, end: name.end, text: replacement, rule: .names))
  }

  private func isKept(_ name: String, _ kind: String) -> Bool {
    if kind == "ns" {
      return ClusterNames.namespaces.contains(name)
        || ClusterNames.runtimeNamespaces.contains(name)
    }
    return rules.keptNames.contains(name) || ClusterNames.isSystem(name)
  }

  private mutating func pseudonym(_ kind: String, _ name: String) -> [UInt8] {
    let place = kind + "/" + name
    if let known = cache[place] { return known }
    if cache.count >= AddressMapping.cacheLimit { cache.removeAll() }
    let text = Array(rules.key.name(kind, name).utf8)
    cache[place] = text
    return text
  }
}

extension PseudonymKey {
  /// The first digits of the function in hexadecimal.
  func hexDigits(_ purpose: String, _ input: some Sequence<UInt8>, count: Int) -> [UInt8] {
    bytes(purpose, input).prefix(count).map { HexText.digit($0 & 15, isUpper: false) }
  }
}

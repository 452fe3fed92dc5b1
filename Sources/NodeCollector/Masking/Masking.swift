public import BundleModel
import Crypto
import Redaction
import Synchronization

/// What a bundle conceals: the level, what is known for it beforehand, and the pairs for its map.
public struct Masking: Sendable {
  /// How much is concealed.
  public let level: RedactionLevel
  let rules: PseudonymRules?
  private let store: PairStore?

  /// Masks secrets and nothing else.
  public static let secrets = Masking(level: .secrets)

  /// Masks at a level that needs no pseudonyms.
  init(level: RedactionLevel) {
    self.level = level
    rules = nil
    store = nil
  }

  /// Masks at a level, with a key that is made for this bundle and kept nowhere.
  init(level: RedactionLevel, names: NameDictionary, doneBefore: RedactionLevel = .none) {
    self.level = level
    guard level >= .names else {
      rules = nil
      store = nil
      return
    }
    let secret = SymmetricKey(size: .bits256)
    let key = PseudonymKey { input in
      Array(HMAC<SHA256>.authenticationCode(for: input, using: secret))
    }
    rules = names.rules(
      key: key, masksNames: doneBefore < .names, masksAddresses: level >= .addresses)
    store = PairStore()
  }

  /// A masking for this node, after a look at what names it knows. The look takes a few seconds at
  /// most; without it names are recognised by the keys in front of them only.
  public static func prepared(for level: RedactionLevel, on host: Host) async -> Masking {
    guard level >= .names else { return Masking(level: level) }
    return Masking(level: level, names: await NameDictionary.gathered(on: host))
  }

  /// The filter for an item; `path` is where its bytes come from or go to.
  func filter(_ rule: Artifact.RedactionRule, path: String) -> Masker {
    Masker(
      redactor: level == .none ? nil : rule.rules.map { Redactor($0) },
      pseudonyms: rule.rules == nil ? nil : pseudonyms(path: path), store: store)
  }

  private func pseudonyms(path: String) -> PseudonymFilter? {
    rules.map { PseudonymFilter($0, hexForm: .init(path: path)) }
  }

  /// Whether an item can't be concealed at this level, because its bytes are no text.
  func leavesOut(_ artifact: Artifact) -> Bool {
    rules != nil && artifact.redaction == .none
  }

  /// Masks short texts: paths, names, reasons.
  func texts() -> TextMasker { TextMasker(filter: rules.map { PseudonymFilter($0) }, store: store) }

  /// What the pseudonyms stand for, as far as they were used.
  var pairs: [String: String] { store?.pairs ?? [:] }

  /// Whether more pseudonyms were used than a map holds, so that some can't be translated back.
  public var leavesPairsOut: Bool { store?.leavesPairsOut ?? false }
}

/// The pairs of all items of a run, within bounds of their own: what a node's logs name decides how many
/// there are. The first ones are kept, and it is remembered that there were more.
final class PairStore: Sendable {
  /// The most pairs that a map holds.
  static let pairLimit = 250_000
  /// The most bytes of their texts.
  static let textBytesLimit = 16 << 20

  private struct State {
    var pairs: [String: String] = [:]
    var textBytes = 0
    var leavesOut = false
  }

  private let state = Mutex(State())
  private let pairLimit: Int
  private let textBytesLimit: Int

  init(pairLimit: Int = PairStore.pairLimit, textBytesLimit: Int = PairStore.textBytesLimit) {
    self.pairLimit = pairLimit
    self.textBytesLimit = textBytesLimit
  }

  /// Takes what a filter remembered.
  func add(from filter: PseudonymFilter) {
    add(filter.pairs, leavesOut: filter.leavesPairsOut)
  }

  func add(_ pairs: [String: String], leavesOut: Bool = false) {
    state.withLock { state in
      if leavesOut { state.leavesOut = true }
      for (pseudonym, clear) in pairs where state.pairs[pseudonym] == nil {
        let bytes = state.textBytes + pseudonym.utf8.count + clear.utf8.count
        guard state.pairs.count < pairLimit, bytes <= textBytesLimit else {
          state.leavesOut = true
          return
        }
        state.textBytes = bytes
        state.pairs[pseudonym] = clear
      }
    }
  }

  var pairs: [String: String] { state.withLock { $0.pairs } }
  var leavesPairsOut: Bool { state.withLock { $0.leavesOut } }
}

/// Secrets first, then names and addresses: what every byte of an item passes through.
struct Masker: ByteFilter, Sendable {
  private var redactor: Redactor?
  private var pseudonyms: PseudonymFilter?
  private let store: PairStore?
  private var middle: [UInt8] = []

  init(redactor: Redactor?, pseudonyms: PseudonymFilter?, store: PairStore?) {
    self.redactor = redactor
    self.pseudonyms = pseudonyms
    self.store = store
  }

  /// Whether bytes pass as they are.
  var isTransparent: Bool { redactor == nil && pseudonyms == nil }

  var masked: [String: Int] {
    var counts = redactor?.counts ?? RedactionCounts()
    if let pseudonyms { counts.add(pseudonyms.counts) }
    return counts.byName
  }

  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
    guard pseudonyms != nil else {
      if redactor == nil { output += bytes } else { redactor?.feed(bytes, into: &output) }
      return
    }
    guard redactor != nil else {
      pseudonyms?.feed(bytes, into: &output)
      return
    }
    middle.removeAll(keepingCapacity: true)
    redactor?.feed(bytes, into: &middle)
    pseudonyms?.feed(middle[...], into: &output)
  }

  mutating func finish(into output: inout [UInt8]) {
    guard pseudonyms != nil else {
      redactor?.finish(into: &output)
      return
    }
    middle.removeAll(keepingCapacity: true)
    redactor?.finish(into: &middle)
    pseudonyms?.feed(middle[...], into: &output)
    pseudonyms?.finish(into: &output)
    if let pseudonyms { store?.add(from: pseudonyms) }
  }
}

/// Masks the short texts around an item.
struct TextMasker {
  private var filter: PseudonymFilter?
  private let store: PairStore?

  init(filter: PseudonymFilter?, store: PairStore?) {
    self.filter = filter
    self.store = store
  }

  mutating func masked(_ text: String) -> String {
    guard filter != nil else { return text }
    let result = filter?.masked(text) ?? text
    if result != text, let filter { store?.add(from: filter) }
    return result
  }

  mutating func masked(_ text: String?) -> String? { text.map { masked($0) } }

  /// Masks what an entry of the manifest says. The reason of a failed program is a line of its
  /// output, which is masked already while a run gathers it.
  mutating func mask(_ item: inout ManifestItem, isGathered: Bool) {
    item.path = masked(item.path)
    item.standardError = masked(item.standardError)
    mask(details: &item, isGathered: isGathered)
  }

  /// The same without the paths.
  mutating func mask(details item: inout ManifestItem, isGathered: Bool) {
    item.source.argv = item.source.argv?.map { masked($0) }
    item.source.origin = masked(item.source.origin)
    item.source.url = masked(item.source.url)
    item.warnings = item.warnings?.map { masked($0) }
    if !isGathered || item.source.kind != .command { item.reason = masked(item.reason) }
  }

  /// Masks what a manifest says about node and cluster. A case's id and labels are the user's own
  /// words about the bundle, and stay.
  mutating func mask(_ manifest: inout Manifest) {
    mask(&manifest.platform)
    let context = masked(manifest.cluster?.context)
    manifest.cluster?.context = context
  }

  mutating func mask(_ platform: inout Manifest.Platform) {
    platform.hostName = masked(platform.hostName)
    platform.instanceID = masked(platform.instanceID)
  }
}

extension PseudonymRules.HexForm {
  /// The form in which a table of the kernel writes addresses, by its name; `nil` for other files.
  init?(path: String) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    if name.hasPrefix("ip_vs") || name.contains("if_inet6") || name.contains("ipv6_route") {
      self = .network
    } else if path.contains("proc"), path.contains("net"),
      ["route", "tcp", "tcp6", "udp", "udp6", "raw", "raw6"].contains(name.prefix { $0 != "." })
    {
      self = .littleEndian
    } else {
      return nil
    }
  }
}

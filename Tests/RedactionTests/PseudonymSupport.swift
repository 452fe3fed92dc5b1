import Crypto
import Redaction

/// A key that is the same in every run of the tests.
func testKey(_ seed: UInt8 = 7) -> PseudonymKey {
  let secret = SymmetricKey(data: [UInt8](repeating: seed, count: 32))
  return PseudonymKey { Array(HMAC<SHA256>.authenticationCode(for: $0, using: secret)) }
}

/// Rules for both kinds of names with a few pods known beforehand.
func testRules(names: Bool = true, addresses: Bool = true, seed: UInt8 = 7) -> PseudonymRules {
  let key = testKey(seed)
  return PseudonymRules(
    key: key, masksNames: names, masksAddresses: addresses,
    words: [
      "cart-7d9f8b6c5-x2x4z": key.name("pod", "cart-7d9f8b6c5-x2x4z"),
      "worker-7": key.name("host", "worker-7"), "eni0123456789a": "eni0123456789a",
    ], namespaces: ["shop"],
    mapping: AddressMapping(
      key, subnets: [.init(0x0A2A_2000, 19)], keptRanges: [.init(0xAC14_0000, 16)]))
}

/// Masks a text, fed in chunks of the given sizes in turn.
func pseudonymize(
  _ text: String, _ rules: PseudonymRules = testRules(), chunks: [Int] = [],
  hexForm: PseudonymRules.HexForm? = nil
) -> (text: String, filter: PseudonymFilter) {
  var filter = PseudonymFilter(rules, hexForm: hexForm)
  let bytes = Array(text.utf8)
  var output: [UInt8] = []
  var start = 0
  var turn = 0
  while start < bytes.count {
    let size = chunks.isEmpty ? bytes.count : chunks[turn % chunks.count]
    let end = min(bytes.count, start + size)
    filter.feed(bytes[start..<end], into: &output)
    start = end
    turn += 1
  }
  filter.finish(into: &output)
  return (String(decoding: output, as: UTF8.self), filter)
}

/// Puts the clear texts back, longest pseudonym first.
func restore(_ text: String, _ pairs: [String: String]) -> String {
  var text = text
  for (pseudonym, clear) in pairs.sorted(by: { $0.key.utf8.count > $1.key.utf8.count }) {
    text = text.replacing(pseudonym, with: "\u{1}\(clear)\u{2}")
  }
  return text.filter { $0 != "\u{1}" && $0 != "\u{2}" }
}

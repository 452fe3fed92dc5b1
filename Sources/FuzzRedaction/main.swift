import FuzzDriver
import Redaction

/// Masks bytes with rules, in chunks of one size.
func redact(_ bytes: ArraySlice<UInt8>, _ rules: RedactionRules, chunk: Int) -> [UInt8] {
  var redactor = Redactor(rules)
  var output: [UInt8] = []
  var rest = bytes
  while !rest.isEmpty {
    redactor.feed(rest.prefix(chunk), into: &output)
    rest = rest.dropFirst(chunk)
  }
  redactor.finish(into: &output)
  return output
}

/// A keyed function that is good enough to look for crashes.
let key = PseudonymKey { input in
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  var output: [UInt8] = []
  for byte in input { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  while output.count < 32 {
    hash = (hash ^ hash >> 29) &* 0x9E37_79B9_7F4A_7C15
    output.append(UInt8(truncatingIfNeeded: hash >> 56))
  }
  return output
}

/// Replaces names and addresses, in chunks of one size.
func pseudonymize(
  _ bytes: ArraySlice<UInt8>, _ rules: PseudonymRules, _ form: PseudonymRules.HexForm?, chunk: Int
) -> ([UInt8], PseudonymFilter) {
  var filter = PseudonymFilter(rules, hexForm: form)
  var output: [UInt8] = []
  var rest = bytes
  while !rest.isEmpty {
    filter.feed(rest.prefix(chunk), into: &output)
    rest = rest.dropFirst(chunk)
  }
  filter.finish(into: &output)
  return (output, filter)
}

/// The same two promises hold for names and addresses.
func checkPseudonyms(_ text: ArraySlice<UInt8>, chunk: Int, choice: UInt8) {
  let rules = PseudonymRules(
    key: key, masksNames: choice & 1 == 0, masksAddresses: choice & 2 == 0 || choice & 1 == 1,
    words: ["cart-7d9f8b6c5-x2x4z": "pod-aaaaaaaaaaaa", "worker-7": "host-aaaaaaaaaaaa"],
    namespaces: ["shop"])
  let form: PseudonymRules.HexForm? =
    choice & 12 == 4 ? .network : choice & 12 == 8 ? .littleEndian : nil
  let (whole, filter) = pseudonymize(text, rules, form, chunk: .max / 2)
  let (cut, other) = pseudonymize(text, rules, form, chunk: chunk)
  precondition(cut == whole, "the chunks change the pseudonyms")
  precondition(filter.counts == other.counts, "the chunks change the counts")
  let lines = text.count { $0 == 0x0A }
  precondition(whole.count { $0 == 0x0A } == lines, "pseudonyms merged or split a line")
}

/// The first bytes of an input choose the rules, the size of the chunks, and whether the input
/// repeats until it is longer than a buffer.
let check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = { start, count in
  let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard input.count > 3 else { return 0 }
  let rules = RedactionRules(rawValue: input[0] & 0x7F)
  let chunk = Int(input[1]) + 1
  var text = input[3...]
  if input[2] < 8 {
    var long: [UInt8] = []
    let gap = [UInt8](repeating: 0x2E, count: Int(input[1]))
    while long.count < Redactor.lineLimit + 9_000 {
      long += text + gap
    }
    text = long[...]
  }
  let whole = redact(text, rules, chunk: .max / 2)
  precondition(redact(text, rules, chunk: chunk) == whole, "the chunks change the result")
  let lines = text.count { $0 == 0x0A }
  precondition(whole.count { $0 == 0x0A } == lines, "a line was merged or split")
  checkPseudonyms(text, chunk: chunk, choice: input[2])
  return 0
}

fuzz(check)

import Redaction

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

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
  return 0
}

typealias Check = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ check: Check
) -> CInt

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(runDriver(&count, &arguments, check))

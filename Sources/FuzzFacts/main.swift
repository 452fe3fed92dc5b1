#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Every table must survive every input.
let check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = { start, count in
  FactsUnderTest.feed([UInt8](UnsafeBufferPointer(start: start, count: count)))
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

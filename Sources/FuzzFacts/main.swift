import FuzzDriver

/// Every table must survive every input.
let check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = { start, count in
  FactsUnderTest.feed([UInt8](UnsafeBufferPointer(start: start, count: count)))
  return 0
}

fuzz(check)

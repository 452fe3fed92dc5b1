import Redaction

/// Changes the bytes of one member while they stream through.
protocol ByteFilter {
  /// Takes the next bytes and appends what is ready to `output`.
  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8])
  /// Ends the member and appends what was still waiting.
  mutating func finish(into output: inout [UInt8])
  /// How often each redaction rule masked something so far.
  var masked: [String: Int] { get }
}

extension Redactor: ByteFilter {
  var masked: [String: Int] { counts.byName }
}

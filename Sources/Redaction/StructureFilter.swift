/// The rules that follow the structure of a document. Their output still passes R1.
struct StructureFilter: Sendable {
  private(set) var counts = RedactionCounts()

  init?(_ rules: RedactionRules) {
    return nil
  }

  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
    output.append(contentsOf: bytes)
  }

  mutating func finish(into output: inout [UInt8]) {}
}

import FoundationEssentials
public import ReportModel

/// Writes the report itself: one JSON document with sorted keys.
public struct JSONRenderer: ReportRenderer {
  /// Makes the renderer.
  public init() {}

  /// Writes the document and a line end.
  public func render(_ report: Report, to out: inout some TextOutputStream) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      out.write(String(decoding: try encoder.encode(report), as: UTF8.self))
      out.write("\n")
    } catch {
      // A report holds texts, whole numbers and truth values, all of which JSON can state.
      preconditionFailure("a report could not be encoded: \(error)")
    }
  }
}

/// What names a finding across reports: rule, subject and the kind of evidence, without anything
/// that changes from run to run.
public enum Fingerprint {
  /// The text whose SHA-256 is the fingerprint. The hash itself is taken by the caller, so that
  /// this target needs no package.
  public static func text(of finding: Finding) -> String {
    var text = "\(finding.rule)\n\(finding.subject.kind):\(finding.subject.key)\n"
    if let first = finding.evidence.first {
      text += normalised(first.path) + "\n" + normalised(first.excerpt ?? "")
    }
    return text
  }

  /// Replaces numbers, times, counters and long hexadecimal ids by `#`.
  static func normalised(_ text: String) -> String {
    var result = ""
    var word = ""
    for scalar in text.unicodeScalars {
      if scalar.properties.isAlphabetic || isDigit(scalar) {
        word.unicodeScalars.append(scalar)
      } else {
        result += normalisedWord(word)
        word = ""
        result.unicodeScalars.append(scalar)
      }
    }
    return result + normalisedWord(word)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(scalar)
  }

  private static func normalisedWord(_ word: String) -> String {
    let isLongID =
      word.unicodeScalars.count >= 12
      && word.unicodeScalars.allSatisfy { $0.properties.isASCIIHexDigit }
    if isLongID { return "#" }
    var result = ""
    var isInNumber = false
    for scalar in word.unicodeScalars {
      if isDigit(scalar) {
        if !isInNumber { result += "#" }
        isInNumber = true
      } else {
        isInNumber = false
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

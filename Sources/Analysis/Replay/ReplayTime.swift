import BundleModel
public import IPAMReplay
public import ReplayRendering

/// Reads the bounds of a window as people write them.
public enum ReplayTime {
  /// The window between two times; a time of day is one of the log's last day, or of the day before
  /// it if the log ends earlier.
  public static func window(
    from: String?, to: String?, of result: ReplayResult
  ) throws(AnalysisError) -> ReplayReport.Window {
    let end = result.epochs.compactMap(\.endUs).max() ?? 0
    let window = ReplayReport.Window(
      fromUs: try from.map { text throws(AnalysisError) in
        try microseconds(text, option: "--from", end: end)
      },
      toUs: try to.map { text throws(AnalysisError) in
        try microseconds(text, option: "--to", end: end)
      })
    if let fromUs = window.fromUs, let toUs = window.toUs, fromUs > toUs {
      throw AnalysisError(
        code: "E104", what: "--from is later than --to", why: "the window would be empty",
        remedy: "swap them", exitCode: 2)
    }
    return window
  }

  private static let dayUs: Int64 = 86_400_000_000

  private static func microseconds(
    _ text: String, option: String, end: Int64
  ) throws(AnalysisError) -> Int64 {
    if let us = clock(text) {
      let midnight = end - (end % dayUs + dayUs) % dayUs
      let time = midnight + us
      return time > end ? time - dayUs : time
    }
    for suffix in ["", ":00Z", "Z", "T00:00:00Z"] {
      if let us = RFC3339.microseconds(of: text.replacingLastZ(with: suffix)) { return us }
    }
    throw AnalysisError(
      code: "E104", what: "\(option) \(text) is no time",
      why: "it is neither HH:MM[:SS] nor like 2031-04-02T12:00Z",
      remedy: "write the time in UTC", exitCode: 2)
  }

  /// Microseconds since midnight.
  private static func clock(_ text: String) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let last = parts.last.map { $0.hasSuffix("Z") ? $0.dropLast() : $0 }
    guard (2...3).contains(parts.count), let last else { return nil }
    let numbers = (parts.dropLast() + [last]).map { part in
      part.utf8.allSatisfy { (48...57).contains($0) } ? Int64(part) : nil
    }
    guard let hours = numbers[0], let minutes = numbers[1], hours < 24, minutes < 60 else {
      return nil
    }
    guard parts.count == 3 else { return (hours * 3600 + minutes * 60) * 1_000_000 }
    guard let seconds = numbers[2], seconds < 60 else { return nil }
    return (hours * 3600 + minutes * 60 + seconds) * 1_000_000
  }
}

extension String {
  /// The text with another end; with none it stays as it is.
  fileprivate func replacingLastZ(with suffix: String) -> String {
    guard !suffix.isEmpty else { return self }
    return (hasSuffix("Z") ? String(dropLast()) : self) + suffix
  }
}

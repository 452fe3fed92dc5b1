public import ReportModel

/// Writes a report in one format. Renderers decide nothing: order, counts and exit code are in the
/// report.
public protocol ReportRenderer {
  /// Writes the whole report.
  func render(_ report: Report, to out: inout some TextOutputStream)
}

extension ReportRenderer {
  /// The whole report as text.
  public func text(_ report: Report) -> String {
    var text = ""
    render(report, to: &text)
    return text
  }
}

/// The formats that a report can be written in.
public enum ReportFormat: String, Sendable, CaseIterable {
  /// For a terminal.
  case text
  /// The report itself.
  case json
  /// One file for a browser.
  case html

  /// The renderer of the format.
  public func renderer(_ style: TextStyle) -> any ReportRenderer {
    switch self {
    case .text: TextRenderer(style)
    case .json: JSONRenderer()
    case .html: HTMLRenderer()
    }
  }
}

import BundleModel
import IPAMEngine
import IPAMReplay
import ReportRendering

/// Writes a replay as one HTML page with a chart; it loads nothing and has no script.
public struct ReplayHTMLRenderer: Sendable {
  /// Columns of the chart.
  private static let columns = 900
  private static let chartHeight = 240
  /// Most rows of a list.
  private static let listed = 500

  /// Makes the renderer.
  public init() {}

  /// The page.
  public func text(_ report: ReplayReport) -> String {
    var out = HTMLPage.head(title: "\(report.node): address pool")
    out += "<header>\n<h1>Address pool of \(html: report.node)</h1>\n"
    out += facts(report)
    out += "</header>\n<main>\n"
    if let span = report.span {
      for card in report.cards { out += chart(report, card: card, span) }
    }
    out += faults(report) + comparison(report) + events(report) + differences(report)
    return out + "</main>\n</body>\n</html>\n"
  }

  private func facts(_ report: ReplayReport) -> String {
    guard let epoch = report.result.epochs.last else { return "" }
    let capacity = epoch.policy.capacity
    let settings = epoch.configuration
    var pairs: [(String, String)] = []
    if let type = epoch.instanceType { pairs.append(("Instance type", type)) }
    if epoch.knowsENILimit, epoch.knowsSlots {
      pairs.append(
        ("Limits", "\(capacity.maxENI) ENIs, \(capacity.maxIPsPerENI) pod addresses per ENI"))
    }
    if let release = epoch.release { pairs.append(("VPC CNI", "\(release)")) }
    let targets = [
      ("WARM_IP_TARGET", settings.warmIPTarget), ("MINIMUM_IP_TARGET", settings.minimumIPTarget),
      ("WARM_PREFIX_TARGET", settings.warmPrefixTarget),
      ("WARM_ENI_TARGET", settings.warmENITarget),
    ].filter { epoch.origin($0.0) != .unknown }
    pairs.append(
      (
        "Settings",
        targets.isEmpty
          ? "not known" : targets.map { "\($0.0)=\($0.1)" }.joined(separator: ", ")
      ))
    if let span = report.span {
      pairs.append(
        (
          "Covers",
          "\(RFC3339.string(microseconds: span.fromUs)) to \(RFC3339.string(microseconds: span.toUs))"
        ))
    }
    let checks = report.result.checks
    pairs.append(
      ("Agreement", "\(checks.compared - checks.different) of \(checks.compared) logged states"))
    return "<dl class=\"facts\">\n"
      + pairs.map { "<dt>\(html: $0.0)</dt><dd>\(html: $0.1)</dd>\n" }.joined() + "</dl>\n"
  }

  // MARK: Chart

  private func chart(
    _ report: ReplayReport, card: Int, _ span: (fromUs: Int64, toUs: Int64)
  ) -> String {
    let samples = report.samples(card: card)
    guard !samples.isEmpty else { return "" }
    let timeline = PoolTimeline(
      samples, report.result.events, fromUs: span.fromUs, toUs: span.toUs, count: Self.columns)
    let peak = max(timeline.peak, 1)
    let name = report.cards.count > 1 ? "Network card \(card)" : "Addresses over time"
    var out =
      "<section aria-labelledby=\"chart\(card)\">\n<h2 id=\"chart\(card)\">\(name)</h2>\n"
    out +=
      "<svg viewBox=\"-40 -10 960 \(Self.chartHeight + 50)\" role=\"img\" width=\"100%\">\n"
      + "<title>\(name)</title><desc>Addresses in the pool, asked for, assigned and in cooldown; "
      + "where the log has no numbers the lines are broken. The same numbers stand in the table.</desc>\n"
    out += axis(peak, span)
    let lines: [(String, String, (PoolTimeline.Column) -> Int?)] = [
      ("total", "class=\"info\" stroke-width=\"2\"", { $0.total }),
      ("target", "class=\"warning\" stroke-width=\"1.5\" stroke-dasharray=\"2 3\"", { $0.target }),
      ("assigned", "class=\"good\" stroke-width=\"3\"", { $0.assigned }),
      ("cooldown", "class=\"dim\" stroke-width=\"1.5\" stroke-dasharray=\"6 3\"", { $0.cooldown }),
    ]
    for (name, look, value) in lines {
      let path = Self.path(timeline.columns.map(value), peak: peak)
      guard !path.isEmpty else { continue }
      out +=
        "<g \(look) fill=\"none\" stroke=\"currentColor\"><title>\(name)</title><path d=\"\(path)\"/></g>\n"
    }
    out += marks(report, span)
    out += "</svg>\n" + legend + table(report, card: card)
    return out + "</section>\n"
  }

  private var legend: String {
    "<p class=\"dim\">Solid thin: total. Dotted: target by the settings. Solid thick: assigned. "
      + "Dashed: in cooldown. Triangles: pods refused. R: ipamd started. ?: lines are missing.</p>\n"
  }

  private func axis(_ peak: Int, _ span: (fromUs: Int64, toUs: Int64)) -> String {
    let height = Self.chartHeight
    var out =
      "<g stroke=\"currentColor\" stroke-opacity=\".4\" fill=\"none\"><path d=\"M0 0V\(height)H\(Self.columns)\"/></g>\n"
    out += "<g fill=\"currentColor\" font-size=\"12\">\n"
    for value in [0, peak / 2, peak] where value == 0 || value != peak / 2 || peak > 1 {
      let y = height - value * height / peak
      out += "<text x=\"-6\" y=\"\(y + 4)\" text-anchor=\"end\">\(value)</text>\n"
    }
    for part in 0...4 {
      let time = span.fromUs + (span.toUs - span.fromUs) * Int64(part) / 4
      let anchor = part == 0 ? "start" : part == 4 ? "end" : "middle"
      let text = RFC3339.string(microseconds: time)
      out +=
        "<text x=\"\(Self.columns * part / 4)\" y=\"\(height + 18)\" text-anchor=\"\(anchor)\">"
        + "\(html: String(text.dropFirst(11).prefix(8)))Z</text>\n"
    }
    return out + "</g>\n"
  }

  /// Steps, broken where nothing is known.
  private static func path(_ values: [Int?], peak: Int) -> String {
    var path = ""
    var last: Int?
    for (x, value) in values.enumerated() {
      guard let value else {
        last = nil
        continue
      }
      let y = chartHeight - value * chartHeight / peak
      if last == nil {
        path += "M\(x) \(y)h1"
      } else if let last, last != y {
        path += "V\(y)h1"
      } else {
        path += "H\(x + 1)"
      }
      last = y
    }
    return path
  }

  private func marks(_ report: ReplayReport, _ span: (fromUs: Int64, toUs: Int64)) -> String {
    let height = Self.chartHeight
    let step = max(1, (span.toUs - span.fromUs) / Int64(Self.columns) + 1)
    var out = ""
    var taken: Set<String> = []
    for event in report.result.events {
      guard let time = event.timeUs ?? event.fromUs, time >= span.fromUs, time <= span.toUs else {
        continue
      }
      let x = Int((time - span.fromUs) / step)
      let title = "\(RFC3339.string(microseconds: time)) \(event.words)"
      switch event.kind {
      case .noAddress, .subnetEmpty:
        guard taken.insert("t\(x)").inserted else { continue }
        out +=
          "<g class=\"error\"><title>\(html: title)</title><path fill=\"currentColor\" "
          + "d=\"M\(x) 2l-4 -8h8z\"/></g>\n"
      case .started, .gap:
        guard taken.insert("\(event.kind.rawValue)\(x)").inserted else { continue }
        out +=
          "<g class=\"dim\"><title>\(html: title)</title><path stroke=\"currentColor\" "
          + "stroke-dasharray=\"3 3\" d=\"M\(x) 0V\(height)\"/><text x=\"\(x + 3)\" y=\"\(height - 4)\" "
          + "font-size=\"12\" fill=\"currentColor\">\(event.kind == .started ? "R" : "?")</text></g>\n"
      default: continue
      }
    }
    return out
  }

  private func table(_ report: ReplayReport, card: Int) -> String {
    let samples = report.steppedSamples(card: card)
    var out =
      "<details class=\"list\"><summary>The same numbers as a table</summary>\n<table>\n"
      + "<caption>Every change that a tick showed</caption>\n<thead><tr>"
    for name in ["From", "To", "Total", "Target", "Assigned", "Cooldown", "ENIs"] {
      out += "<th scope=\"col\">\(name)</th>"
    }
    out += "</tr></thead>\n<tbody>\n"
    for sample in samples.prefix(Self.listed) {
      let numbers: [Int?] = [
        sample.total, sample.target, sample.assigned, sample.cooling, sample.enis,
      ]
      out +=
        "<tr><td>\(html: RFC3339.string(microseconds: sample.timeUs))</td>"
        + "<td>\(html: RFC3339.string(microseconds: sample.lastUs))</td>"
        + numbers.map { "<td class=\"number\">\($0.map { "\($0)" } ?? "")</td>" }.joined()
        + "</tr>\n"
    }
    out += "</tbody></table>\n"
    if samples.count > Self.listed {
      out += "<p class=\"dim\">\(samples.count - Self.listed) further rows: --format csv</p>\n"
    }
    return out + "</details>\n"
  }

  // MARK: Lists

  private func faults(_ report: ReplayReport) -> String {
    var out = "<section aria-labelledby=\"faults\">\n<h2 id=\"faults\">What went wrong</h2>\n"
    guard !report.result.faults.isEmpty || !report.snapshotFaults.isEmpty else {
      return out + "<p>No fault of the pool shows in this history.</p>\n</section>\n"
    }
    out += tableHead(
      "Faults with their evidence; confidence A is proved, B strong, C a hint",
      ["Fault", "Sure", "Times", "What was seen", "First", "Evidence"])
    for fault in report.result.faults {
      out += row([
        "\(fault.id.rawValue) \(fault.id.name)", fault.confidence.rawValue, "\(fault.count)",
        fault.detail, fault.firstUs.map { RFC3339.string(microseconds: $0) } ?? "",
        report.source(fault.place, fault.line),
      ])
    }
    for fault in report.snapshotFaults {
      out += row([
        "\(fault.id) \(fault.name)", fault.confidence, "1", fault.detail, "", fault.source,
      ])
    }
    return out + "</tbody></table>\n</section>\n"
  }

  private func comparison(_ report: ReplayReport) -> String {
    guard let comparison = report.comparison else { return "" }
    var out =
      "<section aria-labelledby=\"whatif\">\n<h2 id=\"whatif\">With other settings</h2>\n"
      + tableHead(
        "What the same pod starts and stops would have led to",
        [
          "Settings", "Failed starts", "Held on average", "Held at most", "ENIs at most",
          "EC2 calls",
          "Without a free address",
        ])
    let all = [("as it was", comparison.recorded)] + comparison.alternatives.map { ($0.0, $0.1) }
    for (name, outcome) in all {
      out += row([
        name, "\(outcome.failedStarts)", "\(outcome.meanHeld)", "\(outcome.peakHeld)",
        "\(outcome.peakENIs)", outcome.ec2Calls.map { "\($0)" } ?? "",
        "\(outcome.emptyUs / 1_000_000) s",
      ])
    }
    out += "</tbody></table>\n<ul>\n"
    for note in comparison.notes { out += "<li>\(html: note)</li>\n" }
    return out + "</ul>\n</section>\n"
  }

  private func events(_ report: ReplayReport) -> String {
    let events = report.shownEvents
    guard !events.isEmpty else { return "" }
    var out =
      "<section aria-labelledby=\"events\">\n<h2 id=\"events\">What happened</h2>\n"
      + tableHead("Events of the pool", ["Time", "Event", "Total", "Assigned", "Evidence"])
    for event in events.suffix(Self.listed) {
      out += row([
        (event.timeUs ?? event.fromUs).map { RFC3339.string(microseconds: $0) } ?? "", event.words,
        event.total.map { "\($0)" } ?? "", event.assigned.map { "\($0)" } ?? "",
        report.source(event.place, event.line),
      ])
    }
    out += "</tbody></table>\n"
    if events.count > Self.listed {
      out += "<p class=\"dim\">\(events.count - Self.listed) earlier events: --format json</p>\n"
    }
    return out + "</section>\n"
  }

  private func differences(_ report: ReplayReport) -> String {
    guard !report.result.divergences.isEmpty else { return "" }
    var out =
      "<section aria-labelledby=\"differences\">\n<h2 id=\"differences\">Differences</h2>\n"
      + tableHead(
        "Where ipamd says something else than its other lines add up to",
        ["Time", "Line", "Says", "Replayed", "Evidence"])
    for difference in report.result.divergences.prefix(Self.listed) {
      out += row([
        difference.timeUs.map { RFC3339.string(microseconds: $0) } ?? "", difference.event,
        difference.said, difference.replayed, report.source(difference.place, difference.line),
      ])
    }
    return out + "</tbody></table>\n</section>\n"
  }

  private func tableHead(_ caption: String, _ names: [String]) -> String {
    "<table>\n<caption>\(html: caption)</caption>\n<thead><tr>"
      + names.map { "<th scope=\"col\">\(html: $0)</th>" }.joined() + "</tr></thead>\n<tbody>\n"
  }

  private func row(_ cells: [String]) -> String {
    "<tr>" + cells.map { "<td>\(html: $0)</td>" }.joined() + "</tr>\n"
  }
}

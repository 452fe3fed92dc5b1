import BundleModel
import IPAMEngine
import IPAMReplay
public import ReportRendering

/// Writes a replay for a terminal: curves of the pool, what happened, what went wrong.
public struct ReplayTextRenderer: Sendable {
  private let style: TextStyle

  /// Most events that are listed.
  private static let listedEvents = 40

  /// Makes the renderer.
  public init(_ style: TextStyle) {
    self.style = style
  }

  /// The report's text.
  public func text(_ report: ReplayReport) -> String {
    var out = head(report)
    if let span = report.span {
      for card in report.cards { out += curves(report, card: card, span) }
    }
    out += events(report)
    out += faults(report)
    out += comparison(report)
    out += agreement(report)
    return out
  }

  // MARK: Head

  private func head(_ report: ReplayReport) -> String {
    guard let epoch = report.result.epochs.last else { return "" }
    let capacity = epoch.policy.capacity
    var lines: [String] = []
    var first = "Pool of \(style.shown(report.node))"
    if let type = epoch.instanceType { first += ", \(style.shown(type))" }
    if epoch.knowsENILimit, epoch.knowsSlots, capacity.mode != .prefixV6 {
      let enis = capacity.maxENI - (epoch.configuration.customNetworking ? 1 : 0)
      first +=
        ": at most \(capacity.maxENI) ENIs, \(enis * capacity.maxIPsPerENI) pod addresses"
    }
    lines.append(style.painted(style.cut(first, to: style.width), .heading))
    let settings = epoch.configuration
    var words: [String] = []
    func add(_ name: String, _ value: Int, if isShown: Bool) {
      guard epoch.origin(name) != .unknown, isShown else { return }
      words.append("\(name) \(value)")
    }
    let usesIPs = settings.ipTargetsDefined
    add("WARM_IP_TARGET", settings.warmIPTarget, if: usesIPs)
    add("MINIMUM_IP_TARGET", settings.minimumIPTarget, if: usesIPs)
    add(
      "WARM_PREFIX_TARGET", settings.warmPrefixTarget, if: !usesIPs && capacity.mode == .prefix)
    add("WARM_ENI_TARGET", settings.warmENITarget, if: !usesIPs && capacity.mode == .single)
    words.append(capacity.mode.words)
    if let release = epoch.release {
      words.append("ipamd \(release)" + (epoch.releaseOrigin == .messages ? " or like it" : ""))
    }
    lines.append(style.wrapped(words.joined(separator: ",  "), indent: 0))
    if report.result.epochs.count > 1 {
      lines.append("\(report.result.epochs.count) processes; the settings are those of the last")
    }
    if !epoch.knowsTargets {
      lines.append(
        "the settings are not in the log and not declared: what was asked for is not known")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Curves

  private func curves(
    _ report: ReplayReport, card: Int, _ span: (fromUs: Int64, toUs: Int64)
  ) -> String {
    let samples = report.samples(card: card)
    guard !samples.isEmpty else {
      return "\nThe log has no numbers of the pool in this window.\n"
    }
    let width = max(20, style.width - 10 - 13)
    let timeline = PoolTimeline(
      samples, report.result.events, fromUs: span.fromUs, toUs: span.toUs, count: width)
    let peak = max(timeline.peak, 1)
    let hasDays = Self.day(span.fromUs) != Self.day(span.toUs)
    let from = (hasDays ? Self.day(span.fromUs).dropFirst(5) + " " : "") + Self.clock(span.fromUs)
    let to = (hasDays ? Self.day(span.toUs).dropFirst(5) + " " : "") + Self.clock(span.toUs)
    var out = "\n"
    if report.cards.count > 1 { out += "network card \(card)\n" }
    out +=
      String(repeating: " ", count: 10) + from.padded(to: width - to.count) + to + "    min   max\n"
    func row(_ name: String, _ value: (PoolTimeline.Column) -> Int?) {
      let values = timeline.columns.map(value)
      let known = values.compactMap { $0 }
      guard let least = known.min(), let most = known.max() else { return }
      out += name.padded(to: 10)
      out += values.map { $0.map { bar($0, of: peak) } ?? " " }.joined()
      out += Self.right(least, 7) + Self.right(most, 6) + "\n"
    }
    row("total") { $0.total }
    row("target") { $0.target }
    row("assigned") { $0.assigned }
    row("cooldown") { $0.cooldown }
    if timeline.columns.contains(where: { $0.failed > 0 }) { row("failed") { $0.failed } }
    out += marks(report, span, width)
    return out + "scale 0 to \(peak)\n"
  }

  /// A line of marks under the curves, and what they mean.
  private func marks(
    _ report: ReplayReport, _ span: (fromUs: Int64, toUs: Int64), _ width: Int
  ) -> String {
    var line = Array(repeating: Character(" "), count: width)
    var legend: [String] = []
    let step = max(1, (span.toUs - span.fromUs) / Int64(width) + 1)
    let kinds: [(ReplayEvent.Kind, Character, String)] = [
      (.started, "R", "ipamd started"), (.subnetEmpty, "S", "subnet empty"),
      (.eniRemovedWithPods, "X", "ENI gone with its pods"), (.gap, "?", "lines are missing"),
    ]
    for (kind, mark, words) in kinds {
      let times = report.result.events.filter { $0.kind == kind }.compactMap(\.timeUs)
        .filter { $0 >= span.fromUs && $0 <= span.toUs }
      guard let first = times.first else { continue }
      for time in times { line[min(width - 1, Int((time - span.fromUs) / step))] = mark }
      legend.append(
        "\(mark) \(words)" + (times.count > 1 ? " \(times.count)x" : "") + " "
          + (Self.day(span.fromUs) == Self.day(span.toUs) ? Self.time(first) : Self.dated(first)))
    }
    guard !legend.isEmpty else { return "" }
    let text = String(line)
    let end = text.lastIndex { $0 != " " }.map { text[...$0] } ?? ""
    return String(repeating: " ", count: 10) + end + "\n"
      + String(repeating: " ", count: 10)
      + style.wrapped(legend.joined(separator: ",  "), indent: 10) + "\n"
  }

  private func bar(_ value: Int, of peak: Int) -> String {
    let bars = style.isASCII ? Self.asciiBars : Self.bars
    guard value > 0 else { return style.isASCII ? "_" : " " }
    return String(bars[min(bars.count - 1, (value * bars.count - 1) / peak)])
  }

  private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let asciiBars: [Character] = [".", ":", "-", "=", "+", "*", "%", "#"]

  // MARK: Lists

  private func events(_ report: ReplayReport) -> String {
    let rows = EventRow.rows(of: report)
    guard !rows.isEmpty else { return "" }
    // The newest ones matter most.
    let shown = rows.suffix(Self.listedEvents)
    let source = min(24, shown.map { $0.source.cellCount }.max() ?? 0)
    let words = max(20, style.width - 11 - 6 - 6 - source - 2)
    var out =
      "\n"
      + style.painted(
        "TIME".padded(to: 11) + "EVENT".padded(to: words) + "TOTAL  USED  SOURCE", .heading) + "\n"
    if shown.count < rows.count {
      let dots = style.isASCII ? "..." : "…"
      out +=
        "\(dots) \(rows.count - shown.count) earlier events: --format json, or --from and --to\n"
    }
    let hasDays = Set(shown.compactMap { $0.timeUs.map { Self.day($0) } }).count > 1
    var day: String?
    for row in shown {
      if hasDays, let time = row.timeUs, Self.day(time) != day {
        day = Self.day(time)
        out += style.painted(Self.day(time), .dim) + "\n"
      }
      out += (row.timeUs.map { Self.time($0) } ?? "").padded(to: 11)
      out += style.cut(row.words, to: words - 1).padded(to: words)
      out += Self.right(row.total, 5) + Self.right(row.assigned, 6)
      out += "  " + style.cut(row.source, to: source) + "\n"
    }
    return out
  }

  private func faults(_ report: ReplayReport) -> String {
    let faults = report.result.faults.filter {
      $0.lastUs ?? .max >= report.window.fromUs ?? .min
        && $0.firstUs ?? .min <= report.window.toUs ?? .max
    }
    guard !faults.isEmpty || !report.snapshotFaults.isEmpty else {
      return "\nNo fault of the pool shows in this history.\n"
    }
    var out = "\n" + style.painted("WHAT WENT WRONG", .heading) + "\n"
    for fault in faults {
      let times = fault.count > 1 ? " (\(fault.count) times)" : ""
      out += block(
        fault.id.rawValue, fault.confidence.rawValue, fault.detail + times,
        span(fault) + report.source(fault.place, fault.line))
    }
    for fault in report.snapshotFaults {
      out += block(fault.id, fault.confidence, fault.detail, fault.source)
    }
    return out
      + style.painted(
        style.wrapped(
          "A is proved by the bundle, B strong evidence, C a hint; docs/replay.md explains each.",
          indent: 0), .dim) + "\n"
  }

  private func block(_ id: String, _ confidence: String, _ detail: String, _ source: String)
    -> String
  {
    "\(id) \(confidence)  " + style.wrapped(detail, indent: 8) + "\n        "
      + style.painted(style.cut(source, to: max(20, style.width - 8)), .dim) + "\n"
  }

  private func span(_ fault: Fault) -> String {
    guard let first = fault.firstUs else { return "" }
    let last = fault.lastUs ?? first
    return last > first
      ? "\(Self.dated(first)) to \(Self.time(last))  " : "\(Self.dated(first))  "
  }

  private func comparison(_ report: ReplayReport) -> String {
    guard let comparison = report.comparison else { return "" }
    var out = "\n" + style.painted("WITH OTHER SETTINGS", .heading) + "\n"
    out += OutcomeTable.text(comparison, style)
    for note in comparison.notes { out += "* " + style.wrapped(note, indent: 2) + "\n" }
    return out
  }

  private func agreement(_ report: ReplayReport) -> String {
    let checks = report.result.checks
    let differences = report.result.divergences
    var out = "\n"
    if checks.compared == 0 {
      out += "No number of ipamd could be compared with the replay"
      out += checks.unknown > 0 ? ": the state of the pool is not proved.\n" : ".\n"
    } else {
      out +=
        "Engine agrees with \(checks.compared - checks.different) of \(checks.compared) logged states"
      out += differences.isEmpty ? ".\n" : "; \(differences.count) differences: --differences\n"
      if checks.unknown > 0 {
        out +=
          "\(checks.unknown) further states could not be compared: lines before them are missing.\n"
      }
    }
    guard report.showsDifferences else { return out }
    for difference in differences {
      let time = difference.timeUs.map { Self.time($0) } ?? ""
      out +=
        "\(time.padded(to: 11))"
        + style.wrapped(
          "\(difference.event) says \(difference.said); replayed \(difference.replayed) "
            + "(\(report.source(difference.place, difference.line)))", indent: 11) + "\n"
    }
    return out
  }

  // MARK: Times and numbers

  private static func right(_ value: Int?, _ cells: Int) -> String {
    let text = value.map { String($0) } ?? ""
    return blanks(max(0, cells - text.count)) + text
  }

  private static func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }

  /// `2031-04-02 09:15:22Z`.
  private static func dated(_ us: Int64) -> String {
    let text = RFC3339.string(microseconds: us)
    return text.prefix(19).map { $0 == "T" ? " " : $0 }.reduce("") { $0 + String($1) } + "Z"
  }

  /// `2031-04-02`.
  private static func day(_ us: Int64) -> String { String(dated(us).prefix(10)) }

  /// `09:15:22Z`.
  private static func time(_ us: Int64) -> String { String(dated(us).dropFirst(11)) }

  /// `09:15Z`.
  private static func clock(_ us: Int64) -> String { String(time(us).prefix(5)) + "Z" }
}

/// An event as it is listed; refusals one after the other are one row.
private struct EventRow {
  var timeUs: Int64?
  var words: String
  var total: Int?
  var assigned: Int?
  var source: String
  private var refused = 0
  private var lastUs: Int64?

  /// Refusals no further apart than this belong together.
  private static let burstUs: Int64 = 30_000_000

  static func rows(of report: ReplayReport) -> [EventRow] {
    var rows: [EventRow] = []
    for event in report.shownEvents {
      var row = EventRow(
        timeUs: event.timeUs ?? event.fromUs, words: event.words, total: event.total,
        assigned: event.assigned, source: report.source(event.place, event.line))
      row.lastUs = row.timeUs
      if event.kind == .gap {
        row.total = nil
        row.assigned = nil
      }
      guard event.kind == .noAddress else {
        if [.subnetEmpty, .ec2Error].contains(event.kind), event.count > 1 {
          row.words += ", \(event.count) times"
        }
        rows.append(row)
        continue
      }
      row.refused = event.count
      if let last = rows.indices.last, rows[last].refused > 0, let before = rows[last].lastUs,
        let now = row.timeUs, now - before <= burstUs
      {
        rows[last].refused += event.count
        rows[last].lastUs = now
        rows[last].words = "\(rows[last].refused) pod starts refused, none free"
      } else {
        rows.append(row)
      }
    }
    return rows
  }

  private init(timeUs: Int64?, words: String, total: Int?, assigned: Int?, source: String) {
    self.timeUs = timeUs
    self.words = words
    self.total = total
    self.assigned = assigned
    self.source = source
  }
}

extension AddressKind {
  /// The form of address in words.
  var words: String {
    switch self {
    case .single: "secondary IP mode"
    case .prefix: "prefix mode"
    case .prefixV6: "IPv6"
    }
  }
}

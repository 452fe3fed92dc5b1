/// Masks one window of text after another: the triggers of the automaton, and what earlier lines
/// say about later ones.
struct LineScanner: Sendable {
  private(set) var counts = RedactionCounts()
  private let rules: RedactionRules
  private let names: NameMatcher
  private let urls: URLMatcher
  private let automaton = TriggerAutomaton.shared
  private let prefilter = TriggerPrefilter.shared
  private let skipsPlainText: Bool
  private var state: UInt16 = 0
  private var mode = LineMode.plain
  private var environment = EnvironmentContinuation.none
  /// What still has to be dropped of a value that was longer than a window.
  private(set) var tail: Tail?

  /// A scanner that does not skip plain text lets the automaton see every byte, with the same
  /// result.
  init(_ rules: RedactionRules, skipsPlainText: Bool = true) {
    self.rules = rules
    self.skipsPlainText = skipsPlainText
    names = NameMatcher(rules: rules)
    urls = URLMatcher(rules: rules)
  }

  mutating func count(_ rule: RedactionRule) {
    counts[rule] += 1
  }

  /// Forgets what the left-out rest of a cut line would have continued.
  mutating func endCut() {
    state = 0
    tail = nil
  }

  /// How far before the end of its trigger word a mask may begin.
  static let reach = 32

  /// How far a window is dealt with.
  struct Progress {
    /// Past the last byte that is written or masked.
    var written: Int
    /// Past the last byte that the automaton saw.
    var seen: Int
  }

  /// Masks bytes into `output`: all up to `limit`, except that in an open window the last few wait
  /// for a mask that may begin in them. A mask may reach further. Bytes up to the window's end may
  /// be looked at.
  mutating func scan(
    _ window: Window, from start: Progress, to limit: Int, isLineStart: Bool,
    into output: inout [UInt8]
  ) -> Progress {
    var copied = start.written
    var index = start.seen
    if tail != nil {
      index = dropTail(window, from: copied)
      copied = index
    } else if isLineStart, index < limit {
      index = beginLine(window, at: index, copied: &copied, into: &output)
    }
    let classes = automaton.classes
    let next = automaton.next
    let accepting = automaton.firstAccepting
    var state = self.state
    var resume = index
    while index < limit {
      if index >= resume, skipsPlainText, !needsLineStarts {
        (index, resume) = skip(window, index, limit, &state)
        guard index < limit else { break }
      }
      state = next[Int(state) + Int(classes[Int(window.bytes[index])])]
      index += 1
      guard state >= accepting else { continue }
      switch automaton.trigger(in: state) {
      case .newline:
        if index < limit, needsLineStarts {
          index = beginLine(window, at: index, copied: &copied, into: &output)
        }
      case .dot:
        // Most dots end here, so the cheap half of the test comes first.
        let last = window[index + 15]
        guard last.isDigit || last.isLower,
          let match = ShapeMatcher.bootstrapToken(window, dotEnd: index)
        else { continue }
        index = apply(match, window, index, &copied, &output)
        state = 0
      case let trigger:
        let matches = matches(trigger, window, wordEnd: index)
        for match in matches {
          index = apply(match, window, index, &copied, &output)
          state = 0
        }
      }
    }
    let end = window.isOpen ? limit - Self.reach : limit
    if copied < end {
      output.append(contentsOf: window.bytes[copied..<end])
      copied = end
    }
    self.state = state
    return Progress(written: copied, seen: index)
  }

  /// Goes on to where the next trigger word may begin; also gives the position up to which the
  /// automaton then has to look at every byte.
  private func skip(
    _ window: Window, _ index: Int, _ limit: Int, _ state: inout UInt16
  ) -> (index: Int, resume: Int) {
    let length = TriggerPrefilter.length
    let depth = automaton.depth(of: state)
    guard depth < length else { return (index, index + 1) }
    let pending = max(0, index - depth)
    let next = prefilter.next(window.bytes, from: pending, to: limit)
    guard next >= index else { return (index, max(index + 1, next + length)) }
    state = 0
    return (next, next + length)
  }

  private var needsLineStarts: Bool {
    mode != .plain || rules.contains(.environment)
  }

  private func matches(_ trigger: Trigger, _ window: Window, wordEnd: Int) -> [Match] {
    let match: Match?
    switch trigger {
    case .none, .newline, .dot: return []
    case .accessKeyID:
      match = ShapeMatcher.accessKeyID(window, wordEnd: wordEnd)
      if let match, let second = ShapeMatcher.secretBehindAccessKeyID(window, from: match.end) {
        return [match, second]
      }
    case .jsonWebToken: match = ShapeMatcher.jsonWebToken(window, wordEnd: wordEnd)
    case .privateKey: match = ShapeMatcher.privateKey(window, wordEnd: wordEnd)
    case .encodedPrivateKey: match = ShapeMatcher.encodedPrivateKey(window, wordEnd: wordEnd)
    case .sessionToken: match = ShapeMatcher.sessionToken(window, wordEnd: wordEnd)
    case .clusterToken: match = ShapeMatcher.clusterToken(window, wordEnd: wordEnd)
    case .name: match = names.match(window, wordEnd: wordEnd)
    case .scheme: match = ShapeMatcher.scheme(window, wordEnd: wordEnd)
    case .vendorToken: match = VendorToken.match(window, wordEnd: wordEnd)
    case .userOption: match = UserOption.match(window, wordEnd: wordEnd)
    case .url: return urls.matches(window, wordEnd: wordEnd)
    }
    return match.map { [$0] } ?? []
  }

  /// Writes a mask and returns where the scan goes on.
  private mutating func apply(
    _ match: Match, _ window: Window, _ index: Int, _ copied: inout Int, _ output: inout [UInt8]
  ) -> Int {
    if let following = match.following { mode = following }
    guard match.start >= copied, match.start < match.end else { return index }
    output.append(contentsOf: window.bytes[copied..<match.start])
    output.append(contentsOf: match.replacement ?? match.rule.mask)
    counts[match.rule] += 1
    copied = match.end
    if match.end == window.end, window.isOpen { tail = match.tail }
    return max(index, match.end)
  }

  /// Masks a part of a line without counting it.
  private mutating func mask(
    _ range: Range<Int>, _ rule: RedactionRule, _ rest: Tail, _ window: Window,
    _ copied: inout Int, _ output: inout [UInt8]
  ) {
    guard range.lowerBound >= copied else { return }
    output.append(contentsOf: window.bytes[copied..<range.lowerBound])
    output.append(contentsOf: rule.mask)
    copied = range.upperBound
    if copied == window.end, window.isOpen { tail = rest }
  }

  /// Drops the rest of a value that was too long for its window, up to what ends it.
  private mutating func dropTail(_ window: Window, from start: Int) -> Int {
    guard let tail else { return start }
    var index = start
    while index < window.end, !tail.ends(at: window.bytes[index]) {
      index += 1
    }
    guard index < window.end || !window.isOpen else { return index }
    self.tail = nil
    state = 0
    if index < window.end, window[index].isQuote {
      index = max(start, index - window.backslashes(before: index))
    }
    return index
  }

  /// Masks what a line holds only because of the lines before it, or by the rules that see whole
  /// lines. Returns where the scan goes on.
  private mutating func beginLine(
    _ window: Window, at start: Int, copied: inout Int, into output: inout [UInt8]
  ) -> Int {
    guard needsLineStarts else { return start }
    let end = window.lineEnd(from: start)
    switch mode {
    case .plain: break
    case .privateKey(var body):
      if let part = body.body(of: window, from: start, to: end),
        window.find("-----", from: start, to: end) == nil
      {
        if !body.isCounted { counts[.secrets] += 1 }
        body.isCounted = true
        body.patience = PrivateKeyBody.fullPatience
        mode = .privateKey(body)
        mask(part, .secrets, .word, window, &copied, &output)
        return part.upperBound
      }
      body.patience -= 1
      let isOver = body.patience == 0 || window.find("-----end", from: start, to: end) != nil
      mode = isOver ? .plain : .privateKey(body)
    case .block(let indent, let isCounted):
      let text = window.runEnd(from: start) { $0.isBlank }
      if text == end { return start }
      if text - start > indent {
        if window.has("<redacted", at: text) { return start }
        let last = window[end - 1] == Byte.carriageReturn ? end - 1 : end
        if !isCounted { counts[.secrets] += 1 }
        mode = .block(indent: indent, isCounted: true)
        mask(text..<last, .secrets, .line, window, &copied, &output)
        return last
      }
      mode = .plain
    case .value:
      mode = .plain
      if let match = neighbourValue(window, from: start, to: end) {
        return apply(match, window, start, &copied, &output)
      }
    }
    return environmentLine(window, start, end, &copied, &output)
  }

  /// The value on a line `value: hunter2` or `"value": "hunter2"`.
  private func neighbourValue(_ window: Window, from start: Int, to end: Int) -> Match? {
    var index = window.runEnd(from: start) { $0.isBlank || $0.isQuote }
    guard window.has("value", at: index) else { return nil }
    index = window.runEnd(from: index + 5) { $0.isBlank || $0.isQuote }
    guard window[index] == Byte.colon else { return nil }
    let from = window.runEnd(from: index + 1) { $0.isBlank }
    let value = ValueExtent(window, .colon, from: from, isNameQuoted: false)
    var match = Match(value.start, value.end, tail: .quoted)
    if !value.isQuoted {
      match.end = end
      while match.end > match.start, window[match.end - 1].isSpace { match.end -= 1 }
    }
    let isEmpty = match.end <= match.start || window.has("<redacted", at: match.start)
    return isEmpty ? nil : match
  }

  private mutating func environmentLine(
    _ window: Window, _ start: Int, _ end: Int, _ copied: inout Int, _ output: inout [UInt8]
  ) -> Int {
    guard rules.contains(.environment) else { return start }
    let line = EnvironmentLine(window, from: start, to: end, after: environment)
    if let masked = line.masked {
      if environment == .none { counts[.environment] += 1 }
      mask(masked, .environment, .line, window, &copied, &output)
    }
    environment = line.continuation
    if let part = line.userInformation {
      counts[.urls] += 1
      mask(part, .urls, .word, window, &copied, &output)
      return part.upperBound
    }
    return line.masked?.upperBound ?? start
  }
}

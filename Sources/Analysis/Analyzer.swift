import BuiltinRules
import BundleArchive
import BundleModel
public import BundleReader
import Crypto
import FactStore
import Facts
import FoundationEssentials
public import ReportModel
public import RuleEngine
import SystemPackage

/// The one place that wires reader, facts, rules and report together. The same input gives the same
/// report, byte for byte.
public enum Analyzer {
  /// Opens and judges an input.
  public static func run(
    _ input: BundleInput, options: AnalysisOptions = AnalysisOptions()
  ) throws(AnalysisError) -> Report {
    // Rules first: a mistake in them must not cost the time of reading a bundle.
    let rules = try rules(options)
    let bundle: SupportBundle
    do throws(BundleError) {
      bundle = try SupportBundle.open(input, acceptsDamage: options.acceptsDamage)
    } catch {
      throw AnalysisError(error)
    }
    return try run(bundle, rules: rules, sha256: digest(of: input), options: options)
  }

  /// Opens and judges several inputs, each by itself: one that cannot be read doesn't stop the rest.
  public static func runAll(
    _ inputs: [BundleInput], options: AnalysisOptions = AnalysisOptions()
  ) -> [Result<Report, AnalysisError>] {
    inputs.map { input in
      Result { () throws(AnalysisError) in try run(input, options: options) }
    }
  }

  /// Judges an input that is open already.
  public static func run(
    _ source: some EvidenceSource, rules: [RuleDefinition], sha256: String? = nil,
    options: AnalysisOptions = AnalysisOptions()
  ) throws(AnalysisError) -> Report {
    do {
      let facts = try LoadedFacts(
        source, database: options.database, replays: options.replays)
      let checker = RuleChecker(facts.store)
      for rule in rules { try checker.check(rule) }
      let runner = RuleRunner(facts.store, items: facts.items)
      var judgements = rules.map { rule in
        Judgement(
          rule: rule.id, title: rule.title, confidence: rule.confidence, absorbs: rule.absorbs,
          outcome: runner.judge(rule))
      }
      try Excerpts.fill(&judgements, from: source, kept: facts.texts)
      judgements = try waived(judgements.map(fingerprinted), options)
      let description = try InputDescription(facts, source: source, sha256: sha256)
      var report = Report.assemble(
        Report.Parts(
          tool: Report.Tool(
            version: Manifest.ToolVersion.current.version, rules: BuiltinRules.version,
            engine: "none", ruleCount: rules.count),
          input: description.input, judgements: judgements,
          packets: try PacketSummary(facts.store).packets(), notices: description.notices,
          errors: [], failOn: options.failOn, strict: options.strict))
      if let note = options.waivers?.baseline?.pruning(report) { report.notices.append(note) }
      return report
    } catch {
      throw AnalysisError(of: error)
    }
  }

  /// The rules that the options choose. Every one is read and checked first, chosen or not.
  public static func rules(_ options: AnalysisOptions) throws(AnalysisError) -> [RuleDefinition] {
    do {
      return try ruleSet(options).selecting(options.select, ignoring: options.ignore).filter {
        $0.scopes.contains(.bundle)
      }
    } catch let error as SelectionError {
      throw AnalysisError(error)
    } catch {
      throw error as? AnalysisError ?? .unexpected(error)
    }
  }

  /// Every rule that is at hand, each of them checked against the tables.
  public static func ruleSet(_ options: AnalysisOptions) throws(AnalysisError) -> RuleSet {
    do {
      var set = try RuleSet(options.usesOnlyOwnRules ? [] : BuiltinRules.files)
      for folder in options.ruleFolders {
        try set.add(try RuleSet.files(in: folder), folder: folder)
      }
      let checker = RuleChecker(try FactStore())
      for rule in set.rules { try checker.check(rule) }
      return set
    } catch {
      throw AnalysisError(of: error)
    }
  }

  private static func waived(
    _ judgements: [Judgement], _ options: AnalysisOptions
  ) throws(AnalysisError) -> [Judgement] {
    guard let waivers = options.waivers else { return judgements }
    let known = try ruleSet(options).rules.map(\.id)
    try waivers.baseline?.check(known: known)
    return waivers.applied(to: judgements, known: known).map(fingerprinted)
  }

  private static func fingerprinted(_ judgement: Judgement) -> Judgement {
    guard case .fires(let findings) = judgement.outcome else { return judgement }
    var copy = judgement
    copy.outcome = .fires(
      findings.map { finding in
        var finding = finding
        let text = Fingerprint.text(of: finding)
        finding.fingerprint = "sha256:" + hex(SHA256.hash(data: Data(text.utf8)))
        return finding
      })
    return copy
  }

  /// SHA-256 of an archive; a folder or a stream has none.
  private static func digest(of input: BundleInput) -> String? {
    guard case .path(let path) = input,
      // It was opened already, so nothing else is lost here.
      let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
    else { return nil }
    defer { try? file.close() }  // Nothing was written.
    var hash = SHA256()
    do {
      while case let chunk = try file.readChunk(upTo: 1 << 20), !chunk.isEmpty {
        hash.update(data: chunk)
      }
    } catch {
      // A folder can't be read as data.
      return nil
    }
    return hex(hash.finalize())
  }

  private static func hex(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef")
    return digest.reduce(into: "") { text, byte in
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
  }
}

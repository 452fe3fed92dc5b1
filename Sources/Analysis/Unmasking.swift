import BundleArchive
import FoundationEssentials
public import ReportModel
import SystemPackage

/// Translates a report about a masked bundle back, with the map that was made with the bundle. The
/// map is a file like any other: it is checked, bounded, and its texts are escaped by the renderers
/// like all foreign text.
public struct Unmasking: Sendable {
  /// The largest map that is read, in bytes.
  static let fileLimit = 128 << 20
  /// The longest text on either side of a pair, in bytes.
  static let textLimit = 1024

  private let table: PseudonymTable
  /// Whether the map holds every pseudonym of its bundle.
  private let isComplete: Bool

  /// Reads a map.
  public init(file path: String) throws(AnalysisError) {
    try self.init(bytes: Self.read(path), name: path)
  }

  /// Reads a map from its bytes; `name` stands in messages.
  init(bytes: [UInt8], name: String) throws(AnalysisError) {
    let document: Document
    do {
      document = try JSONDecoder().decode(Document.self, from: Data(bytes))
    } catch {
      throw .noMap(name, why: "it is no JSON document with pairs of texts")
    }
    guard document.schema == "cnitriage.map/1" else {
      throw .noMap(name, why: "its schema is `\(document.schema.prefix(40))`")
    }
    let pairs = document.pairs.filter { Self.isSound($0.key) && Self.isSound($0.value) }
    guard pairs.count == document.pairs.count else {
      throw .noMap(name, why: "it holds texts that are empty, too long, or no single words")
    }
    table = PseudonymTable(pairs)
    isComplete = document.complete ?? true
  }

  private struct Document: Decodable {
    let schema: String
    /// Older maps don't say it.
    let complete: Bool?
    let pairs: [String: String]
  }

  private static func read(_ path: String) throws(AnalysisError) -> [UInt8] {
    do {
      let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
      defer { try? file.close() }
      var bytes: [UInt8] = []
      while case let chunk = try file.readChunk(upTo: 1 << 20), !chunk.isEmpty {
        bytes += chunk
        guard bytes.count <= fileLimit else {
          throw AnalysisError.noMap(path, why: "it has more than \(fileLimit) bytes")
        }
      }
      return bytes
    } catch let error as AnalysisError {
      throw error
    } catch {
      throw AnalysisError(
        code: "E306", what: "\(path) cannot be read: \(error)",
        why: "the file doesn't exist, or this user may not read it",
        remedy: "check the path and its permissions", exitCode: 3)
    }
  }

  /// Names and addresses are printable ASCII without blanks; nothing else can be a part of a pair.
  private static func isSound(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= textLimit
      && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
  }

  /// The report with every pseudonym replaced by what it stands for.
  public func unmasked(_ report: Report) throws(AnalysisError) -> Report {
    do {
      let tree = try JSONDecoder().decode(ReportTree.self, from: JSONEncoder().encode(report))
      let clear = tree.replacingTexts { table.unmasked($0) }
      var result = try JSONDecoder().decode(Report.self, from: JSONEncoder().encode(clear))
      result.tool = report.tool
      result.schema = report.schema
      if !isComplete {
        result.notices.append("the map was full: some pseudonyms in this report stay as they are")
      }
      return result
    } catch {
      throw AnalysisError(
        code: "E901", what: "the report cannot be translated back: \(error)",
        why: "a bug in cnitriage", remedy: "run without --unmask, and report it", exitCode: 70)
    }
  }

  /// A text with every pseudonym replaced.
  public func unmasked(_ text: String) -> String { table.unmasked(text) }
}

extension AnalysisError {
  fileprivate static func noMap(_ name: String, why: String) -> AnalysisError {
    AnalysisError(
      code: "E307", what: "\(name) is no map of pseudonyms", why: why,
      remedy: "pass the .map.json that was written beside the bundle", exitCode: 3)
  }
}

/// A report as the tree of its JSON form.
private enum ReportTree: Codable {
  case null
  case truth(Bool)
  case whole(Int64)
  case fraction(Double)
  case text(String)
  case list([ReportTree])
  case object([String: ReportTree])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    // One of these fits every value.
    if value.decodeNil() {
      self = .null
    } else if let truth = try? value.decode(Bool.self) {
      self = .truth(truth)
    } else if let whole = try? value.decode(Int64.self) {
      self = .whole(whole)
    } else if let fraction = try? value.decode(Double.self) {
      self = .fraction(fraction)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([ReportTree].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: ReportTree].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .null: try value.encodeNil()
    case .truth(let truth): try value.encode(truth)
    case .whole(let whole): try value.encode(whole)
    case .fraction(let fraction): try value.encode(fraction)
    case .text(let text): try value.encode(text)
    case .list(let list): try value.encode(list)
    case .object(let object): try value.encode(object)
    }
  }

  func replacingTexts(_ replace: (String) -> String) -> ReportTree {
    switch self {
    case .text(let text): .text(replace(text))
    case .list(let list): .list(list.map { $0.replacingTexts(replace) })
    case .object(let object): .object(object.mapValues { $0.replacingTexts(replace) })
    case .null, .truth, .whole, .fraction: self
    }
  }
}
